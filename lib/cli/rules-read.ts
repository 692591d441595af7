import type { Command } from 'commander';

import { contentHash } from '../rule/content-hash.ts';
import { ruleJsonSchema } from '../rule/parse-rule.ts';
import type { RuleItem } from '../store/rule-store.ts';
import type { Ports } from '../tick/ports.ts';
import { judgeRule } from '../tick/rule-book.ts';
import { highestIn } from './highest.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import {
  command,
  type CommonOptions,
  type JsonOption,
  printJson,
  printLines,
  withJson,
} from './options.ts';
import {
  type Judged,
  type Judging,
  judgeWritten,
  ruleText,
  shownProblems,
  shownWarnings,
} from './rule-text.ts';
import { type End, inSession, judgeFiles, readRule, storeFor } from './rules-session.ts';
import { bold, plain, table } from './text.ts';

type Options = CommonOptions & JsonOption;

export function listRules(io: Io, end: End): Command {
  const about = 'List all rules and whether they are valid.';
  return withJson(command('list', about, 'npx rubato rules list')).action((options: Options) =>
    inSession({ io, end, options }, storeFor(options), async (ports) => {
      const items = await ports.rules.list(io.signal);
      if (options.json === true) {
        printJson(
          io,
          items.map((item) => ({ id: item.id, ...verdictOn(item, ports), ...item.attributes })),
        );
      } else {
        printLines(io, shownList(items, ports));
      }
      return EXIT.done;
    }),
  );
}

function shownList(items: readonly RuleItem[], ports: Ports): readonly string[] {
  if (items.length === 0) return ['There are no rules. npx rubato rules put FILE writes one.'];
  const rows = items.map((item) => {
    const { state, errors } = verdictOn(item, ports);
    const { target, replicas } = item.attributes;
    const { kind, connection, name } = Object(target) as Record<string, unknown>;
    const [first] = errors;
    return [
      item.id,
      state,
      [kind, connection, name].filter((part) => typeof part === 'string').join(' '),
      first === undefined
        ? plain(typeof replicas === 'string' ? replicas : JSON.stringify(replicas ?? ''))
        : plain(`${first.path}: ${first.message}`),
    ];
  });
  return table([['RULE', 'STATE', 'TARGET', 'REPLICAS'].map(bold), ...rows]);
}

/** As of now: what the item carries may be older than its last edit. */
function verdictOn(item: RuleItem, ports: Ports) {
  const errors = problemsOf(item, ports);
  const paused = Object(item.attributes['override']) as { readonly paused?: unknown };
  const valid = paused.paused === undefined || paused.paused === false ? 'valid' : 'paused';
  return { state: errors.length > 0 ? 'invalid' : valid, errors };
}

function problemsOf(item: RuleItem, ports: Ports) {
  if (item.broken !== undefined) return item.broken;
  const verdict = judgeRule(item, ports);
  return verdict.ok ? [] : verdict.problems;
}

export function getRule(io: Io, end: End): Command {
  const example = 'npx rubato rules get mail > mail.yaml';
  return withJson(command('get', 'Print a rule as YAML.', example))
    .argument('<rule>', 'the rule’s id')
    .action((id: string, options: Options) =>
      inSession({ io, end, options }, storeFor(options), async (ports) => {
        const { attributes, status } = await readRule(id, ports, io);
        if (options.json === true) printJson(io, { id, ...attributes, status });
        else io.out(ruleText({ id, attributes }));
        const isOld = status !== undefined && status.of !== contentHash(attributes);
        if (status?.state === 'invalid' && !isOld && options.json !== true) {
          for (const { path, message } of status.errors) io.err(`${path}: ${plain(message)}\n`);
        }
        return EXIT.done;
      }),
    );
}

export function validateRules(io: Io, end: End): Command {
  const about = 'Check rules without writing anything.';
  return withJson(command('validate', about, 'npx rubato rules validate rules/*.yaml'))
    .argument('[file...]', 'YAML or JSON, - is stdin; without one, the rules that are in use')
    .option('--recordings <place>', 'also warn of what was never measured in these recordings')
    .action((files: readonly string[], options: Options & { readonly recordings?: string }) =>
      inSession(
        { io, end, options },
        files.length > 0 ? 'no store' : storeFor(options),
        async (ports) => {
          const { recordings } = options;
          const highest = recordings === undefined ? undefined : await highestIn(recordings, io);
          const judging = { ...ports, highest };
          const judged =
            files.length > 0
              ? await judgeFiles(files, judging, io)
              : await judgeStored(judging, io);
          return printVerdicts(judged, options, io);
        },
      ),
    );
}

async function judgeStored(ports: Ports & Judging, io: Io): Promise<readonly Judged[]> {
  const items = await ports.rules.list(io.signal);
  return items.map((item) => {
    const written = { id: item.id, place: item.id, attributes: item.attributes, problems: [] };
    const { problems, warnings } = judgeWritten(item, ports);
    return { written, problems, warnings };
  });
}

function printVerdicts(judged: readonly Judged[], { json }: Options, io: Io): ExitCode {
  const wrong = judged.filter(({ problems }) => problems.length > 0);
  if (json === true) {
    printJson(
      io,
      judged.map(({ written, problems, warnings }) => ({
        rule: written.id,
        place: written.place,
        valid: problems.length === 0,
        errors: problems,
        warnings,
      })),
    );
  } else {
    printLines(io, wrong.flatMap(shownProblems));
    printLines(io, judged.flatMap(shownWarnings));
    io.err(`${judged.length - wrong.length} valid, ${wrong.length} invalid\n`);
  }
  return wrong.length > 0 || judged.length === 0 ? EXIT.failed : EXIT.done;
}

export function printSchema(io: Io, end: End): Command {
  const about = 'Print the JSON Schema of a rule, for editors.';
  const example = 'npx rubato rules schema > rule.schema.json';
  return command('schema', about, example).action((options: Options) =>
    inSession({ io, end, options }, 'no store', async ({ vocabulary }) => {
      printJson(io, ruleJsonSchema(vocabulary));
      return EXIT.done;
    }),
  );
}
