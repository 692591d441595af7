import { fail } from './errors.ts';
import type { Value } from './values.ts';

/** 1 for ascending, -1 for descending. */
export function directionOf(order: Value, at: number): number {
  if (order === 'asc') return 1;
  if (order === 'desc') return -1;
  return fail(at, 'the order is "asc" or "desc"');
}
