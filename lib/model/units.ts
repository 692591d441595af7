declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** A length of time in milliseconds, 0 or more. */
export type Millis = Unit<'millis'>;
/** A moment: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = Unit<'epochMillis'>;

export const millis = (value: number): Millis => value as Millis;
export const seconds = (value: number): Millis => (value * 1000) as Millis;
export const minutes = (value: number): Millis => (value * 60_000) as Millis;
export const epochMillis = (value: number): EpochMillis => value as EpochMillis;

/** Time gone by since `since`; 0 where a clock ran backwards, never negative. */
export const elapsed = (since: EpochMillis, now: EpochMillis): Millis =>
  Math.max(0, now - since) as Millis;

export const later = (from: EpochMillis, by: Millis): EpochMillis => (from + by) as EpochMillis;
