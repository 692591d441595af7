import { describe, expect, test } from 'vitest';

import { ScalerError } from '../../../lib/model/errors.ts';
import { numberError } from './evaluate.ts';

const env = { lag: 95, rps: 10, orders: { lag: 1 } };

describe('an error of an expression', () => {
  test('names the place in line and column, shows it, and the nearest name', () => {
    const error = numberError('ceil(lag / 10)\n  + rsp', env);
    expect(error).toBeInstanceOf(ScalerError);
    expect(error).toMatchObject({
      line: 2,
      column: 5,
      stage: 'compile',
      code: 'EXPRESSION_INVALID',
    });
    expect(error.excerpt).toBe('  + rsp\n    ^');
    expect(error.message).toBe(
      'unknown name rsp (did you mean "rps"?) (line 2, column 5). Known are lag, rps, orders.',
    );
  });

  test('counts columns in characters, not in units of UTF-16', () => {
    expect(numberError('len("\u{1F600}\u{1F600}") + nope', env).column).toBe(13);
  });

  test('points at the operator that does not fit', () => {
    expect(numberError('lag + (rps > 1)', env)).toMatchObject({
      column: 5,
      excerpt: 'lag + (rps > 1)\n    ^',
    });
  });

  test('cuts a long line around the place', () => {
    const error = numberError(`${'lag + '.repeat(100)}nope`, env);
    const [line = '', caret = ''] = error.excerpt.split('\n');
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line.slice(caret.length - 1)).toBe('nope');
    expect(error.column).toBe(601);
  });

  test('of the whole expression has no place in its message', () => {
    const error = numberError('lag > 10', env);
    expect(error.excerpt).toBe('');
    expect(error.message).toBe(
      'a number is wanted, but this gives bool. Choose between two numbers: (…) ? 1 : 0.',
    );
  });

  test('never holds values of metrics, which may be somebody’s secret', () => {
    expect(numberError('[1][int(lag)]', { lag: 7 }).message).toContain('out of range');
  });
});
