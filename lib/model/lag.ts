import type { OffsetReset, PartitionOffsets } from './sample.ts';

/** The figures of one group on one topic; whole numbers, 0 or more, never above the safe integers. */
export interface LagFigures {
  readonly lag: number;
  /** The lag of the partition that has the most. */
  readonly maxLag: number;
  readonly partitions: number;
  /** Partitions with a lag: more consumers than these have nothing to read. */
  readonly lagging: number;
  /** Messages committed since the remembered offsets. */
  readonly activity: number;
}

/** What is remembered of one partition. `committed` is undefined where there was no commit. */
export interface PartitionMark {
  readonly end: bigint;
  readonly committed: bigint | undefined;
}

/**
 * The offsets of an earlier look: of `each` partition, or, of a topic with too many partitions to
 * remember, their `sum` (partitions without a commit count 0 there).
 */
export type OffsetMarks =
  | { readonly kind: 'each'; readonly partitions: ReadonlyMap<number, PartitionMark> }
  | {
      readonly kind: 'sum';
      readonly count: number;
      readonly end: bigint;
      readonly committed: bigint;
    };

const atLeastZero = (value: bigint): bigint => (value < 0n ? 0n : value);

/** A count for arithmetic: a lag beyond the safe integers is as good as the largest of them. */
function toCount(value: bigint): number {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > most ? most : value);
}

/**
 * Where the group will go on reading: its commit; the oldest message there is where retention has
 * deleted the committed one (KEDA#7936); without a commit, what its consumers' reset policy says.
 */
export function position(offsets: PartitionOffsets, reset: OffsetReset): bigint {
  const { start, end, committed } = offsets;
  if (committed === undefined) return reset === 'earliest' ? start : end;
  return committed < start ? start : committed;
}

/**
 * Messages the group has still to read in one partition, 0 or more. A position past the end (the
 * topic was deleted and made anew) counts 0: nothing in it is known to be unread.
 */
export const partitionLag = (offsets: PartitionOffsets, reset: OffsetReset): bigint =>
  atLeastZero(offsets.end - position(offsets, reset));

/** What to remember of a look, for `lagFigures` and `moved` of the next one. */
export function marksOf(partitions: readonly PartitionOffsets[]): OffsetMarks {
  return {
    kind: 'each',
    partitions: new Map(
      partitions.map(({ partition, end, committed }) => [partition, { end, committed }]),
    ),
  };
}

/** Many partitions' marks as their sums, which take the same room for any number of partitions. */
export function sumMarks(marks: OffsetMarks): OffsetMarks & { kind: 'sum' } {
  if (marks.kind === 'sum') return marks;
  let [end, committed] = [0n, 0n];
  for (const mark of marks.partitions.values()) {
    end += mark.end;
    committed += mark.committed ?? 0n;
  }
  return { kind: 'sum', count: marks.partitions.size, end, committed };
}

/**
 * Messages committed since `previous`: 0 where that is unknown (riff's first activity of a new
 * partition was bogus), and for a partition whose group was set back, because a rewind is no
 * progress. `committedMoved` tells a rewind too.
 */
function activitySince(
  previous: OffsetMarks | undefined,
  partitions: readonly PartitionOffsets[],
): bigint {
  if (previous === undefined) return 0n;
  if (previous.kind === 'sum') {
    const now = sumMarks(marksOf(partitions));
    return now.count === previous.count ? atLeastZero(now.committed - previous.committed) : 0n;
  }
  let total = 0n;
  for (const { partition, committed } of partitions) {
    const before = previous.partitions.get(partition)?.committed;
    if (before !== undefined && committed !== undefined) total += atLeastZero(committed - before);
  }
  return total;
}

/** The five figures that expressions see as `orders.lag`, `orders.maxLag` and so on. */
export function lagFigures(
  partitions: readonly PartitionOffsets[],
  reset: OffsetReset,
  previous?: OffsetMarks,
): LagFigures {
  let [total, most, lagging] = [0n, 0n, 0];
  for (const offsets of partitions) {
    const lag = partitionLag(offsets, reset);
    total += lag;
    if (lag > most) most = lag;
    if (lag > 0n) lagging += 1;
  }
  return {
    lag: toCount(total),
    maxLag: toCount(most),
    partitions: partitions.length,
    lagging,
    activity: toCount(activitySince(previous, partitions)),
  };
}

/**
 * Whether messages came since `previous`, or partitions came or went. Without a memory nothing is
 * known to have moved.
 */
export function endMoved(
  previous: OffsetMarks | undefined,
  partitions: readonly PartitionOffsets[],
): boolean {
  if (previous === undefined) return false;
  if (previous.kind === 'sum') {
    const now = sumMarks(marksOf(partitions));
    return previous.count !== now.count || previous.end !== now.end;
  }
  return (
    previous.partitions.size !== partitions.length ||
    partitions.some(({ partition, end }) => previous.partitions.get(partition)?.end !== end)
  );
}

/**
 * Whether the group committed since `previous`, forward or back; a first commit and an expired one
 * count too. This is the consumers' own progress: messages that come do not move it.
 */
export function committedMoved(
  previous: OffsetMarks | undefined,
  partitions: readonly PartitionOffsets[],
): boolean {
  if (previous === undefined) return false;
  if (previous.kind === 'sum') {
    return previous.committed !== sumMarks(marksOf(partitions)).committed;
  }
  return partitions.some(
    ({ partition, committed }) => previous.partitions.get(partition)?.committed !== committed,
  );
}

/** Whether producers or consumers did anything since `previous`: either keeps a target from idling. */
export const moved = (
  previous: OffsetMarks | undefined,
  partitions: readonly PartitionOffsets[],
): boolean => endMoved(previous, partitions) || committedMoved(previous, partitions);

/**
 * One partition in words, in riff's form: `Offsets[lag=7 (=10-3), Activity:2 (=3-1)]`. The second
 * number of each pair is the position counted from, so that the sum is right for those who check
 * it; only where the position is past the end the lag is 0 and not the difference.
 */
export function offsetsText(
  offsets: PartitionOffsets,
  reset: OffsetReset,
  previous: bigint | undefined,
): string {
  const current = position(offsets, reset);
  const activity =
    previous === undefined
      ? 'Activity:0 (unknown)'
      : `Activity:${current - previous} (=${current}-${previous})`;
  return `Offsets[lag=${partitionLag(offsets, reset)} (=${offsets.end}-${current}), ${activity}]`;
}

/** All partitions in words, ascending, each followed by one space: riff's form for its map. */
export function partitionsText(
  partitions: readonly PartitionOffsets[],
  reset: OffsetReset,
  previous?: OffsetMarks,
): string {
  const before = previous?.kind === 'each' ? previous.partitions : undefined;
  return partitions
    .toSorted((one, other) => one.partition - other.partition)
    .map((offsets) => {
      const mark = before?.get(offsets.partition)?.committed;
      return `${offsets.partition}:${offsetsText(offsets, reset, mark)} `;
    })
    .join('');
}

/**
 * The most characters that packed marks may take: half of a scalable's 8 KB of memory. Room for
 * at least 130 partitions of any offsets, and for about 400 of a topic whose ends are around 10^9
 * and close to each other; of a topic with more, the sums are kept.
 */
export const LONGEST_PACKED = 4096;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BITS = 5n;
const MORE = 32;
/** 20 digits of 5 bits hold the zigzag of the sum of 2^31 offsets of 63 bits. */
const MOST_DIGITS = 20;
/** Ten digits: less than this, a number is counted with as a number and not as a bigint. */
const SMALL_DIGITS = 10;
const SMALL = 1n << (BITS * BigInt(SMALL_DIGITS));
/** What each character stands for, by its code. */
const VALUES: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const digit = DIGITS.indexOf(String.fromCodePoint(code));
  return digit < 0 ? undefined : digit;
});

/** A whole number, 0 or more, five bits a character, lowest first; all but the last carry a flag. */
export function writeNumber(value: bigint): string {
  let [large, text] = [value, ''];
  while (large >= SMALL) {
    text += DIGITS[Number(large & 31n) + MORE] ?? '';
    large >>= BITS;
  }
  // What is left is small enough for plain numbers, which are several times as fast.
  let rest = Number(large);
  for (; rest >= MORE; rest = Math.floor(rest / MORE)) text += DIGITS[(rest % MORE) + MORE] ?? '';
  return text + (DIGITS[rest] ?? '');
}

const zigzag = (value: bigint): bigint => (value < 0n ? -value * 2n - 1n : value * 2n);
const unzigzag = (value: bigint): bigint => (value & 1n ? -(value + 1n) / 2n : value / 2n);

/** Reads what `writeNumber` wrote; undefined once the text is used up or is not of that form. */
export function numberReader(
  text: string,
  from: number,
): { next(): bigint | undefined; done(): boolean } {
  let at = from;
  return {
    done: () => at >= text.length,
    next() {
      let [small, weight, large] = [0, 1, 0n];
      for (let count = 0; count < MOST_DIGITS; count += 1) {
        const digit = VALUES[text.charCodeAt(at)];
        at += 1;
        if (digit === undefined) return undefined;
        if (count < SMALL_DIGITS) {
          small += (digit % MORE) * weight;
          weight *= MORE;
        } else large |= BigInt(digit % MORE) << (BigInt(count) * BITS);
        if (digit < MORE) return large === 0n ? BigInt(small) : large | BigInt(small);
      }
      return undefined;
    },
  };
}

function packEach(partitions: readonly PartitionOffsets[]): string {
  let [text, expected, lastEnd] = ['e', 0, 0n];
  const ascending = partitions.toSorted((one, other) => one.partition - other.partition);
  for (const { partition, end, committed } of ascending) {
    text += writeNumber(BigInt(partition - expected));
    text += writeNumber(zigzag(end - lastEnd));
    text += writeNumber(committed === undefined ? 0n : zigzag(end - committed) + 1n);
    expected = partition + 1;
    lastEnd = end;
  }
  return text;
}

/**
 * What is to be remembered of a look, as a short text for a scalable's memory, at most `longest` characters. Letters, digits,
 * `-` and `_` only. Each partition is written as its distance from the one before it: number, end,
 * and how far the commit is behind the end.
 */
export function packOffsets(
  partitions: readonly PartitionOffsets[],
  longest: number = LONGEST_PACKED,
): string {
  const text = packEach(partitions);
  if (text.length <= longest) return text;
  const { count, end, committed } = sumMarks(marksOf(partitions));
  return `s${writeNumber(BigInt(count))}${writeNumber(zigzag(end))}${writeNumber(zigzag(committed))}`;
}

/** The marks that were packed, exactly; undefined for a text that `packOffsets` did not write. */
export function unpackOffsets(text: string): OffsetMarks | undefined {
  const numbers = numberReader(text, 1);
  if (text.startsWith('s')) {
    const [count, end, committed] = [numbers.next(), numbers.next(), numbers.next()];
    if (count === undefined || end === undefined || committed === undefined || !numbers.done()) {
      return undefined;
    }
    return {
      kind: 'sum',
      count: Number(count),
      end: unzigzag(end),
      committed: unzigzag(committed),
    };
  }
  if (!text.startsWith('e')) return undefined;
  const partitions = new Map<number, PartitionMark>();
  let [expected, lastEnd] = [0, 0n];
  while (!numbers.done()) {
    const [gap, end, behind] = [numbers.next(), numbers.next(), numbers.next()];
    if (gap === undefined || end === undefined || behind === undefined) return undefined;
    const partition = expected + Number(gap);
    lastEnd += unzigzag(end);
    const committed = behind === 0n ? undefined : lastEnd - unzigzag(behind - 1n);
    partitions.set(partition, { end: lastEnd, committed });
    expected = partition + 1;
  }
  return { kind: 'each', partitions };
}
