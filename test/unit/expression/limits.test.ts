import { describe, expect, test } from 'vitest';

import { compile } from '../../../lib/expression/compile.ts';
import { ExpressionError } from '../../../lib/expression/errors.ts';
import { MAX_LENGTH } from '../../../lib/expression/limits.ts';
import { NOW, number, numberError } from './evaluate.ts';

/** Nothing an operator can type may hold a tick up for longer; measured are tenths of it. */
const LONGEST_MS = 2000;

const env = { lag: 1, xs: [1, 2, 3] };

function hostile(source: string): ExpressionError {
  const start = performance.now();
  const error = numberError(source, env);
  expect(performance.now() - start).toBeLessThan(LONGEST_MS);
  return error;
}

const doubled = (start: string, step: string, end: string): string =>
  `let a0 = ${start}; ${Array.from({ length: 60 }, (_, at) => `let a${at + 1} = ${step.replaceAll('_', `a${at}`)}; `).join('')}${end.replaceAll('_', 'a60')}`;

describe('an expression that is too much is refused before it runs:', () => {
  test.for([
    ['too long', `1${' + 1'.repeat(MAX_LENGTH)}`, 'longer than 4096'],
    ['brackets', `${'('.repeat(2000)}1${')'.repeat(2000)}`, 'nested more than 100'],
    ['minuses', `${'-'.repeat(4000)}1`, 'nested more than 100'],
    ['nots', `${'not '.repeat(1000)}true ? 1 : 2`, 'nested more than 100'],
    ['arrays', `len(${'['.repeat(1000)}${']'.repeat(1000)})`, 'nested more than 100'],
    ['powers', `2${' ** 2'.repeat(500)}`, 'nested more than 100'],
    ['conditions', `${'true ? 1 : '.repeat(300)}1`, 'nested more than 100'],
    ['calls', `${'abs('.repeat(800)}1${')'.repeat(800)}`, 'nested more than 100'],
    ['a long sum', `lag${'+lag'.repeat(900)}`, 'more than 600 steps'],
    ['many parts', `[${'1,'.repeat(2020)}1][0]`, 'more than 2000 parts'],
    ['a pattern that grows', `'a' matches '(((a{99}){99}){99})' ? 1 : 2`, 'make it too large'],
    [
      'a pattern in a pattern',
      `'a' matches '${'('.repeat(1000)}${')'.repeat(1000)}' ? 1 : 2`,
      'more than 100 deep',
    ],
  ] as const)('%s', ([, source, message]) => {
    const error = hostile(source);
    expect(error.stage).toBe('compile');
    expect(error.message).toContain(message);
  });
});

test('an expression just within the limits is compiled and evaluated', () => {
  expect(number(`lag${'+lag'.repeat(590)}`, env)).toBe(591);
  expect(number(`${'('.repeat(99)}lag${')'.repeat(99)}`, env)).toBe(1);
  expect(number(`len([${'1,'.repeat(1900)}])`, env)).toBe(1900);
});

describe('an expression that takes too much is stopped while it runs:', () => {
  test.for([
    ['a huge range', 'len(1..1000000000)', 'too much memory'],
    ['the hugest range', 'len(0..9223372036854775806)', 'too much memory'],
    ['many ranges', 'len(map(1..2000, 1..2000))', 'too much memory'],
    ['loops in loops', 'let r = 1..9999; sum(r, sum(r, sum(r, #)))', 'too many steps'],
    ['a text that doubles', doubled('"abcdefgh"', '_ + _', 'len(_)'), 'too much memory'],
    [
      'a replacement that grows',
      'len(replace(repeat("a", 100000), "a", repeat("b", 100000)))',
      'too much memory',
    ],
    ['a text repeated', 'len(repeat("abc", 999999999))', '1000000 times at most'],
    ['a join', 'len(join(map(1..999, repeat("a", 900)), repeat("b", 99000)))', 'too much memory'],
    ['arrays that share, printed', doubled('[1]', '[_, _]', 'len(string(_))'), 'too much memory'],
    ['arrays that share, flattened', doubled('[1]', '[_, _]', 'len(flatten(_))'), 'too many steps'],
    [
      'arrays that share, compared',
      doubled('[1]', '[_, _]', 'let b = map([_], #)[0]; b == [_[0], _[1]] ? 1 : 2'),
      'too many steps',
    ],
    ['arrays that share, averaged', doubled('[1]', '[_, _]', 'mean(_)'), 'too many steps'],
    ['arrays that share, as JSON', doubled('[1]', '[_, _]', 'len(toJSON(_))'), 'too much memory'],
    [
      'an array in an array in an array',
      'len(string(reduce(1..100000, [#acc], [])))',
      'nested too deeply',
    ],
    [
      'the same, compared',
      'let a = reduce(1..99999, [#acc], []); let b = reduce(1..99999, [#acc], []); a == b ? 1 : 2',
      'nested too deeply',
    ],
    ['unique elements of a long array', 'len(uniq(1..99999))', 'too many steps'],
    [
      'JSON nested too deeply',
      `len(fromJSON(repeat("[", 5000) + repeat("]", 5000)))`,
      'nested too deeply',
    ],
    [
      'a pattern over a long text',
      'repeat("a", 900000) matches "(a*)*(a*)*b" ? 1 : 2',
      'too many steps',
    ],
  ] as const)('%s', ([, source, message]) => {
    const error = hostile(source);
    expect(error.stage).toBe('run');
    expect(error.message).toContain(message);
  });

  test.for([
    ['a ?: in a ?:', `${'('.repeat(99)}lag > 1${' ?: false)'.repeat(99)} ?: 1`],
    [
      'a comparison in a comparison',
      `${'(0 <= int('.repeat(40)}len(xs)${') <= 3 ? 1 : 0)'.repeat(40)}`,
    ],
  ] as const)('but not %s, of which each part is worked out once', ([, source]) => {
    const start = performance.now();
    expect(number(source, env)).toBe(1);
    expect(performance.now() - start).toBeLessThan(LONGEST_MS);
  });

  test('and the next evaluation starts afresh', () => {
    const program = compile('len(1..int(n))', { n: { kind: 'float' } }, 'number');
    for (let turn = 0; turn < 3; turn += 1) {
      expect(() => program.evaluate({ n: 1e9 }, NOW)).toThrow(ExpressionError);
      expect(program.evaluate({ n: 999_999 }, NOW)).toBe(999_999);
    }
  });
});

describe('names that every object of JavaScript has', () => {
  test.for([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'lag.constructor',
    'lag.__proto__',
    'xs.constructor',
    'xs.length',
    'constructor(1)',
    '__proto__.toString()',
    'duration("1s").constructor()',
    'duration("1s").__proto__',
    'now().constructor("x")',
    '$env.constructor',
    '$env["__proto__"]',
    'map(xs, .constructor)[0]',
    'map(xs, #constructor)[0]',
    'let __proto__ = 1; toString',
  ])('%s is refused', (source) => {
    expect(hostile(source).stage).toBe('compile');
  });

  test.for([
    ['{a: 1}.constructor == nil ? 1 : 2', 1],
    ['{a: 1}["__proto__"] == nil ? 1 : 2', 1],
    ['{"__proto__": 7}["__proto__"]', 7],
    ['{constructor: 7}.constructor', 7],
    ["fromJSON('{\"__proto__\": 5}')['__proto__']", 5],
    ['get($env, "constructor") == nil ? 1 : 2', 1],
    ['"constructor" in $env ? 1 : 2', 2],
    ['len(groupBy(["__proto__"], #))', 1],
    ['let __proto__ = 3; __proto__', 3],
    ['$env?.toString ?? 4', 4],
  ] as const)('%s is %d, nothing special', ([source, wanted]) => {
    expect(number(source, env)).toBe(wanted);
  });

  test('do not get out of an expression at run time either', () => {
    expect(numberError('fromJSON("1").constructor', env).stage).toBe('run');
    expect(numberError('[1, duration("1s")][1].constructor()', env).stage).toBe('run');
  });
});
