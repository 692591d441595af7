import { assert, constantFrom, double, property } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { compile, toCount } from '../../../lib/expression/compile.ts';
import { epochMillis } from '../../../lib/model/units.ts';
import { FLOAT, NOW, number } from './evaluate.ts';

const scope = { lag: FLOAT, rps: FLOAT };

describe('a program', () => {
  test('tells the names it refers to, and only those', () => {
    const names = (source: string): readonly string[] => compile(source, scope, 'any').names;
    expect(names('let x = lag; x + 1')).toEqual(['lag']);
    expect(names('rps + lag + rps')).toEqual(['rps', 'lag']);
    expect(names('$env.rps + $env["lag"]')).toEqual(['rps', 'lag']);
    expect(names('sum(map([1], # + rps))')).toEqual(['rps']);
    expect(names('2 + 2')).toEqual([]);
  });

  test('names everything where it looks at the whole scope', () => {
    expect(compile('len($env)', scope, 'any').names).toEqual(['lag', 'rps']);
    expect(compile('get($env, "lag") ?? 1', scope, 'any').names).toEqual(['lag', 'rps']);
  });

  test('tells what it gives', () => {
    expect(compile('lag > 1', scope, 'any').type).toEqual({ kind: 'bool' });
    expect(compile('lag > 1 ? 1 : 2.5', scope, 'number').type.kind).toBe('any');
  });

  test('gives ints as bigints, and as numbers where a number is wanted', () => {
    expect(compile('7 % 4', scope, 'any').evaluate({}, NOW)).toBe(3n);
    expect(compile('7 % 4', scope, 'number').evaluate({}, NOW)).toBe(3);
  });

  test('keeps nothing of one evaluation for the next', () => {
    const program = compile('let x = lag; lag > 5 ? x : (rps ?? 1)', scope, 'number');
    expect(program.evaluate({ lag: 9 }, NOW)).toBe(9);
    expect(program.evaluate({ lag: 1 }, NOW)).toBe(1);
    expect(program.evaluate({ lag: 2, rps: 4 }, NOW)).toBe(4);
  });

  test('is compiled once for a text and a scope', () => {
    const program = compile('lag * 3', scope, 'number');
    expect(compile('lag * 3', { ...scope }, 'number')).toBe(program);
    expect(compile('lag * 3', scope, 'any')).not.toBe(program);
    expect(compile('lag * 3', { lag: FLOAT }, 'number')).not.toBe(program);
  });

  test('is kept for long, but not for ever', () => {
    const first = compile('lag * 4', scope, 'number');
    const used = compile('lag * 5', scope, 'number');
    for (let count = 0; count < 5000; count += 1) {
      compile(`lag + ${count}`, scope, 'number');
      compile('lag * 5', scope, 'number');
    }
    expect(compile('lag * 5', scope, 'number')).toBe(used);
    expect(compile('lag * 4', scope, 'number')).not.toBe(first);
  });
});

describe('for any metrics', () => {
  const metric = double({ noNaN: true, noDefaultInfinity: true });

  test('the same program gives the same number, whenever it is asked', () => {
    const sources = constantFrom(
      'ceil(lag / 10)',
      'lag ** 0.3 + rps',
      'max(lag, rps, 3) - min(lag, 1)',
      'sum([lag, rps, 0.1])',
      'let a = lag * rps; a > 5 ? a : rps',
    );
    assert(
      property(sources, metric, metric, (source, lag, rps) => {
        const program = compile(source, scope, 'number');
        const once = program.evaluate({ lag, rps }, NOW);
        program.evaluate({ lag: rps, rps: lag }, epochMillis(1));
        expect(program.evaluate({ lag, rps }, epochMillis(2))).toBe(once);
      }),
    );
  });

  test('arithmetic is that of IEEE 754', () => {
    assert(
      property(metric, metric, (lag, rps) => {
        expect(number('lag + rps', { lag, rps })).toBe(lag + rps);
        expect(number('lag * rps - rps', { lag, rps })).toBe(lag * rps - rps);
        expect(number('lag / rps', { lag, rps })).toBe(lag / rps);
        expect(number('lag < rps ? 1 : 0', { lag, rps })).toBe(lag < rps ? 1 : 0);
      }),
    );
  });

  test('a count is a whole number, never negative, and rises with what it is made of', () => {
    assert(
      property(metric, metric, (one, other) => {
        const [low, high] = one < other ? [one, other] : [other, one];
        expect(toCount(low)).toBeLessThanOrEqual(toCount(high));
        expect(Number.isSafeInteger(toCount(one))).toBe(true);
        expect(toCount(one)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
