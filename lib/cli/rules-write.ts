import type { Command } from 'commander';

import type { RuleItem } from '../store/rule-store.ts';
import type { Ports } from '../tick/ports.ts';
import { judgeRule } from '../tick/rule-book.ts';
import { editRule } from './edit-rule.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { command, type CommonOptions } from './options.ts';
import { shownProblems } from './rule-text.ts';
import { type End, inSession, judgeFiles, readRule } from './rules-session.ts';
import { plain } from './text.ts';
import { UsageError } from './usage-error.ts';

export function putRules(io: Io, end: End): Command {
  const about = 'Write the rules of a file, if all of them are valid.';
  return command('put', about, 'npx rubato rules put orders.yaml')
    .argument('<file...>', 'YAML or JSON; - is stdin')
    .action((files: readonly string[], options: CommonOptions) =>
      inSession({ io, end, options }, 'store', async (ports) => {
        const judged = await judgeFiles(files, ports, io);
        const lines = judged.flatMap(shownProblems);
        if (lines.length > 0 || judged.length === 0) {
          for (const line of lines) io.err(`${line}\n`);
          io.err(
            `Nothing was written: ${judged.length === 0 ? 'there is no rule' : 'correct this first'}.\n`,
          );
          return EXIT.failed;
        }
        for (const { written } of judged) {
          await ports.rules.put(written, io.signal);
          io.err(`${written.id} is written; the next tick follows it.\n`);
        }
        return EXIT.done;
      }),
    );
}

export function editOneRule(io: Io, end: End): Command {
  const about = 'Open a rule in $EDITOR; it is checked before it is saved.';
  return command('edit', about, 'npx rubato rules edit mail')
    .argument('<rule>', 'the rule’s id')
    .action((id: string, options: CommonOptions) =>
      inSession({ io, end, options }, 'store', async (ports) =>
        editRule(await readRule(id, ports, io), ports, io),
      ),
    );
}

interface PauseOptions extends CommonOptions {
  readonly for: string;
  readonly why: string;
}

export function pauseOneRule(io: Io, end: End): Command {
  const about = 'Hold a rule’s target as it is, for a time.';
  return command('pause', about, 'npx rubato rules pause mail --for 2h --why "moving the queue"')
    .argument('<rule>', 'the rule’s id')
    .option('--for <time>', 'how long, in minutes, hours or days: 30m, 2h, 1d', '1h')
    .option('--why <text>', 'why, for whoever finds it', 'paused from the command line')
    .action((id: string, options: PauseOptions) =>
      inSession({ io, end, options }, 'store', async (ports) => {
        const item = await readRule(id, ports, io);
        const until = new Date(ports.clock.now() + readTime(options.for)).toISOString();
        const by = io.env['USER'] ?? 'rubato rules pause';
        const override = {
          ...Object(item.attributes['override']),
          paused: true,
          until,
          by,
          why: options.why,
        };
        return write(item, { ...item.attributes, override }, `is paused until ${until}`, {
          ports,
          io,
        });
      }),
    );
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function readTime(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const time = Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (time > 0) return time;
  throw new UsageError(
    `--for: expected a time such as 30m, 2h or 1d, found ${JSON.stringify(text)}`,
    'An override always has an end.',
  );
}

export function resumeOneRule(io: Io, end: End): Command {
  return command('resume', 'End a pause before its time.', 'npx rubato rules resume mail')
    .argument('<rule>', 'the rule’s id')
    .action((id: string, options: CommonOptions) =>
      inSession({ io, end, options }, 'store', async (ports) => {
        const item = await readRule(id, ports, io);
        const { override, ...rest } = item.attributes;
        const { paused, ...others } = Object(override) as Record<string, unknown>;
        if (paused === undefined || paused === false) {
          io.err(`${id} is not paused.\n`);
          return EXIT.done;
        }
        const hasMore = ['pin', 'min', 'max'].some((key) => key in others);
        const attributes = hasMore ? { ...rest, override: others } : rest;
        return write(item, attributes, 'is no longer paused', { ports, io });
      }),
    );
}

/** Writes attributes that were valid before the change of ours; others are not made worse. */
async function write(
  { id }: RuleItem,
  attributes: Readonly<Record<string, unknown>>,
  said: string,
  { ports, io }: { readonly ports: Ports; readonly io: Io },
): Promise<ExitCode> {
  const verdict = judgeRule({ id, attributes }, ports);
  if (!verdict.ok) {
    for (const { path, message } of verdict.problems) io.err(`${path}: ${plain(message)}\n`);
    io.err('Nothing was written: correct the rule first.\n');
    return EXIT.failed;
  }
  await ports.rules.put({ id, attributes }, io.signal);
  io.err(`${id} ${said}; the next tick follows it.\n`);
  return EXIT.done;
}

export function deleteRule(io: Io, end: End): Command {
  const about =
    'Delete a rule. Its target stays as it is, unless the rule carries the workload itself.';
  return command('delete', about, 'npx rubato rules delete mail --yes')
    .argument('<rule>', 'the rule’s id')
    .option('--yes', 'do not ask')
    .action((id: string, options: CommonOptions & { readonly yes?: boolean }) =>
      inSession({ io, end, options }, 'store', async (ports) => {
        const { attributes } = await readRule(id, ports, io);
        if (options.yes !== true && !(await isSure(id, 'workload' in attributes, io))) {
          return EXIT.failed;
        }
        await ports.rules.remove(id, io.signal);
        io.err(`${id} is deleted.\n`);
        return EXIT.done;
      }),
    );
}

async function isSure(id: string, managed: boolean, io: Io): Promise<boolean> {
  const more = managed ? ' Its workload is removed too.' : '';
  const answer = await io.ask(`Delete ${id}?${more} [y/N] `);
  if (answer === undefined) {
    throw new UsageError('nobody is there to say whether to delete it', 'Give --yes.');
  }
  return /^y/i.test(answer.trim());
}
