import { assert, double, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { number } from './evaluate.ts';

/** riff's table: replicas for lags of 0 to 12, by the most there may be. */
const TABLE: readonly (readonly [string, number, readonly number[]])[] = [
  ['a topic nobody knows, or one partition', 1, [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ['2 partitions', 2, [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2]],
  ['3 partitions', 3, [0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]],
  ['5 partitions', 5, [0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5]],
  ['a maximum of 0', 0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['a maximum of -3', -3, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['10 partitions', 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]],
  ['a maximum of 4', 4, [0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]],
  ['12 partitions', 12, [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 12, 12]],
  ['20 partitions', 20, [0, 1, 3, 5, 7, 9, 11, 13, 15, 17, 20, 20, 20]],
  ['30 partitions', 30, [0, 1, 4, 7, 10, 13, 17, 20, 23, 26, 30, 30, 30]],
  ['100 partitions', 100, [0, 1, 12, 23, 34, 45, 56, 67, 78, 89, 100, 100, 100]],
];

const ramp = (lag: number, max: number): number =>
  number('ramp(lag, 1, 10, max_)', { lag, max_: max });

describe('ramp(lag, 1, 10, max), riff’s formula', () => {
  test.for(TABLE)('%s', ([, max, wanted]) => {
    expect(wanted.map((_, lag) => ramp(lag, max))).toEqual(wanted);
  });

  test.for([
    [195_225_784, 100],
    [2_147_483_584, 10],
    [4_831_837_952, 5],
    [9_663_675_904, 3],
  ] as const)('a lag of %i still asks for all %i, where riff wraps to 0', ([lag, max]) => {
    expect(ramp(lag, max)).toBe(max);
  });

  test('takes ints and expressions as well', () => {
    expect(number('ramp(6, 1, 10, len(1..5))')).toBe(3);
    expect(number('ramp([6, "a"][0], 1, 10, 5)')).toBe(3);
  });

  test('without room for a slope is one step', () => {
    expect(number('ramp(5, 5, 5, 8)')).toBe(8);
    expect(number('ramp(4, 5, 5, 8)')).toBe(0);
  });

  test('never falls as the lag rises, and stays between 0 and the maximum', () => {
    const count = double({ min: 0, max: 1e12, noNaN: true });
    assert(
      property(count, count, integer({ min: 0, max: 1000 }), (a, b, max) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(ramp(low, max)).toBeLessThanOrEqual(ramp(high, max));
        expect(ramp(high, max)).toBeLessThanOrEqual(max);
        expect(ramp(low, max)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
