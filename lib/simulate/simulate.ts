import { decide } from '../decide/decide.ts';
import type { Memory } from '../decide/memory.ts';
import { carriedOut } from '../decide/outcome.ts';
import type { Policy } from '../decide/policy.ts';
import type { LastFiring } from '../decide/windows.ts';
import { formatIso } from '../model/iso.ts';
import type { Sample } from '../model/sample.ts';
import { elapsed, type EpochMillis, later, type Millis } from '../model/units.ts';
import { type Backlog, createBacklog } from './backlog.ts';
import { type Columns, columnsOf, samplesAt } from './columns.ts';
import { type Crew, createCrew } from './crew.ts';
import { createTally, type Figures, type Tally } from './figures.ts';
import { type Trace, TraceError, type TraceRow } from './trace.ts';

/** The world in which a rule is tried. */
export interface Model {
  /** Time from one tick to the next. */
  readonly tick: Millis;
  /** From asking for a replica until it serves. */
  readonly startUp: Millis;
  /** Messages a second that one replica serves. */
  readonly rate: number;
  /** How long the whole group serves nothing after a replica joined or left. */
  readonly rebalance: Millis;
  /** Partitions of the topic: more replicas than these serve nothing. */
  readonly partitions: number;
  /** The target backlog in messages, for the time over it. */
  readonly over: number;
  /** Replicas that run at the beginning. */
  readonly replicas: number;
  /** Messages that wait at the beginning; none where it is absent. */
  readonly waiting?: number;
  readonly lastFiring: LastFiring;
}

/** The course of a simulation, one entry for each tick, as it was after the tick. */
export interface Course {
  readonly at: readonly EpochMillis[];
  readonly queue: readonly number[];
  /** What the rule's first metric was: its number, or its lag; undefined = it could not be read. */
  readonly measured: readonly (number | undefined)[];
  /** The count the rule's expression gave, before every other step. */
  readonly asked: readonly number[];
  readonly wanted: readonly number[];
  readonly running: readonly number[];
}

export interface Simulated {
  readonly rule: string;
  /** What the course shows above the replicas: the backlog, or the first metric where there is none. */
  readonly subject: string;
  readonly figures: Figures;
  readonly course: Course;
}

/** The subject of a simulation in which messages queue. */
export const QUEUE = 'messages waiting';

/** More ticks than this are not waited for: at a second each, four months. */
const MOST_TICKS = 10_000_000;

/**
 * Tries a rule on a trace: the same `decide` that runs in production, on a virtual clock, with
 * replicas that take time to start and a backlog that they work off, so that what is measured
 * follows from what was decided. Same input, same output. Throws a TraceError where the trace does
 * not fit the rule.
 */
export function simulate(policy: Policy, trace: Trace, model: Model): Simulated {
  const dimensions = Object.keys(policy.rule.wanted);
  if (dimensions.length !== 1 || dimensions[0] !== 'replicas') {
    throw new TraceError(
      `the rule ${policy.rule.id} counts ${dimensions.join(' and ')}`,
      'Only replicas can be simulated.',
    );
  }
  return runThrough(policy, trace, model);
}

function runThrough(policy: Policy, trace: Trace, model: Model): Simulated {
  const columns = columnsOf(policy.rule, trace);
  const crew = createCrew(model.replicas, model.startUp);
  const backlog = createBacklog(model.over, model.waiting);
  const tally = createTally(model.replicas);
  const rows = trace.rows[Symbol.iterator]();
  const first = nextRow(rows);
  if (first === undefined) throw new TraceError(`${trace.name} has no rows`, 'Give it some.');
  const world = createWorld({ columns, crew, backlog, tally, model }, rows, first);
  const course: Writable<Course> = {
    at: [],
    queue: [],
    measured: [],
    asked: [],
    wanted: [],
    running: [],
  };

  let memory: Memory = {};
  let now = first.at;
  for (let ticks = 0; world.reach(now); ticks += 1) {
    if (ticks >= MOST_TICKS) {
      throw new TraceError(
        `more than ${MOST_TICKS} ticks`,
        'Take a longer tick or a shorter trace.',
      );
    }
    const { partitions, lastFiring } = model;
    const samples = samplesAt(columns, world.row, backlog.counts(), { partitions, now });
    const target = {
      wanted: { replicas: crew.wanted },
      ready: { replicas: crew.running },
      busy: undefined,
      fence: '',
    };
    const decided = decide(policy, { samples, target, held: undefined, lastFiring }, memory, now);
    const { decision } = decided;
    const { from, to } = decision.capacity.replicas ?? { from: crew.wanted, to: crew.wanted };
    tally.tick(decision.verdict);
    memory = decided.memory;
    if (to !== from) {
      memory = carriedOut(policy, decided, now);
      world.scale(to, now);
      tally.changed(from, to);
    }
    course.at.push(now);
    course.queue.push(backlog.waiting);
    course.measured.push(firstFigure(samples));
    course.asked.push(decision.steps.find(({ step }) => step === 'evaluate')?.after ?? to);
    course.wanted.push(to);
    course.running.push(crew.running);
    now = later(now, model.tick);
  }
  const figures = tally.figures(elapsed(first.at, world.row.at), backlog);
  const [metric] = columns.metrics;
  const subject = columns.arrivals === -1 ? (metric?.name ?? 'no metric') : QUEUE;
  return { rule: policy.rule.id, subject, figures, course };
}

/** The first metric as one number: its value, or the first of its figures, which is the lag. */
function firstFigure(samples: Readonly<Record<string, Sample>>): number | undefined {
  const [sample] = Object.values(samples);
  if (sample === undefined || !('measurement' in sample)) return undefined;
  const { measurement } = sample;
  if (measurement.kind === 'number') return measurement.value;
  if (measurement.kind === 'record') return Object.values(measurement.values)[0];
  return undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

function nextRow(rows: Iterator<TraceRow>): TraceRow | undefined {
  const next = rows.next();
  return next.done === true ? undefined : next.value;
}

function arrivalsOf(row: TraceRow, { arrivals }: Columns): number | undefined {
  const rate = row.cells[arrivals];
  if (rate === undefined || rate >= 0) return rate;
  throw new TraceError(
    `${formatIso(row.at)}: ${rate} messages a second arrive`,
    'Arrivals are 0 or more.',
  );
}

interface Parts {
  readonly columns: Columns;
  readonly crew: Crew;
  readonly backlog: Backlog;
  readonly tally: Tally;
  readonly model: Model;
}

interface World {
  /** The row that holds now; after the end, the last one. */
  readonly row: TraceRow;
  /** Goes on to `now`; answers false once the trace has ended, and then stands at its end. */
  reach(now: EpochMillis): boolean;
  scale(to: number, now: EpochMillis): void;
}

/** The world between ticks: from event to event, with constant rates in between. */
function createWorld(parts: Parts, rows: Iterator<TraceRow>, first: TraceRow): World {
  const { columns, crew, backlog, tally, model } = parts;
  let row = first;
  let next = nextRow(rows);
  let clock = first.at;
  let pausedUntil = first.at;
  let arriving = arrivalsOf(first, columns) ?? 0;
  if (first.phase !== undefined) tally.phase(first.phase, first.at);

  function goTo(at: EpochMillis): void {
    const serving = clock < pausedUntil ? 0 : Math.min(crew.running, model.partitions) * model.rate;
    backlog.pass(at - clock, arriving, serving);
    tally.pass(at - clock, crew.wanted);
    clock = at;
    if (crew.start(clock) > 0) pausedUntil = later(clock, model.rebalance);
    if (next === undefined || next.at > clock) return;
    row = next;
    next = nextRow(rows);
    // Where the arrivals are not known they are taken to go on as before.
    arriving = arrivalsOf(row, columns) ?? arriving;
    if (row.phase !== undefined && next !== undefined) tally.phase(row.phase, row.at);
  }
  return {
    get row() {
      return row;
    },
    reach(now) {
      while (clock < now && next !== undefined) {
        const paused = clock < pausedUntil ? pausedUntil : now;
        const started = crew.nextStart ?? now;
        goTo(Math.min(now, next.at, started, paused) as EpochMillis);
      }
      return next !== undefined;
    },
    scale(to, now) {
      const before = crew.running;
      crew.set(to, now);
      if (crew.running !== before) pausedUntil = later(now, model.rebalance);
    },
  };
}
