import { lagFigures, marksOf, type OffsetMarks } from '../model/lag.ts';
import { nearest } from '../model/nearest.ts';
import type { Measurement, PartitionOffsets, Sample } from '../model/sample.ts';
import { elapsed, type EpochMillis } from '../model/units.ts';
import type { MetricSpec, Rule } from '../rule/rule.ts';
import { TraceError } from './trace.ts';

/** What was recorded of the metrics of rules, column by column. */
export interface RecordedColumns {
  /**
   * Adds a row. `trusted` gives what a sample measured, or undefined where a rule could not have
   * relied on it; its cells are then empty.
   */
  append(
    at: EpochMillis,
    samples: Readonly<Record<string, Sample>>,
    trusted: (metric: string, sample: Sample) => Measurement | undefined,
  ): void;
  /** Throws a TraceError for a metric that was never recorded, or never as what the rule takes it for. */
  finish(): FinishedColumns;
}

export interface FinishedColumns {
  readonly names: readonly string[];
  /** For each column a number for each row; NaN = empty. */
  readonly cells: readonly (readonly number[])[];
  readonly waiting: number;
  readonly partitions: number | undefined;
}

interface Options {
  readonly name: string;
  readonly ruleId: string;
  readonly rules: readonly Rule[];
}

/** The columns of one metric. */
interface MetricCells {
  readonly takes: Measurement['kind'];
  /** Undefined = it could not be read. Answers whether it is of the kind that is taken. */
  append(at: EpochMillis, measurement: Measurement | undefined): boolean;
  readonly columns: readonly { readonly name: string; readonly cells: number[] }[];
}

/**
 * Numbers and records are taken as they were. Of the first consumer group of the first rule its
 * arrivals are, so that its lag follows the simulated replicas; a further group's figures are
 * taken as they were, because a simulated target works off one backlog.
 */
export function createRecordedColumns({ name, ruleId, rules }: Options): RecordedColumns {
  const specs = new Map<string, MetricSpec>();
  for (const { metrics } of rules.toReversed()) {
    for (const [metric, spec] of Object.entries(metrics)) specs.set(metric, spec);
  }
  const queue = rules
    .flatMap(({ metrics }) => Object.entries(metrics))
    .find(([, { kind }]) => kind === LAG)?.[0];
  const arrivals = createArrivals(`${queue ?? ''}.arrivals`);
  const metrics = [...specs].map(([metric, spec]) => ({
    metric,
    cells: metric === queue ? arrivals : cellsOf(metric, spec),
    isRecorded: false,
    fits: false,
    found: undefined as Measurement['kind'] | undefined,
  }));
  const recorded = new Set<string>();
  return {
    append(at, samples, trusted) {
      for (const one of metrics) {
        const sample = samples[one.metric];
        const measured = sample && trusted(one.metric, sample);
        one.isRecorded ||= sample !== undefined;
        if (one.cells.append(at, measured)) one.fits = true;
        else one.found ??= measured?.kind;
      }
      for (const metric of Object.keys(samples)) if (recorded.size < 256) recorded.add(metric);
    },
    finish() {
      for (const { metric, isRecorded, fits, found, cells } of metrics) {
        if (!isRecorded) {
          throw new TraceError(
            `${name}: the records of the rule ${ruleId} have no metric ${metric}${nearest(metric, [...recorded])}`,
            `They have ${[...recorded].join(', ') || 'none'}: call it as it was called then.`,
          );
        }
        if (!fits && found !== undefined) {
          throw new TraceError(
            `${name}: the metric ${metric} was recorded as ${SHOWN[found]}, and the rule takes it for ${SHOWN[cells.takes]}`,
            'Simulate a rule with the metric it had then, or later recordings.',
          );
        }
      }
      // A figure that an earlier release did not measure is no column, so that the others count.
      const kept = metrics.flatMap(({ cells: { takes, columns } }) => {
        const filled = columns.filter(({ cells }) => cells.some((cell) => !Number.isNaN(cell)));
        return takes === 'number' || filled.length === 0 ? columns : filled;
      });
      return {
        names: kept.map((column) => column.name),
        cells: kept.map(({ cells }) => cells),
        waiting: arrivals.waiting(),
        partitions: arrivals.partitions(),
      };
    },
  };
}

const LAG = 'kafka-lag';

const SHOWN: Readonly<Record<Measurement['kind'], string>> = {
  number: 'a number',
  record: 'a record of figures',
  offsets: 'offsets of partitions',
};

function cellsOf(metric: string, { kind, figures }: MetricSpec): MetricCells {
  if (figures.length === 0) {
    const cells: number[] = [];
    return {
      takes: 'number',
      columns: [{ name: metric, cells }],
      append(_, measurement) {
        const fits = measurement?.kind === 'number';
        cells.push(fits ? finite(measurement.value) : Number.NaN);
        return fits;
      },
    };
  }
  const takes = kind === LAG ? 'offsets' : 'record';
  const columns = figures.map((figure) => ({
    figure,
    name: `${metric}.${figure}`,
    cells: nones(),
  }));
  let before: OffsetMarks | undefined;
  function valuesOf(measurement: Measurement | undefined): Readonly<Record<string, number>> {
    if (measurement?.kind !== takes) return {};
    if (measurement.kind === 'record') return measurement.values;
    if (measurement.kind !== 'offsets') return {};
    const seen = lagFigures(measurement.partitions, measurement.reset, before);
    before = marksOf(measurement.partitions);
    return { ...seen };
  }
  return {
    takes,
    columns,
    append(_, measurement) {
      const values = valuesOf(measurement);
      for (const { figure, cells } of columns) cells.push(finite(values[figure] ?? Number.NaN));
      return measurement?.kind === takes;
    },
  };
}

const nones = (): number[] => [];
const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

interface Arrivals extends MetricCells {
  /** The lag when the group was first seen. */
  waiting(): number;
  partitions(): number | undefined;
}

/**
 * Messages a second: between two looks at the same partitions the distance of their ends by time.
 * What came while nobody could look is spread over the time since the last look, so that none is
 * lost. A rate is not known until the next look, nor where partitions came or went in between, or
 * one of them ends before it ended then, because the topic was made anew.
 */
function createArrivals(name: string): Arrivals {
  const cells: number[] = [];
  let waiting: number | undefined;
  let partitions: number | undefined;
  let last:
    | { readonly at: EpochMillis; readonly row: number; readonly seen: readonly PartitionOffsets[] }
    | undefined;
  return {
    takes: 'offsets',
    columns: [{ name, cells }],
    waiting: () => waiting ?? 0,
    partitions: () => partitions,
    append(at, measurement) {
      cells.push(Number.NaN);
      if (measurement?.kind !== 'offsets') return false;
      const { partitions: seen, reset } = measurement;
      waiting ??= lagFigures(seen, reset).lag;
      partitions = Math.max(partitions ?? 1, seen.length);
      const came = last && cameBetween(last.seen, seen);
      if (last && came !== undefined) {
        cells[last.row] = (Number(came) * 1000) / elapsed(last.at, at);
      }
      last = { at, row: cells.length - 1, seen };
      return true;
    },
  };
}

function cameBetween(
  before: readonly PartitionOffsets[],
  now: readonly PartitionOffsets[],
): bigint | undefined {
  if (before.length !== now.length) return undefined;
  const ends = new Map(before.map(({ partition, end }) => [partition, end]));
  let came = 0n;
  for (const { partition, end } of now) {
    const then = ends.get(partition);
    if (then === undefined || end < then) return undefined;
    came += end - then;
  }
  return came;
}
