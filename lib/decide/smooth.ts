import type { EpochMillis, Millis } from '../model/units.ts';
import { elapsed } from '../model/units.ts';

/** Closer to its target than this, a smoothed count has arrived and needs no memory. */
const NEGLIGIBLE_REPLICAS = 0.01;

/** A smoothed count and when it was reached; no time = as of one interval ago. */
export interface SmoothMemory {
  readonly value: number;
  readonly at?: EpochMillis;
}

export interface Smoothed {
  readonly count: number;
  /** The count before it was rounded. */
  readonly value: number;
  /** Undefined once the count has arrived: the actual count then says the same. */
  readonly memory: SmoothMemory | undefined;
}

export interface Smoothing {
  readonly halfLife: Millis;
  /** What a tick without memory is taken to be after the one before: the rule's interval. */
  readonly interval: Millis;
}

/**
 * Follows `target` exponentially, by the time gone by and not by the number of ticks: the gain is
 * 1 − 2^(−elapsed / halfLife). riff's 0.05 per 100 ms is a half-life of 1.351 s. From nothing to
 * something is one replica at once, and never more than one.
 *
 * Without memory it starts from the actual count (riff started from 0, so that each restart
 * dropped a busy function to one replica).
 */
export function smooth(
  { halfLife, interval }: Smoothing,
  counts: { readonly current: number; readonly target: number },
  memory: SmoothMemory | undefined,
  now: EpochMillis,
): Smoothed {
  const { current, target } = counts;
  if (current === 0 && target > 0) return arrived(1, target, now);
  const since = memory?.at === undefined ? interval : elapsed(memory.at, now);
  const gain = halfLife === 0 ? 1 : 1 - 0.5 ** (since / halfLife);
  const start = memory?.value ?? current;
  return arrived(start + gain * (target - start), target, now);
}

function arrived(value: number, target: number, at: EpochMillis): Smoothed {
  const count = Math.trunc(0.5 + value);
  const near = Math.abs(target - value) < NEGLIGIBLE_REPLICAS;
  return { count, value, memory: near && count === target ? undefined : { value, at } };
}

/** Two counts are told apart at a half; this much below it still is the lower one. */
const BELOW_HALF = 0.5 - 1e-9;

/**
 * What is remembered of a smoothed value where a later step kept the count: as near to the value
 * as the count allows. So no climb goes on in secret to end in a jump, and yet the wish stays what
 * it was: beginning again from the count itself would wish for no change until half a replica is
 * gone, and that wish would begin each stabilization window anew, so that it never ends. It has no
 * time, so that a count that is kept for long, as by a bound, is not a write each tick.
 */
export const heldAt = (count: number, value: number): SmoothMemory => ({
  value: Math.min(Math.max(value, count - 0.5), count + BELOW_HALF),
});
