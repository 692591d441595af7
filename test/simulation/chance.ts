/** Random choices that follow from a seed alone, so that a failing history can be had again. */
export interface Chance {
  /** From 0 to 1, 1 excluded. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  one<T>(of: readonly [T, ...T[]]): T;
  /** True in this share of cases. */
  hits(share: number): boolean;
}

/** mulberry32: 32 bits of state, enough for a history and the same on every machine. */
export function createChance(seed: number): Chance {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    one: (of) => of[whole(0, of.length - 1)] ?? of[0],
    hits: (share) => next() < share,
  };
}
