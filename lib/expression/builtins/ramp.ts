export interface Ramp {
  /** What is measured, usually a lag. */
  readonly value: number;
  /** The value from which one replica is wanted. */
  readonly one: number;
  /** The value from which `max` are wanted; above `one`. */
  readonly full: number;
  /** The most there may be. */
  readonly max: number;
}

/**
 * riff's formula from lag to replicas: none below `one`, one at it, `max` from `full` on, and in
 * between along a line, cut to a whole number. riff converts to 32 bits on the way, so that a huge
 * lag wraps to 0 replicas; here it stays at `max`. Without room for a slope (max at most 1, or full
 * not above one) it is a single step.
 */
export function ramp({ value, one, full, max }: Ramp): number {
  if (Number.isNaN(value) || Number.isNaN(max)) return Number.NaN;
  const most = Math.max(0, Math.trunc(max));
  if (value < one) return 0;
  if (value >= full) return most;
  const slope = (max - 1) / (full - one);
  const wanted = slope > 0 ? Math.trunc(1 + (value - one) * slope) : 1;
  return Math.min(wanted, most);
}
