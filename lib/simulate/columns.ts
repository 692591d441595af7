import { nearest } from '../model/nearest.ts';
import type { Measurement, Sample } from '../model/sample.ts';
import type { EpochMillis } from '../model/units.ts';
import type { MetricSpec, Rule } from '../rule/rule.ts';
import { offsetsOf } from './backlog.ts';
import { type Trace, TraceError, type TraceRow } from './trace.ts';

/** Messages a second that come in; makes the backlog, and through it the metric, follow the replicas. */
const ARRIVALS = 'arrivals';

/** Where each metric of a rule comes from in a trace. */
export interface Columns {
  /** The cell of the arrivals, or -1: then nothing queues. */
  readonly arrivals: number;
  readonly metrics: readonly MetricColumns[];
}

type MetricColumns =
  | { readonly name: string; readonly from: 'column'; readonly cell: number }
  | { readonly name: string; readonly from: 'figures'; readonly cells: readonly FigureCell[] }
  | { readonly name: string; readonly from: 'backlog'; readonly offsets: boolean };

interface FigureCell {
  readonly figure: string;
  readonly cell: number;
}

/**
 * Finds a column for every metric of the rule: `NAME` holds a number, `NAME.FIGURE` one figure of
 * a record, and `NAME.arrivals`, or `arrivals` for the only metric of kind `kafka-lag`, the
 * messages a second from which the metric is made. Throws a TraceError for a metric without one.
 */
export function columnsOf(rule: Rule, trace: Trace): Columns {
  const place = (column: string): number => trace.columns.indexOf(column);
  const specs = Object.entries(rule.metrics);
  const fed = specs.filter(([name]) => place(`${name}.${ARRIVALS}`) !== -1).map(([name]) => name);
  if (fed.length > 1 || (fed.length === 1 && place(ARRIVALS) !== -1)) {
    throw new TraceError(
      `${trace.name}: arrivals for more than one backlog (${fed.join(', ')})`,
      'A simulated target works off one backlog; give the other metrics as columns of their own.',
    );
  }
  const lags = specs.filter(
    ([name, { kind }]) => kind === 'kafka-lag' && !isGiven(name, trace.columns),
  );
  const shared = place(ARRIVALS) === -1 || lags.length !== 1 ? undefined : lags[0]?.[0];
  const queue = fed[0] ?? shared;
  const metrics = specs.map(([name, spec]): MetricColumns => {
    if (name === queue) return { name, from: 'backlog', offsets: spec.kind === 'kafka-lag' };
    return fromColumns(name, spec, trace);
  });
  const arrivals = fed[0] === undefined ? place(ARRIVALS) : place(`${fed[0]}.${ARRIVALS}`);
  return { arrivals, metrics };
}

const isGiven = (name: string, columns: readonly string[]): boolean =>
  columns.some((column) => column === name || column.startsWith(`${name}.`));

function fromColumns(name: string, spec: MetricSpec, trace: Trace): MetricColumns {
  const { columns } = trace;
  const cell = columns.indexOf(name);
  if (cell !== -1 && (spec.figures.length === 0 || spec.value !== undefined)) {
    return { name, from: 'column', cell };
  }
  // As many figures as there are: an expression that reads another one finds it unknown.
  const cells = spec.figures.flatMap((figure) => {
    const at = columns.indexOf(`${name}.${figure}`);
    return at === -1 ? [] : [{ figure, cell: at }];
  });
  if (cells.length > 0) return { name, from: 'figures', cells };
  const figures = spec.figures.map((figure) => `${name}.${figure}`).join(', ');
  const accepted =
    spec.kind === 'kafka-lag'
      ? `${ARRIVALS} or ${name}.${ARRIVALS} (messages a second), or ${figures}`
      : figures !== ''
        ? figures
        : `${name}, or ${name}.${ARRIVALS} for a queue`;
  throw new TraceError(
    `${trace.name}: no column for the metric ${name}${nearest(name, columns)}`,
    `It has ${columns.join(', ') || 'none'}; expected ${accepted}.`,
  );
}

/** Throws a TraceError for a column that none of the rules uses: most likely a slip of the pen. */
export function refuseUnknownColumns(rules: readonly Rule[], trace: Trace): void {
  const names = new Set(rules.flatMap(({ metrics }) => Object.keys(metrics)));
  const known = new Set([ARRIVALS, ...names]);
  for (const { metrics } of rules) {
    for (const [name, { figures }] of Object.entries(metrics)) {
      for (const figure of [ARRIVALS, ...figures]) known.add(`${name}.${figure}`);
    }
  }
  const unknown = trace.columns.find((column) => !known.has(column));
  if (unknown === undefined) return;
  throw new TraceError(
    `${trace.name}: the column ${JSON.stringify(unknown)} is of no metric${nearest(unknown, [...known])}`,
    `The rule has ${[...names].join(', ') || 'no metrics'}; ${ARRIVALS} are messages a second.`,
  );
}

/** What a tick at `now` would measure. */
export function samplesAt(
  { metrics, arrivals }: Columns,
  row: TraceRow,
  counts: { readonly arrived: number; readonly served: number },
  { partitions, now }: { readonly partitions: number; readonly now: EpochMillis },
): Record<string, Sample> {
  const samples: Record<string, Sample> = {};
  for (const metric of metrics) {
    const measurement = measure(metric);
    samples[metric.name] = measurement ? { trust: 'fresh', at: now, measurement } : MISSING;
  }
  return samples;

  function measure(metric: MetricColumns): Measurement | undefined {
    if (metric.from === 'column') return numbered(row.cells[metric.cell]);
    if (metric.from === 'backlog') {
      // An empty cell is a source that cannot be read; the messages come all the same.
      if (row.cells[arrivals] === undefined) return undefined;
      if (metric.offsets) return offsetsOf(counts, partitions);
      return { kind: 'number', value: counts.arrived - counts.served };
    }
    const values: Record<string, number> = {};
    for (const { figure, cell } of metric.cells) {
      const value = row.cells[cell];
      if (value === undefined) return undefined;
      values[figure] = value;
    }
    return { kind: 'record', values };
  }
}

const numbered = (value: number | undefined): Measurement | undefined =>
  value === undefined ? undefined : { kind: 'number', value };

const MISSING: Sample = {
  trust: 'missing',
  because: 'the trace has no value here',
  code: 'TRACE_EMPTY',
};
