import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { EXTRA_NAMES } from '../../../lib/expression/builtins/extra-names.ts';
import { EVERYTHING } from '../../../lib/expression/everything.ts';

/** Runs a module in a process of its own, in which nothing of the language was loaded before. */
function run(script: string): string {
  const root = path.resolve(import.meta.dirname, '../../..');
  const head = `
    import { compile } from '${root}/lib/expression/compile.ts';
    import { prepareExpressions } from '${root}/lib/expression/extras.ts';
    const scope = { lag: { kind: 'float' } };
    const value = (source) => compile(source, scope, 'any').evaluate({ lag: 5 }, 0);`;
  const words = ['--input-type=module', '--eval', `${head}\n${script}`];
  return execFileSync(process.execPath, words, { encoding: 'utf8', cwd: root }).trim();
}

describe('what expressions rarely use is loaded when one names it', () => {
  test('its names are known without it', () => {
    expect([...EXTRA_NAMES].toSorted()).toEqual(Object.keys(EVERYTHING.builtins).toSorted());
  });

  test('a formula of the usual kind needs none of it', () => {
    expect(
      run(`console.log(String(value('ceil(lag / 2) + sum([1, 2]) + (lag > 3 ? 1 : 0)')));`),
    ).toBe('7');
  });

  test.for([
    { source: 'upper("a")', value: 'A' },
    { source: '"abc" matches "^a.c$"', value: 'true' },
    { source: '"abc" matches ("a" + "b")', value: 'true' },
    { source: 'duration("90s") . Seconds ( )', value: '90' },
    { source: 'len(toJSON({a: 1}))', value: '12' },
  ])('$source after it was prepared', ({ source, value }) => {
    const text = JSON.stringify(source);
    expect(run(`await prepareExpressions([${text}]); console.log(String(value(${text})));`)).toBe(
      value,
    );
  });

  test('a method that no value here has is told as it is with everything loaded', () => {
    const script = `
      const source = 'lag.Hours()';
      await prepareExpressions([source]);
      try { value(source); } catch (error) { console.log(error.message); }`;
    expect(run(script)).toContain('has no method Hours');
  });

  test('compiled before it is prepared it is our mistake and never an answer', () => {
    const script = `try { value('upper("a")'); } catch (error) { console.log(error.message); }`;
    expect(run(script)).toBe('Expressions are compiled before they are prepared');
  });
});
