import { numberReader, writeNumber } from '../../model/lag.ts';
import { elapsed, type EpochMillis, epochMillis, type Millis } from '../../model/units.ts';
import { thin } from './thin.ts';

/** The end offset of every column (a partition, or the sum of all of them) at one moment. */
export interface Look {
  readonly at: EpochMillis;
  readonly ends: readonly bigint[];
}

/**
 * Past looks at the ends of a topic, oldest first, at least one: the corners of a line that says
 * when each offset was written. The newest of them has the ends of now.
 */
export interface Looks {
  readonly looks: readonly Look[];
  /** The last look of which it is known that the ends were still those of the newest one. */
  readonly until: EpochMillis;
  /** Whether there may have been looks since `until` that saw nothing move and were not written down. */
  readonly isResting: boolean;
}

/** One look at a topic: its ends and positions by column, and those ends at the look before. */
export interface Glance {
  readonly ends: readonly bigint[];
  /** Where the group goes on reading in each column, never past the end. */
  readonly positions: readonly bigint[];
  /** Undefined without a look before, or where that one had other columns. */
  readonly before: readonly bigint[] | undefined;
  /** Whether any offset moved since, so that something is written anyway. */
  readonly moved: boolean;
}

export interface Pace {
  readonly now: EpochMillis;
  /** How often it is looked. */
  readonly interval: Millis;
  /** The most characters that the looks may take. */
  readonly room: number;
}

/**
 * The looks after one more of them; undefined where there is nothing to remember, which is a group
 * at rest without lag. While nothing moves they stay the same from the second look on, so that a
 * group at rest is not a write each tick. Where the columns changed or an end went back (the topic
 * was made anew), they begin again with this look.
 */
export function takeLook(
  past: Looks | undefined,
  { ends, positions, before, moved }: Glance,
  { now, interval, room }: Pace,
): Looks | undefined {
  const isCaughtUp = ends.every((end, column) => positionAt(positions, column) >= end);
  if (!moved && isCaughtUp) return undefined;
  if (before === undefined || ends.some((end, column) => end < (before[column] ?? 0n))) {
    return { looks: [{ at: now, ends }], until: now, isResting: false };
  }
  const known = past ?? unwritten(before, epochMillis(now - interval));
  if (ends.every((end, column) => end === before[column])) {
    if (!moved && known.isResting) return past ?? known;
    return forget({ looks: known.looks, until: now, isResting: !moved }, positions);
  }
  const newest = known.looks.at(-1);
  // After a rest, the look before is taken to have been one interval ago.
  const lastSame = known.isResting
    ? epochMillis(Math.max(known.until, now - interval))
    : known.until;
  const corner = newest && lastSame > newest.at ? [{ at: lastSame, ends: before }] : [];
  const looks = [...known.looks, ...corner, { at: epochMillis(Math.max(now, lastSame)), ends }];
  const grown = forget({ looks, until: now, isResting: false }, positions);
  return thin(grown, positions, (some) => writeLooks(some).length <= room);
}

const positionAt = (positions: readonly bigint[], column: number): bigint =>
  positions[column] ?? 0n;

const unwritten = (ends: readonly bigint[], at: EpochMillis): Looks => ({
  looks: [{ at, ends }],
  until: at,
  isResting: true,
});

/** Without the looks before which everything has been read. */
function forget({ looks, until, isResting }: Looks, positions: readonly bigint[]): Looks {
  let first = 0;
  for (let at = 1; at < looks.length; at += 1) {
    const isRead = looks[at]?.ends.every((end, column) => end <= positionAt(positions, column));
    if (isRead !== true) break;
    first = at;
  }
  return { looks: first === 0 ? looks : looks.slice(first), until, isResting };
}

/** A virtual clock may have parts of a millisecond. */
const whole = (time: number): bigint => BigInt(Math.round(time));

/** Looks as a short text, newest first, each as its distance from the one after it. */
export function writeLooks({ looks, until, isResting }: Looks): string {
  const newestFirst = looks.toReversed();
  const [newest] = newestFirst;
  if (newest === undefined) return '';
  const head = [
    BigInt(newest.ends.length),
    whole(until) * 2n + (isResting ? 1n : 0n),
    whole(elapsed(newest.at, until)),
  ];
  const steps = newestFirst.slice(1).flatMap((look, at) => stepTo(look, newestFirst[at] ?? look));
  return [...head, ...steps].map(writeNumber).join('');
}

/** How far a look is before the one after it: the time with a flag, and unless nothing grew, by how much. */
function stepTo(look: Look, after: Look): readonly bigint[] {
  const grown = after.ends.map((end, column) => end - (look.ends[column] ?? 0n));
  const isFlat = grown.every((by) => by === 0n);
  const time = whole(elapsed(look.at, after.at)) * 2n + (isFlat ? 0n : 1n);
  return isFlat ? [time] : [time, ...grown];
}

/** What `writeLooks` wrote, given the newest ends; undefined for any other text and other columns. */
export function readLooks(text: string, newest: readonly bigint[]): Looks | undefined {
  const numbers = numberReader(text, 0);
  const [columns, head, age] = [numbers.next(), numbers.next(), numbers.next()];
  if (head === undefined || age === undefined) return undefined;
  if (Number(columns) !== newest.length) return undefined;
  const until = epochMillis(Number(head / 2n));
  let look: Look | undefined = { at: epochMillis(until - Number(age)), ends: newest };
  const looks = [look];
  while (!numbers.done()) {
    look = lookBefore(look, () => numbers.next());
    if (look === undefined) return undefined;
    looks.push(look);
  }
  return { looks: looks.toReversed(), until, isResting: head % 2n === 1n };
}

function lookBefore(after: Look, next: () => bigint | undefined): Look | undefined {
  const step = next();
  if (step === undefined) return undefined;
  const at = epochMillis(after.at - Number(step / 2n));
  if (step % 2n === 0n) return { at, ends: after.ends };
  const grown = after.ends.map(() => next());
  if (grown.includes(undefined)) return undefined;
  return { at, ends: after.ends.map((end, column) => end - (grown[column] ?? 0n)) };
}
