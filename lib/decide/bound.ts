/** Inclusive limits of a count. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** Moves a wish into its limits. Where they contradict each other the upper one wins: it protects. */
export const bound = (wish: number, { min, max }: Limits): number =>
  Math.min(Math.max(wish, min), max);
