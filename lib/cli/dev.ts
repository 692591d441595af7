import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Command } from 'commander';

import { type LocalStack, localTargetKinds, startLocalStack } from '../../infra/dev/stack.ts';
import { createApp } from '../app.ts';
import { ScalerError } from '../model/errors.ts';
import { elapsed, type Millis, millis, seconds } from '../model/units.ts';
import type { Journal } from '../record/journal.ts';
import { createFolderRuleStore } from '../store/folder/rule-store.ts';
import type { Ports } from '../tick/ports.ts';
import { judgeRule } from '../tick/rule-book.ts';
import { tick } from '../tick/tick.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { createLineLog, createLiveTable, type Display } from './live-table.ts';
import { command, type CommonOptions } from './options.ts';
import { judgeFiles } from './rules-session.ts';
import {
  connectionsFolder,
  embeddedParts,
  moveUrls,
  NO_METRICS,
  readConnections,
  stateFolder,
  urlsOf,
} from './session.ts';
import { plain } from './text.ts';
import { UsageError } from './usage-error.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/rules');

/** Ticks come as often as the fastest rule asks for, within these. */
const FASTEST = seconds(1);
const SLOWEST = seconds(5);
/** Everything here is on this machine: a tick that takes longer is stuck. */
const TICK_TIMEOUT_MS = 8000;
/** Longer than a tick, and short enough that a stack that was killed is soon followed by another. */
const LEASE_LASTS = seconds(10);

interface DevOptions extends CommonOptions {
  readonly port: string;
}

export function devCommand(io: Io, end: (code: ExitCode) => void): Command {
  const about =
    'Run everything on this machine: DynamoDB, ticks, and an example to watch. Ctrl-C ends it all.';
  return command('dev', about, 'npx rubato dev --port 8000')
    .option('--port <number>', 'the port of DynamoDB; the next free one where it is taken', '4567')
    .action(async (options: DevOptions) => {
      end(await dev(options, io));
    });
}

async function dev(options: DevOptions, io: Io): Promise<ExitCode> {
  const written = await readConnections(options, io);
  const early: string[] = [];
  let display: Display | undefined;
  const note = (line: string) => {
    if (display === undefined) early.push(line);
    else display.news(plain(line));
  };
  if (io.env['RULES_TABLE'] !== undefined) {
    note('RULES_TABLE is set, but dev keeps to its own tables.');
  }
  const stack = await startLocalStack({
    folder: stateFolder(io),
    workingFolder: connectionsFolder(options, io),
    port: readPort(options.port),
    urls: urlsOf(written),
    environment: io.env,
    note,
  });
  const app = createApp({
    ...embeddedParts(io, stack.endpoint),
    connections: moveUrls(written, stack.moved),
    env: io.env,
    journal: createNewsJournal(note),
    metrics: NO_METRICS,
    targetKinds: localTargetKinds(stateFolder(io)),
    ports:
      options.rules === undefined
        ? {}
        : { rules: createFolderRuleStore(resolve(io.cwd, options.rules)) },
  });
  try {
    if (options.rules === undefined) await loadExamples(app.ports, io, note);
    await stack.supervise(app.ports.connections, app.ports.clock);
    const footer = footerOf(stack);
    display = io.size() === undefined ? createLineLog(io, footer) : createLiveTable(io, footer);
    for (const line of early) display.news(line);
    await beat(app.ports, display, io);
    io.err('Stopping the copies …\n');
    return EXIT.done;
  } finally {
    await app.close();
    await stack.close();
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(
    `--port: expected a port from 0 to 65535, found ${JSON.stringify(text)}`,
    '0 is any free one.',
  );
}

/** The example rules, where the table is empty and connections.yml has what they name. */
async function loadExamples(ports: Ports, io: Io, note: (line: string) => void): Promise<void> {
  if ((await ports.rules.list(io.signal)).length > 0) return;
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'));
  const judged = await judgeFiles(
    files.map((name) => join(EXAMPLES, name)),
    ports,
    io,
  );
  const valid = judged.filter(({ problems }) => problems.length === 0);
  for (const { written } of valid) await ports.rules.put(written, io.signal);
  const names = valid.map(({ written }) => written.id).join(' and ');
  note(
    valid.length > 0
      ? `The table of rules was empty and now has the examples ${names}.`
      : 'The table of rules is empty: npx rubato rules put FILE writes one.',
  );
}

/** Ticks until the person ends it. */
async function beat(ports: Ports, display: Display, io: Io): Promise<void> {
  let period = FASTEST;
  while (!io.signal.aborted) {
    const started = ports.clock.now();
    const settings = {
      ...ports.settings,
      period,
      leaseLasts: LEASE_LASTS,
      intentLasts: LEASE_LASTS,
    };
    try {
      const signal = AbortSignal.any([io.signal, AbortSignal.timeout(TICK_TIMEOUT_MS)]);
      const report = await tick({ ...ports, settings }, {}, signal);
      const { rules, fastest } = await lookAtRules(ports, signal);
      period = fastest;
      if (report.tick.leader) display.beat({ report, rules, periodMs: period });
    } catch (error) {
      if (io.signal.aborted) return;
      if (!(error instanceof ScalerError)) throw error;
      display.news(plain(error.message));
    }
    const left = millis(Math.max(0, period - elapsed(started, ports.clock.now())));
    await ports.clock.sleep(left, io.signal).catch(() => {});
  }
}

async function lookAtRules(
  ports: Ports,
  signal: AbortSignal,
): Promise<{ readonly rules: ReadonlySet<string>; readonly fastest: Millis }> {
  const items = await ports.rules.list(signal);
  const intervals = items.flatMap((item) => {
    const verdict = judgeRule(item, ports);
    return verdict.ok ? verdict.policy.rule.interval : [];
  });
  return {
    rules: new Set(items.map(({ id }) => id)),
    fastest: millis(Math.max(FASTEST, Math.min(SLOWEST, ...intervals))),
  };
}

const footerOf = ({ endpoint, queue }: LocalStack): readonly string[] => [
  `DynamoDB at ${endpoint}, tables rubato-rules and rubato-state; any region and credentials do.`,
  ...(queue === undefined
    ? []
    : [`The example's queue at ${queue}; its load comes and goes by itself.`]),
  'In another terminal: npx rubato rules edit mail · npx rubato explain mail. Ctrl-C ends all.',
];

/** Changes are in the table; trouble is news. */
function createNewsJournal(note: (line: string) => void): Journal {
  return {
    change: () => {},
    // A rule that is not valid is shown with all its problems below the table.
    problem: ({ code, message }) => {
      if (code !== 'RULE_INVALID') note(message);
    },
    failure: ({ message }) => {
      note(message);
    },
  };
}
