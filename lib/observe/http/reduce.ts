import { assertNever } from '../../model/errors.ts';

/** How many values become one. */
export const REDUCERS = ['sum', 'max', 'min', 'avg', 'count'] as const;
export type Reducer = (typeof REDUCERS)[number];

/**
 * One figure of many. Nothing at all sums up to 0 and counts 0, but has no largest, smallest or
 * mean value: those answer `undefined`, because empty is not zero.
 */
export function reduce(values: readonly number[], how: Reducer): number | undefined {
  const sum = () => values.reduce((total, value) => total + value, 0);
  switch (how) {
    case 'sum':
      return sum();
    case 'count':
      return values.length;
    case 'avg':
      return values.length === 0 ? undefined : sum() / values.length;
    // Not Math.max(...values): an answer may hold more values than a call may have arguments.
    case 'max':
      return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
    case 'min':
      return values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
    default:
      return assertNever(how);
  }
}
