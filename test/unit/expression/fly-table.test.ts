import { describe, expect, test } from 'vitest';

import { toCount } from '../../../lib/expression/compile.ts';
import { errorOf, number, numberError } from './evaluate.ts';

const metrics = {
  x: 4,
  y: 7,
  q: 37,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  'dash-name': 6,
};

const count = (source: string): number => toCount(number(source, metrics));

/** Rows of the value table of fly-autoscaler's reference, x = 4, y = 7, q = 37. */
const COUNTS: readonly (readonly [string, number])[] = [
  ['2.4', 2],
  ['2.5', 3],
  ['3.5', 4],
  ['0.5', 1],
  ['0.49999999999999994', 0],
  ['-0.4', 0],
  ['-2', 0],
  ['q/10', 4],
  ['ceil(q/10)', 4],
  ['floor(q/10)', 3],
  ['7/2', 4],
  ['int(7/2)', 3],
  ['int(2.6)', 2],
  ['min(x,y)', 4],
  ['max(x,y,3)', 7],
  ['max(1,nan)', 1],
  ['min(1,nan)', 1],
  ['nan > 1 ? 3 : 4', 4],
  ['inf > 1 ? 3 : 4', 3],
  ['1/0 > 5 ? 1 : 2', 1],
  ['sum([1,2.5])', 4],
  ['mean([1,2,6])', 3],
  ['median([1,9,2])', 2],
  ['int(q) % 7', 2],
  ['10 % 3', 1],
  ['2**3', 8],
  ['2^3^2', 512],
  ['-2**2', 0],
  ['(-2)**2', 4],
  ['2**-1', 1],
  ['x == 4 and y == 7 ? 9 : 8', 9],
  ['10*4/3', 13],
  ['2+3*4', 14],
  ['10/4*2', 5],
  ['q < 10 ? 1 : q < 40 ? 2 : 3', 2],
  ['1e3', 1000],
  ['0x10', 16],
  ['1_000', 1000],
  ['0b11', 3],
  ['017', 17],
  ['.5', 1],
  ['1.', 1],
  ['let a = q/10; ceil(a)', 4],
  ["int('5')", 5],
  ["float('2.6')", 3],
  ["fromJSON('3')", 3],
  ["$env['dash-name']", 6],
  ['len([1,2,3])', 3],
  ["len('abc')", 3],
  ['reduce(1..5, #acc + #)', 15],
  ['3 // c', 3],
  ['/* c */ 3', 3],
  ['7 // 2', 7],
  ["duration('90s').Seconds()", 90],
  ['1e18', Number.MAX_SAFE_INTEGER],
  ['max(0, x-10)', 0],
  ['false ? 1 : 0', 0],
  ['sum([])', 0],
  ['mean([])', 0],
];

const REFUSED = [
  'q > 10',
  'true',
  'nil',
  "'5'",
  '1..3',
  '{a:1}',
  'max()',
  'q % 10',
  'nosuch',
  'nosuch ?? 3',
  '1 < 2 < 3',
  "1 + 'a'",
  'x & 1',
  'x=4',
  'not x == 4',
  'dash-name',
  '5 % 0',
  '1e400',
  '9223372036854775808',
  ' ',
];

describe('formulas of fly-autoscaler', () => {
  test.for(COUNTS)('%s comes to %i', ([source, wanted]) => {
    expect(count(source)).toBe(wanted);
  });

  test.for(['x/0', '1/0', 'inf', "float('inf')", '-x/0'])(
    '%s has no end: EXPRESSION_INF',
    (source) => {
      expect(errorOf(() => count(source)).code).toBe('EXPRESSION_INF');
    },
  );

  test.for(['0/0', 'nan', 'abs(nan)', 'max(nan,1)', 'min(nan,1)', "float('nan')"])(
    '%s is no number: EXPRESSION_NAN',
    (source) => {
      expect(errorOf(() => count(source)).code).toBe('EXPRESSION_NAN');
    },
  );

  test.for(REFUSED)('%s is refused before it runs', (source) => {
    expect(numberError(source, metrics)).toMatchObject({
      stage: 'compile',
      code: 'EXPRESSION_INVALID',
      retry: 'never',
    });
  });

  test.for(["int('x')", 'x > 1 ?: 3'])('%s fails while it runs', (source) => {
    expect(numberError(source, metrics)).toMatchObject({ stage: 'run', code: 'EXPRESSION_FAILED' });
  });

  test('nothing at all is EXPRESSION_REQUIRED, white space is a mistake', () => {
    expect(numberError('')).toMatchObject({ code: 'EXPRESSION_REQUIRED' });
    expect(numberError('').message).toContain('expression required');
    expect(numberError('  ').code).toBe('EXPRESSION_INVALID');
  });

  test('the release 1.17.8 takes arrays in max, where fly 0.3 with 1.16.0 does not', () => {
    expect(count('max([1,2,3])')).toBe(3);
  });

  test('unknown names can be asked for with get and ?.', () => {
    expect(count('get($env, "nosuch") ?? 3')).toBe(3);
    expect(count('$env?.nosuch ?? 3')).toBe(3);
  });

  test.for(['1e19', '1e300', '9223372036854775807'])(
    '%s stays as high as it was meant, where fly wraps it to the lowest int and destroys the fleet',
    (source) => {
      expect(count(source)).toBe(Number.MAX_SAFE_INTEGER);
    },
  );

  test('a range of a million elements is too large, one less is not', () => {
    expect(numberError('len(1..1000000)').stage).toBe('run');
    expect(number('len(1..999999)')).toBe(999_999);
  });
});

describe('a count', () => {
  test.for([
    [Number.NaN, 'EXPRESSION_NAN', 'expression returned NaN'],
    [Number.POSITIVE_INFINITY, 'EXPRESSION_INF', 'expression returned Inf'],
    [Number.NEGATIVE_INFINITY, 'EXPRESSION_INF', 'expression returned Inf'],
  ] as const)('%s is no count', ([given, code, text]) => {
    const error = errorOf(() => toCount(given));
    expect(error).toMatchObject({ code, stage: 'run', retry: 'next-tick' });
    expect(error.message).toContain(text);
  });

  test.for([
    [2.5, 3],
    [1.4999999999999998, 1],
    [-0.5, 0],
    [-7, 0],
    [-0, 0],
    [4503599627370495.5, 4503599627370496],
  ] as const)('%d becomes %d', ([given, wanted]) => {
    expect(toCount(given)).toBe(wanted);
  });
});
