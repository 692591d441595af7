import { staleness } from '../decide/trust.ts';
import { formatIso } from '../model/iso.ts';
import { nearest } from '../model/nearest.ts';
import type { Sample } from '../model/sample.ts';
import { type Target, targetName, type TargetState } from '../model/target.ts';
import type { EpochMillis } from '../model/units.ts';
import type { Rule } from '../rule/rule.ts';
import { createRecordedColumns } from './recorded-columns.ts';
import { MOST_ROWS, type Trace, TraceError, type TraceRow } from './trace.ts';

/** What a simulation needs of a record of a decision. */
export interface Recorded {
  readonly at: EpochMillis;
  readonly rule: Pick<Rule, 'id' | 'metrics'>;
  readonly target: Target;
  readonly samples: Readonly<Record<string, Sample>>;
  /** Undefined where the target could not be read. */
  readonly decided: { readonly state: Pick<TargetState, 'wanted'> } | undefined;
}

/** How things were when the records begin. */
export interface RecordedStart {
  /** What the target was told to run; undefined = it could never be read. */
  readonly replicas: number | undefined;
  /** Messages the consumer group had still to read when it was first seen; 0 without one. */
  readonly waiting: number;
  /** The most partitions that its topic had; undefined without a consumer group. */
  readonly partitions: number | undefined;
}

export interface RecordedTrace extends Trace {
  readonly start: RecordedStart;
}

/** Which records become a trace, and for whom. */
export interface RecordedTraceOptions {
  /** What the records are read from, for messages. */
  readonly name: string;
  /** Records of this rule are taken. */
  readonly ruleId: string;
  /** A target's name, `namespace/name` or its full name; may be left out where there is but one. */
  readonly target: string | undefined;
  /** The rules that are to be simulated, the first of which says what queues. */
  readonly rules: readonly Rule[];
  readonly mostRows?: number;
}

/** Makes a trace of records, one by one, without keeping them. */
export interface TraceOfRecords {
  /** Takes the next record, of whatever rule. Throws a TraceError where it does not go on from the last. */
  take(record: Recorded): void;
  /** Throws a TraceError where the records so far are of several targets and none of them was chosen. */
  refuseSeveralTargets(): void;
  /** The trace of all that was taken. Throws a TraceError where that is none. */
  trace(): RecordedTrace;
}

/** So many names are remembered and told where a rule or a target is not found. */
const MOST_NAMES = 1000;
const MOST_TOLD = 10;

export function createTraceOfRecords(options: RecordedTraceOptions): TraceOfRecords {
  const { name, ruleId, target } = options;
  const series = createSeries(options);
  const ruleIds = new Set<string>();
  const targets = new Set<string>();
  const chosen = new Set<string>();

  function refuseSeveralTargets(): void {
    if (chosen.size <= 1) return;
    const found = [...chosen];
    throw new TraceError(
      target === undefined
        ? `${name}: the rule ${ruleId} has records of ${found.length} targets`
        : `${name}: ${JSON.stringify(target)} is the name of ${found.length} targets of the rule ${ruleId}`,
      `Choose one with --target: ${listed(found)}.`,
    );
  }

  return {
    refuseSeveralTargets,
    take(record) {
      const { rule } = record;
      if (ruleIds.size < MOST_NAMES) ruleIds.add(rule.id);
      if (rule.id !== ruleId) return;
      const whose = targetName(record.target);
      if (targets.size < MOST_NAMES) targets.add(whose);
      if (target !== undefined && !isNamed(target, record.target)) return;
      if (chosen.size < MOST_NAMES) chosen.add(whose);
      const [first] = chosen;
      if (first === whose) series.append(record);
    },
    trace() {
      refuseSeveralTargets();
      if (chosen.size === 0) throw noRecords(options, [...ruleIds], [...targets]);
      return series.trace();
    },
  };
}

/** The records of one target, one after the other, as the rows of a trace. */
function createSeries({ name, ruleId, rules, mostRows = MOST_ROWS }: RecordedTraceOptions) {
  const columns = createRecordedColumns({ name, ruleId, rules });
  const times: EpochMillis[] = [];
  let replicas: number | undefined;
  return {
    append(record: Recorded): void {
      const before = times.at(-1);
      // Two workers may have looked at the same moment, and either's look will do.
      if (record.at === before) return;
      if (before !== undefined && record.at < before) {
        throw new TraceError(
          `${name}: a record of ${formatIso(record.at)} comes after one of ${formatIso(before)}`,
          'Recordings are read in the order of their names: each once, and oldest first.',
        );
      }
      if (times.length >= mostRows) {
        throw new TraceError(`${name}: more than ${mostRows} records`, 'Name a part of them.');
      }
      times.push(record.at);
      replicas ??= record.decided?.state.wanted.replicas;
      columns.append(record.at, record.samples, (metric, sample) => {
        const spec = record.rule.metrics[metric];
        return 'measurement' in sample && spec && staleness(spec, sample, record.at) === undefined
          ? sample.measurement
          : undefined;
      });
    },
    trace(): RecordedTrace {
      if (times.length < 2) {
        throw new TraceError(
          `${name} has one record of the rule ${ruleId}, expected at least two`,
          'The last one only says when the trace ends.',
        );
      }
      const { names, cells, waiting, partitions } = columns.finish();
      return {
        name,
        columns: names,
        rows: { [Symbol.iterator]: () => rowsOf(times, cells) },
        start: { replicas, waiting, partitions },
      };
    },
  };
}

const isNamed = (written: string, target: Target): boolean =>
  written === target.name ||
  written === `${target.namespace}/${target.name}` ||
  written === targetName(target);

function noRecords(
  { name, ruleId, target }: RecordedTraceOptions,
  ruleIds: readonly string[],
  targets: readonly string[],
): TraceError {
  if (ruleIds.length === 0) {
    return new TraceError(`${name} has no records`, 'Is RECORDINGS set where it ticks?');
  }
  if (targets.length === 0) {
    return new TraceError(
      `${name} has no record of a rule ${JSON.stringify(ruleId)}${nearest(ruleId, ruleIds)}`,
      `Name one with --rule-id; there are ${listed(ruleIds)}.`,
    );
  }
  const names = targets.map((one) => one.slice(one.lastIndexOf('/') + 1));
  return new TraceError(
    `${name} has no record of a target ${JSON.stringify(target)} of the rule ${ruleId}${nearest(target, names)}`,
    `There are ${listed(targets)}.`,
  );
}

function listed(names: readonly string[]): string {
  const told = names.toSorted().slice(0, MOST_TOLD).join(', ');
  return names.length > MOST_TOLD ? `${told} and ${names.length - MOST_TOLD} more` : told;
}

function* rowsOf(
  times: readonly EpochMillis[],
  cells: readonly (readonly number[])[],
): Generator<TraceRow> {
  for (const [row, at] of times.entries()) {
    yield { at, cells: cells.map((column) => known(column[row])), phase: undefined };
  }
}

const known = (cell: number | undefined): number | undefined =>
  Number.isNaN(cell) ? undefined : cell;
