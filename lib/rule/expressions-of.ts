import type { Dimension } from '../model/target.ts';
import type { Rule } from './rule.ts';

/** One expression of a rule and where it stands; `dimension` where it says how many are wanted. */
export interface RuleExpression {
  /** `replicas`, `replicas.min`, `max`: the path by which problems name it. */
  readonly path: string;
  readonly source: string;
  readonly dimension?: Dimension;
}

/** Every expression of a rule, each once: an exact wish is one, though it is both ends. */
export function expressionsOf({ wanted, min, max }: Rule): readonly RuleExpression[] {
  const wishes = Object.entries(wanted).flatMap(([key, range]): readonly RuleExpression[] => {
    const dimension = key as Dimension;
    if (range.min !== undefined && range.min === range.max) {
      return [{ path: dimension, source: range.min, dimension }];
    }
    return (['min', 'max'] as const).flatMap((end) => {
      const source = range[end];
      return source === undefined ? [] : [{ path: `${dimension}.${end}`, source, dimension }];
    });
  });
  return [...wishes, { path: 'min', source: min }, { path: 'max', source: max }];
}
