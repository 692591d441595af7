import { numberReader, type OffsetMarks, partitionLag, writeNumber } from '../../model/lag.ts';
import type { OffsetReset, PartitionOffsets } from '../../model/sample.ts';

/** A group as it is seen now, and as it was at the look before. */
export interface GroupSeen {
  readonly partitions: readonly PartitionOffsets[];
  readonly reset: OffsetReset;
  readonly previous: OffsetMarks | undefined;
}

export interface StuckWatch {
  /** After so many looks without a commit, while others committed, a partition is stuck. */
  readonly after: number;
  /** The most characters that the counters may take. */
  readonly room: number;
}

export interface Stuck {
  readonly partitions: ReadonlySet<number>;
  /** The counters to remember; empty where there are none. */
  readonly memory: string;
}

const NONE: Stuck = { partitions: new Set(), memory: '' };

/**
 * Partitions that have lag and whose commit has not moved for `after` looks in which some other
 * partition's did: a poisoned message, and not a slow consumer or a group that rebalances. KEDA's
 * excludePersistentLag compares with the look before only, so that a consumer which commits less
 * often than KEDA looks seems stuck (KEDA#3904).
 *
 * A look in which nothing was committed at all counts neither way, so that the counters of a group
 * at rest stay as they are. Counters stop at `after`. What does not fit the room is not counted,
 * and of a topic with too many partitions to remember none is stuck: its lag goes on counting.
 */
export function watchStuck(
  { after, room }: StuckWatch,
  { partitions, reset, previous }: GroupSeen,
  memory: string,
): Stuck {
  if (previous?.kind !== 'each') return NONE;
  const before = previous.partitions;
  const hasMoved = ({ partition, committed }: PartitionOffsets): boolean =>
    before.get(partition)?.committed !== committed;
  const someMoved = partitions.some(hasMoved);
  const counted = readCounters(memory);
  const counters = new Map<number, number>();
  for (const offsets of partitions) {
    const { partition } = offsets;
    if (!before.has(partition) || hasMoved(offsets)) continue;
    if (partitionLag(offsets, reset) === 0n) continue;
    const count = Math.min(after, (counted.get(partition) ?? 0) + (someMoved ? 1 : 0));
    if (count > 0) counters.set(partition, count);
  }
  return packed(counters, { after, room });
}

function packed(counters: ReadonlyMap<number, number>, { after, room }: StuckWatch): Stuck {
  const stuck = new Set<number>();
  let [memory, expected] = ['', 0];
  // Those that are stuck come first in the room there is: a count that is lost begins again.
  const kept = [...counters]
    .toSorted(([one, a], [other, b]) => b - a || one - other)
    .slice(0, Math.floor(room / LONGEST_COUNTER));
  for (const [partition, count] of kept.toSorted(([one], [other]) => one - other)) {
    memory += writeNumber(BigInt(partition - expected)) + writeNumber(BigInt(count));
    expected = partition + 1;
    if (count >= after) stuck.add(partition);
  }
  return { partitions: stuck, memory };
}

/** A distance of up to 2^31 partitions takes 7 characters, a count of up to 1,000 two. */
const LONGEST_COUNTER = 9;

function readCounters(memory: string): ReadonlyMap<number, number> {
  const counters = new Map<number, number>();
  const numbers = numberReader(memory, 0);
  let expected = 0;
  while (!numbers.done()) {
    const [gap, count] = [numbers.next(), numbers.next()];
    if (gap === undefined || count === undefined) break;
    counters.set(expected + Number(gap), Number(count));
    expected += Number(gap) + 1;
  }
  return counters;
}
