import type { Measurement, PartitionOffsets } from '../model/sample.ts';

/** Messages that came and were not yet served, and what they amounted to over time. */
export interface Backlog {
  /** Messages waiting now; a fraction is a message half served. */
  readonly waiting: number;
  readonly highest: number;
  /** Messages × ms: divided by the time it is the mean. */
  readonly area: number;
  /** How long more than `over` messages waited, in ms. */
  readonly over: number;
  /** Lets `ms` pass with so many messages a second coming and at most so many served. */
  pass(ms: number, arriving: number, serving: number): void;
  /** Messages that came, those before the beginning included, and those that were served; whole ones. */
  counts(): { readonly arrived: number; readonly served: number };
}

/**
 * A queue as a fluid: between two events its length is a straight line, so that all figures are
 * exact and do not depend on how time is cut. Kept in thousandths of a message: whole rates a
 * second times whole milliseconds then stay whole, and nothing is lost to rounding.
 * `before` = messages that wait at the beginning.
 */
export function createBacklog(over: number, before = 0): Backlog {
  const threshold = over * 1000;
  let [arrived, waiting, highest] = [before * 1000, before * 1000, before * 1000];
  let [area, overFor] = [0, 0];
  /** A straight piece of the line, from `start` to `end` thousandths in `ms`. */
  function piece(start: number, end: number, ms: number): void {
    area += ((start + end) / 2 / 1000) * ms;
    const above = Math.max(start, end) - threshold;
    if (above <= 0) return;
    const below = threshold - Math.min(start, end);
    overFor += below <= 0 ? ms : (ms * above) / (above + below);
  }
  return {
    get waiting() {
      return waiting / 1000;
    },
    get highest() {
      return highest / 1000;
    },
    get area() {
      return area;
    },
    get over() {
      return overFor;
    },
    pass(ms, arriving, serving) {
      const net = arriving - serving;
      const untilEmpty = net < 0 ? waiting / -net : Number.POSITIVE_INFINITY;
      const start = waiting;
      arrived += arriving * ms;
      waiting = untilEmpty <= ms ? 0 : Math.max(0, start + net * ms);
      piece(start, waiting, Math.min(ms, untilEmpty));
      highest = Math.max(highest, waiting);
    },
    counts: () => {
      const whole = Math.floor(arrived / 1000);
      // Rates that are no whole numbers leave a dust of rounding behind, which is no message.
      const served = Math.floor((arrived - waiting) / 1000 + 1e-6);
      return { arrived: whole, served: Math.min(whole, served) };
    },
  };
}

/** The counts as a consumer group's offsets, spread evenly over the partitions of a topic. */
export function offsetsOf(
  { arrived, served }: { readonly arrived: number; readonly served: number },
  partitions: number,
): Measurement {
  const spread: PartitionOffsets[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const end = BigInt(shareOf(arrived, partition, partitions));
    const committed = BigInt(shareOf(served, partition, partitions));
    spread.push({ partition, start: 0n, end, committed });
  }
  return { kind: 'offsets', partitions: spread, reset: 'earliest' };
}

/** How many of `total` fall to one of `parts` when they are dealt out one by one. */
const shareOf = (total: number, part: number, parts: number): number =>
  Math.floor((total + parts - 1 - part) / parts);
