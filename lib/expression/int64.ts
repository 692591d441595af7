/** Ints have 64 bits and wrap; at run time they are bigints, so that floats can be plain numbers. */
export const INT_MAX = 9_223_372_036_854_775_807n;
export const INT_MIN = -9_223_372_036_854_775_808n;

export const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** Beyond these a float has no int of 64 bits. */
const TWO_TO_63 = 2 ** 63;

/**
 * The int a float becomes: cut towards zero. What no int can hold becomes the lowest one, which is
 * what a 64-bit x86 processor answers and so what the original gives on most machines.
 */
export function truncate(value: number): bigint {
  if (!(value >= -TWO_TO_63 && value < TWO_TO_63)) return INT_MIN;
  return BigInt(Math.trunc(value));
}
