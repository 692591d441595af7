import type { PartitionOffsets } from '../../../../lib/model/sample.ts';
import { type EpochMillis, epochMillis } from '../../../../lib/model/units.ts';

/** Repeatable chance: a linear congruential generator (Numerical Recipes), 0 to 1. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Messages a second that come and that are read at a moment, in seconds since the start. */
export interface Traffic {
  readonly partitions: number;
  produced(partition: number, at: number): number;
  consumed(partition: number, at: number): number;
}

/**
 * A topic and its group, message by message: it knows when each one came, which no scaler can see,
 * and so what the figures must come to.
 */
export interface Queue {
  readonly now: EpochMillis;
  /** Goes on by so many seconds, in steps of 100 ms. */
  run(seconds: number): void;
  look(): readonly PartitionOffsets[];
  /** How long the oldest unread message of any partition has waited, in seconds; 0 without one. */
  waited(): number;
  lag(): number;
}

const STEP = 0.1;

export function createQueue(start: EpochMillis, traffic: Traffic, random: () => number): Queue {
  const came = Array.from({ length: traffic.partitions }, (): number[] => []);
  const read = Array.from({ length: traffic.partitions }, () => 0);
  const owed = Array.from({ length: traffic.partitions }, () => 0);
  let at = 0;
  return {
    get now() {
      return epochMillis(start + Math.round(at * 1000));
    },
    run(seconds) {
      for (let step = 0; step < Math.round(seconds / STEP); step += 1) {
        at = Math.round((at + STEP) * 10) / 10;
        for (const [partition, times] of came.entries()) {
          const expected = traffic.produced(partition, at) * STEP;
          const count = Math.floor(expected) + (random() < expected % 1 ? 1 : 0);
          for (let one = 0; one < count; one += 1) times.push(at);
          const owing = (owed[partition] ?? 0) + traffic.consumed(partition, at) * STEP;
          const most = times.length - (read[partition] ?? 0);
          const taken = Math.min(most, Math.floor(owing));
          read[partition] = (read[partition] ?? 0) + taken;
          owed[partition] = owing - Math.floor(owing);
        }
      }
    },
    look: () =>
      came.map((times, partition) => ({
        partition,
        start: 0n,
        end: BigInt(times.length),
        committed: BigInt(read[partition] ?? 0),
      })),
    waited: () =>
      Math.max(
        0,
        ...came.map((times, partition) => {
          const oldest = times[read[partition] ?? 0];
          return oldest === undefined ? 0 : at - oldest;
        }),
      ),
    lag: () =>
      came.reduce((sum, times, partition) => sum + times.length - (read[partition] ?? 0), 0),
  };
}
