import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import { targetKinds } from '../act/registry.ts';
import { vocabularyOf } from '../app.ts';
import { createLastFiring } from '../cron.ts';
import { compilePolicy, type Policy } from '../decide/policy.ts';
import { epochMillis, millis, seconds } from '../model/units.ts';
import { parseRule } from '../rule/parse-rule.ts';
import {
  duration,
  INVALID,
  moment,
  number,
  object,
  optional,
  type Problem,
  text,
  withDefault,
} from '../rule/schema.ts';
import type { Connections, Vocabulary } from '../rule/vocabulary.ts';
import { plot } from '../simulate/plot.ts';
import { simulate, type Model, type Simulated } from '../simulate/simulate.ts';
import { readDocuments } from '../store/folder/documents.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { printJson, printLines } from './options.ts';
import { readText, readTrace, unusable } from './simulate-trace.ts';
import { bold, shownNumber, table } from './text.ts';
import { UsageError } from './usage-error.ts';

/** The options of `rubato simulate` as they stand on the command line. */
export interface SimulateOptions {
  readonly rule: string;
  readonly trace: string;
  readonly ruleId?: string;
  readonly target?: string;
  readonly compare?: string;
  readonly plot?: string;
  readonly json?: boolean;
  readonly tick?: string;
  readonly startUp?: string;
  readonly rate?: string;
  readonly rebalance?: string;
  readonly partitions?: string;
  readonly over?: string;
  readonly replicas?: string;
  readonly begin?: string;
}

/** A Monday, so that a trace in seconds begins with a week. */
const BEGIN = epochMillis(Date.UTC(2026, 0, 5));

const vocabulary = vocabularyOf(targetKinds);

/**
 * `rubato simulate`: tries a rule, or two, on a trace and says what it would have cost. Reads the
 * files, or recordings, that it is given and writes the plot; needs no connection and no store. Rejects
 * with a UsageError for wrong options and rules, with a TraceError for a trace that cannot be used.
 */
export async function runSimulate(options: SimulateOptions, io: Io): Promise<ExitCode> {
  const { tick, begin, partitions, replicas, ...model } = readModel(options);
  const files = [options.rule, ...(options.compare === undefined ? [] : [options.compare])];
  const policies = await Promise.all(files.map((file) => readPolicy(file, io)));
  const rules = policies.map(({ rule }) => rule);
  const { trace, start } = await readTrace(options, { rules, begin }, io);
  const lastFiring = createLastFiring();
  const runs = policies.map((policy, at) => {
    const world: Model = {
      ...model,
      partitions: partitions ?? start?.partitions ?? PARTITIONS,
      replicas: replicas ?? start?.replicas ?? 0,
      waiting: start?.waiting ?? 0,
      tick: tick ?? policy.rule.interval,
      lastFiring,
    };
    const { subject, figures, course } = simulate(policy, trace, world);
    // Two versions of one rule bear the same id; the file tells them apart.
    const id = policies.length > 1 ? basename(files[at] ?? policy.rule.id) : policy.rule.id;
    return { rule: id, subject, figures, course };
  });
  if (options.plot !== undefined) {
    const title = `${runs.map(({ rule }) => rule).join(' and ')} on ${trace.name}`;
    await writePlot(resolve(io.cwd, options.plot), plot(title, runs));
  }
  if (options.json === true) {
    printJson(io, {
      trace: trace.name,
      runs: runs.map(({ rule, figures }) => ({ rule, figures })),
    });
  } else {
    printLines(io, shownRuns(trace.name, runs));
  }
  return EXIT.done;
}

/** Of a topic of which nothing is known. */
const PARTITIONS = 12;

const most = millis(86_400_000);
const schema = object(
  {
    rule: text({ about: 'The file of a rule.' }),
    trace: text({ about: 'The file of a trace.' }),
    tick: optional(duration({ about: 'Time between ticks.', min: millis(1), max: most })),
    startUp: withDefault(duration({ about: 'Until a replica serves.', max: most }), seconds(15)),
    rate: withDefault(number({ about: 'Messages a second and replica.', min: 0 }), 10),
    rebalance: withDefault(duration({ about: 'Pause of the group.', max: most }), millis(0)),
    partitions: optional(
      number({ about: 'Partitions of the topic.', min: 1, max: 10_000, whole: true }),
    ),
    over: withDefault(number({ about: 'The target backlog.', min: 0 }), 100),
    replicas: optional(number({ about: 'Replicas at first.', min: 0, whole: true })),
    begin: withDefault(moment({ about: 'When second 0 is.' }), BEGIN),
  },
  { about: 'The options of simulate.' },
);

/** Options by the names they have on the command line. */
const flagOf = (path: string): string =>
  `--${path.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function readModel(options: SimulateOptions) {
  const { compare: _, plot: __, json: ___, ruleId: ____, target: _____, ...written } = options;
  const given = Object.entries(written).filter(([, value]) => value !== undefined);
  const numbers = new Set(['rate', 'partitions', 'over', 'replicas']);
  const values = given.map(([name, value]) => {
    const isNumber = numbers.has(name) && /^-?\d+(?:\.\d+)?$/.test(value);
    return [name, isNumber ? Number(value) : value];
  });
  const problems: Problem[] = [];
  const parsed = schema.parse(Object.fromEntries(values), { path: '', problems });
  if (parsed === INVALID) {
    const lines = problems.map(({ path, message }) => `${flagOf(path)}: ${message}`);
    throw new UsageError(lines.join('; '), 'See rubato simulate --help.');
  }
  const { rule: ______, trace: _______, ...model } = parsed;
  return model;
}

async function readPolicy(file: string, io: Io): Promise<Policy> {
  const documents = readDocuments(basename(file), await readText(file, io));
  const [document] = documents;
  if (document === undefined || documents.length !== 1) {
    throw new UsageError(
      `${file} has ${documents.length} rules, expected one`,
      'Put the rule to simulate into a file of its own.',
    );
  }
  const { id, attributes, place } = document;
  const parsed =
    document.problems.length > 0
      ? { ok: false as const, problems: document.problems }
      : parseRule(id, attributes, vocabulary, connectionsFor(attributes));
  const compiled = parsed.ok ? compilePolicy(parsed.rule) : parsed;
  if (compiled.ok) return compiled.policy;
  const lines = compiled.problems.map(({ path, message }) => `${path}: ${message}`);
  throw new UsageError(`${place}: ${lines.join('; ')}`, 'Correct the rule and try again.');
}

/** Nothing is reached here, so every connection that a rule names is taken to be there. */
function connectionsFor(attributes: Readonly<Record<string, unknown>>): Connections {
  const { metrics, target } = attributes;
  const named = [
    ...Object.values(Object(metrics) as object).map((user) => used(user, vocabulary.metrics)),
    used(target, vocabulary.targets),
  ];
  return Object.fromEntries(
    named.flatMap((one) => (one === undefined ? [] : [[one.name, one] as const])),
  );
}

function used(user: unknown, kinds: Vocabulary['metrics'] | Vocabulary['targets']) {
  const { kind: word, connection: name } = Object(user) as Readonly<Record<string, unknown>>;
  if (typeof word !== 'string' || typeof name !== 'string') return undefined;
  const [kind] = (Object.hasOwn(kinds, word) ? kinds[word]?.connections : undefined) ?? [];
  return kind === undefined ? undefined : { name, kind, settings: {} };
}

async function writePlot(path: string, svg: string): Promise<void> {
  try {
    await writeFile(path, svg);
  } catch (error) {
    throw unusable(path, 'written', error);
  }
}

/** One column for each rule. */
function shownRuns(trace: string, runs: readonly Simulated[]): readonly string[] {
  const row = (name: string, shown: (run: Simulated) => string): readonly string[] => [
    name,
    ...runs.map(shown),
  ];
  const figure = (name: string, of: (figures: Simulated['figures']) => number) =>
    row(name, ({ figures }) => shownNumber(of(figures)));
  const phases = runs[0]?.figures.phases ?? [];
  return [
    `${bold(trace)}: ${shownNumber(runs[0]?.figures.hours ?? 0)} hours`,
    ...table([
      row('', ({ rule }) => bold(rule)),
      figure('ticks', ({ ticks }) => ticks),
      figure('replica-hours', ({ replicaHours }) => replicaHours),
      figure('peak replicas', ({ peakReplicas }) => peakReplicas),
      figure('changes', ({ changes }) => changes),
      figure('flaps an hour', ({ flapsPerHour }) => flapsPerHour),
      figure('longest queue', ({ maxQueue }) => maxQueue),
      figure('mean queue', ({ meanQueue }) => meanQueue),
      figure('seconds over target', ({ secondsOver }) => secondsOver),
      figure('ticks held', ({ heldTicks }) => heldTicks),
      ...phases.map(({ name }, at) =>
        row(`  changes in ${name}`, ({ figures }) => String(figures.phases[at]?.changes ?? 0)),
      ),
    ]),
  ];
}
