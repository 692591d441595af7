import {
  type LagFigures,
  lagFigures,
  moved,
  type OffsetMarks,
  partitionLag,
} from '../../model/lag.ts';
import type { OffsetReset, PartitionOffsets } from '../../model/sample.ts';
import type { EpochMillis, Millis } from '../../model/units.ts';
import { type Glance, readLooks, takeLook, writeLooks } from './looks.ts';
import type { LagRoom } from './room.ts';
import { type Waited, waited } from './seconds.ts';
import { type GroupSeen, type Stuck, watchStuck } from './stuck.ts';

/** What a rule wants to know of a group beyond the five figures of one look. */
export interface LagWatch {
  /** Whether an expression may use its `seconds`. */
  readonly isTimed: boolean;
  readonly excludeStuck: number | undefined;
  readonly room: LagRoom;
  readonly interval: Millis;
  /** Whether there are consumers: where none runs, none is stuck. */
  readonly isRunning: boolean;
}

export interface Tracked {
  /** What expressions see: without stuck partitions, and with `seconds` where it is known. */
  readonly figures: LagFigures & { readonly seconds?: number };
  /** Lag of all partitions, the stuck ones too: it keeps a target awake. */
  readonly total: number;
  /** To be remembered beside the offsets; undefined where there is nothing. */
  readonly memory: string | undefined;
  /** What an operator should know, a sentence each. */
  readonly notes: readonly string[];
}

/** What divides the counters of stuck partitions from the looks; no packed number has it. */
const DIVIDER = '.';

/** The figures of a group by this look and by what is remembered of the ones before. */
export function trackLag(
  watch: LagWatch,
  group: GroupSeen,
  memory: string,
  now: EpochMillis,
): Tracked {
  const all = lagFigures(group.partitions, group.reset, group.previous);
  const [counters = '', looks = ''] = memory.split(DIVIDER);
  const stuck = findStuck(watch, group, counters);
  const rest = group.partitions.filter(({ partition }) => !stuck.partitions.has(partition));
  const timed = watch.isTimed ? timeLag(watch, { ...group, rest }, looks, now) : NOT_TIMED;
  const { lag, maxLag, lagging } =
    rest.length === group.partitions.length ? all : lagFigures(rest, group.reset);
  const seconds = timed.waited === undefined ? {} : { seconds: timed.waited.seconds };
  const text = `${stuck.memory}${DIVIDER}${timed.memory}`;
  return {
    figures: { ...all, lag, maxLag, lagging, ...seconds },
    total: all.lag,
    memory: text === DIVIDER ? undefined : text,
    notes: [...stuckNotes(stuck, all.lag, lag), ...timed.notes],
  };
}

function findStuck(watch: LagWatch, group: GroupSeen, counters: string): Stuck {
  const { excludeStuck: after, isRunning, room } = watch;
  if (after === undefined || !isRunning) return { partitions: new Set(), memory: '' };
  return watchStuck({ after, room: room.stuck }, group, counters);
}

/** More partitions than this in a note are counted. */
const MOST_NAMED = 10;

function stuckNotes(stuck: Stuck, all: number, lag: number): readonly string[] {
  if (stuck.partitions.size === 0) return [];
  const some = [...stuck.partitions].slice(0, MOST_NAMED).join(', ');
  const more = stuck.partitions.size - MOST_NAMED;
  const which = more > 0 ? `${some} and ${more} more` : some;
  return [`stuck and left out of its lag: partition ${which} (${all - lag} of ${all})`];
}

interface Timed {
  readonly waited: Waited | undefined;
  readonly memory: string;
  readonly notes: readonly string[];
}

const NOT_TIMED: Timed = { waited: undefined, memory: '', notes: [] };

function timeLag(
  { interval, room }: LagWatch,
  group: GroupSeen & { readonly rest: readonly PartitionOffsets[] },
  text: string,
  now: EpochMillis,
): Timed {
  const { columns, isSum } = columnsOf(group);
  const past = columns.before && readLooks(text, columns.before);
  const looks = takeLook(past, columns, { now, interval, room: room.looks });
  const found: Waited | undefined = looks
    ? waited(looks, columns.positions, now)
    : { seconds: 0, from: 'seen' };
  return { waited: found, memory: looks ? writeLooks(looks) : '', notes: timedNotes(found, isSum) };
}

function timedNotes(found: Waited | undefined, isSum: boolean): readonly string[] {
  if (found === undefined) return ['its seconds are not known before a second look'];
  if (found.seconds === 0) return [];
  const ways = {
    seen: '',
    extrapolated: ', extrapolated: older than what is remembered',
    'at-least': ', at least: nothing came since it is remembered',
  };
  const of = isSum ? ', of all partitions together: too many to remember each' : '';
  return [`${found.seconds.toFixed(1)} s behind${ways[found.from]}${of}`];
}

/**
 * A group by partition, or, where only sums were remembered of its partitions, as one queue. By
 * sums nothing looks older than the oldest unread message of any partition is, and where the lag is
 * uneven it looks younger.
 *
 * A stuck partition counts as read to its end, so that it has no seconds either.
 */
function columnsOf(group: GroupSeen & { readonly rest: readonly PartitionOffsets[] }): {
  readonly columns: Glance;
  readonly isSum: boolean;
} {
  const { partitions, reset, previous, rest } = group;
  const counted = new Set(rest);
  const sorted = partitions.toSorted((one, other) => one.partition - other.partition);
  const positions = sorted.map((offsets) =>
    counted.has(offsets) ? positionOf(offsets, reset) : offsets.end,
  );
  const ends = sorted.map(({ end }) => end);
  const hasMoved = moved(previous, partitions);
  if (previous?.kind === 'sum') {
    const before = previous.count === partitions.length ? [previous.end] : undefined;
    const columns = { ends: [sum(ends)], positions: [sum(positions)], before, moved: hasMoved };
    return { columns, isSum: true };
  }
  const columns = { ends, positions, before: endsBefore(previous, sorted), moved: hasMoved };
  return { columns, isSum: false };
}

const sum = (values: readonly bigint[]): bigint =>
  values.reduce((total, value) => total + value, 0n);

const positionOf = (offsets: PartitionOffsets, reset: OffsetReset): bigint =>
  offsets.end - partitionLag(offsets, reset);

function endsBefore(
  previous: OffsetMarks | undefined,
  sorted: readonly PartitionOffsets[],
): readonly bigint[] | undefined {
  if (previous?.kind !== 'each' || previous.partitions.size !== sorted.length) return undefined;
  const ends: bigint[] = [];
  for (const { partition } of sorted) {
    const mark = previous.partitions.get(partition);
    if (mark === undefined) return undefined;
    ends.push(mark.end);
  }
  return ends;
}
