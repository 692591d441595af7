import { describe, expect, test } from 'vitest';

import type { Value } from '../../../lib/expression/compile.ts';
import { number, numberError, value } from './evaluate.ts';

const env = {
  a: 5,
  b: 2,
  zero: 0,
  lag: 950,
  name: 'orders',
  xs: [3, 1, 2],
  orders: { lag: 120, partitions: 6 },
};

type Row = readonly [string, Value];

function rows(title: string, cases: readonly Row[]): void {
  describe(`${title}:`, () => {
    test.for(cases)('%s gives %s', ([source, wanted]) => {
      expect(value(source, env)).toEqual(wanted);
    });
  });
}

rows('numbers', [
  ['7 / 2', 3.5],
  ['7 % 2', 1n],
  ['2 ** 10', 1024],
  ['2 ^ 10', 1024],
  ['-2 ** 2', -4],
  ['2 ** 3 ** 2', 512],
  ['2 ** -1', 0.5],
  ['1 / 0', Number.POSITIVE_INFINITY],
  ['a / zero', Number.POSITIVE_INFINITY],
  ['round(2.5)', 3],
  ['round(-2.5)', -3],
  ['int(-3.9)', -3n],
  ['9223372036854775807 + 1', -9223372036854775808n],
  ['4611686018427387904 * 2', -9223372036854775808n],
  ['-7 % 3', -1n],
  ['+5', 5n],
  ['0x1F', 31n],
  ['0o17', 15n],
  ['1_0.5e1', 105],
  ['abs(-4)', 4n],
  ['ceil(3)', 3],
  ['int("42")', 42n],
  ['min([3, 1.5], 2)', 1.5],
  ['median(4, 1, 3, 2)', 2.5],
]);

rows('logic', [
  ['a > 1 and b > 1 ? 1 : 0', 1n],
  ['true || a / 0 > 1', true],
  ['not (a > b) or false', false],
  ['!(a == 5)', false],
  ['1 < 2 < 3', true],
  ['3 > 2 >= 2 > 5', false],
  ['a > b ?: false', true],
  ['if a > 10 { 1 } else if a > 4 { 2 } else { 3 }', 2n],
  ['nil ?? 3', 3n],
  ['nil ?? nil ?? 4', 4n],
  ['false and 1 / 0 > 1', false],
]);

rows('text', [
  ['"a" + \'b\'', 'ab'],
  ['"\\u00e9\\x41\\101\\n\\t\\\\"', '\u00e9AA\n\t\\'],
  ['"\\u{1F600}"', '\u{1F600}'],
  ['`raw \\n ``quoted```', 'raw \\n `quoted`'],
  ['len("\u{1F600}é")', 2n],
  ['"orders" contains "der"', true],
  ['name startsWith "or" and name endsWith "s"', true],
  ['name matches "^o.*s$"', true],
  ['name not matches "^x"', true],
  ['"abcdef"[1:-2]', 'bcd'],
  ['upper("straße")', 'STRAßE'],
  ['trim("  x\\u00a0")', 'x'],
  ['trim("--x-", "-")', 'x'],
  ['split("a,b,c", ",", 2)', ['a', 'b,c']],
  ['splitAfter("a,b", ",")', ['a,', 'b']],
  ['split("abc", "")', ['a', 'b', 'c']],
  ['join(["a", "b"], "-")', 'a-b'],
  ['replace("aXbX", "X", "-", 1)', 'a-bX'],
  ['replace("ab", "", ".")', '.a.b.'],
  ['repeat("ab", 3)', 'ababab'],
  ['indexOf("é-x", "x")', 3n],
  ['string([1, 2.5, "a", nil, {b: 1}])', '[1 2.5 a <nil> map[b:1]]'],
  ['string(1000000.0) + string(1e-5)', '1e+061e-05'],
  ['"\\ue000" < "\\U0001F600"', true],
  ['toBase64("häns") + fromBase64("aGk=")', 'aMOkbnM=hi'],
]);

rows('arrays and maps', [
  ['xs[-1]', 2],
  ['xs[1:]', [1, 2]],
  ['[1, 2, 3,][:2]', [1n, 2n]],
  ['a in [1, 5]', true],
  ['2 not in 1..3', false],
  ['"a" in {a: 1}', true],
  ['{a: {b: 7}}.a?.b', 7n],
  ['{a: 1}?.x?.y ?? 2', 2n],
  ['{"k": 1, (name): 2}["orders"]', 2n],
  ['1..3', [1n, 2n, 3n]],
  ['sort(xs, "desc")', [3, 2, 1]],
  ['reverse([1, 2])', [2n, 1n]],
  ['uniq([1, 1.0, 2])', [1n, 2n]],
  ['flatten([1, [2, [3]]])', [1n, 2n, 3n]],
  ['concat([1], [2])', [1n, 2n]],
  ['take([1, 2, 3], 2)', [1n, 2n]],
  ['first([]) ?? last([4])', 4n],
  ['sort(keys({a: 1, b: 2}))', ['a', 'b']],
  ['fromPairs([["a", 1]]).a', 1n],
  ['toPairs({a: 1})', [['a', 1n]]],
  ['get([1], 5) == nil', true],
  ['[1, 2] == [1.0, 2]', true],
  ['type(xs[0]) + type(1) + type({}) + type(nil)', 'floatintmapnil'],
  ['orders.lag / orders["partitions"]', 20],
  ['len($env)', 7n],
  ['fromJSON("{\\"a\\": [1, 2.5]}").a', [1, 2.5]],
  ['toJSON({b: [1, "<x>"]})', '{\n  "b": [\n    1,\n    "\\u003cx\\u003e"\n  ]\n}'],
]);

rows('predicates', [
  ['filter(xs, # > 1)', [3, 2]],
  ['map(1..3, {# * 2})', [2n, 4n, 6n]],
  ['map([{v: 1}, {v: 2}], .v)', [1n, 2n]],
  ['map(xs, #index)', [0n, 1n, 2n]],
  ['xs | filter(# > 1) | sum()', 5],
  ['reduce(xs, #acc * 10 + #, 0)', 312],
  ['reduce(1..4, #acc - #)', -8n],
  ['all(xs, # > 0) and any(xs, # > 2) and none(xs, # > 3) and one(xs, # == 1)', true],
  ['count(xs, # > 1)', 2n],
  ['find(xs, # < 3)', 1],
  ['findIndex(xs, # < 3)', 1n],
  ['findLast(xs, # < 3)', 2],
  ['findLastIndex(xs, # > 9)', null],
  // Added up from the right, as the original does; from the left it would be 5.4.
  ['sum([0.1, a, 0.3])', 5.3999999999999995],
  ['groupBy(1..4, # % 2 == 0)[true]', [2n, 4n]],
  ['len(groupBy([1], #)["x"])', 0n],
  ['sortBy(xs, -#)', [3, 2, 1]],
  ['sortBy(["bb", "a"], len(#), "desc")', ['bb', 'a']],
  ['map([1, 2], map([10], # + 1))', [[11n], [11n]]],
  ['let f = 2; map(xs, {let g = f; # * g})', [6, 2, 4]],
]);

rows('sequences, names and bits', [
  ['let x = a * 2; let y = x + 1; y', 11],
  ['1; 2; 3', 3n],
  ['(let x = 1; x) + 1', 2n],
  ['bitand(12, 10) + bitor(12, 10) + bitxor(12, 10) + bitnand(12, 10)', 32n],
  ['bitshl(1, 70) + bitshr(-8, 1) + bitushr(-1, 63) + bitnot(0)', -4n],
  ['::max(1, 2)', 2n],
  ['$env.a + $env["b"]', 7],
]);

describe('what the language does not have', () => {
  test.for([
    ['sqrt(4)', 'unknown function sqrt (did you mean "sort"?)'],
    ['pow(2,3)', 'unknown function pow'],
    ['a.constructor', 'float has no field constructor'],
    ['__proto__', 'unknown name __proto__'],
    ['toString', 'unknown name toString'],
    ['orders.constructor', 'unknown field constructor'],
    ['a + name', '+ does not work on float and string'],
    ['a && b', 'and does not work on float and float'],
    ['a % b', 'write int(x) % n'],
    ['let a = 5; a', 'a is a metric already'],
    ['let max = 5; max', 'max is a function already'],
    ['let q = 1; let q = 2; q', 'q is another let already'],
    ['a ?? b + 1', '+ and ?? do not mix without brackets'],
    ['ceil', 'ceil is a function'],
    ['b"x"', 'byte strings are left out'],
    ['1 + let x = 2; x', 'unexpected "let"'],
    ['len(xs, # > 1)', 'unexpected "#"'],
    ['map(xs, #acc)', 'unknown pointer #acc'],
    ['filter(xs)', 'filter lacks its predicate'],
    ['if a > 1 {2}', 'the expression ends too early'],
    ['name matches "a(" ? 1 : 2', 'a ( is never closed'],
    ['xs[10', 'the expression ends too early'],
    ['orders.lags', 'unknown field lags (did you mean "lag"?)'],
  ] as const)('%s: %s', ([source, message]) => {
    const error = numberError(source, env);
    expect(error.stage).toBe('compile');
    expect(error.message).toContain(message);
  });

  test.for([
    ['xs[10]', 'index 10 is out of range'],
    ['max([])', 'expected a number, found nil'],
    ['int("x")', '"x" is no whole number'],
    ['let z = 0; 5 % z', 'division by zero'],
    ['reduce([], #)', 'reduce was given an empty array'],
    ['fromJSON("{")', 'is no JSON'],
    ['duration("5 apples").Hours()', 'is no duration'],
    ['filter(1..3, {[1, "a"][1] > #})[0]', '> does not work on string and int'],
  ] as const)('%s fails as it runs: %s', ([source, message]) => {
    const error = numberError(source, env);
    expect(error.stage).toBe('run');
    expect(error.message).toContain(message);
  });
});

describe('a name of the scope hides the builtin of that name', () => {
  test('so that it cannot be called any more, but for ::', () => {
    expect(number('max + 1', { max: 4 })).toBe(5);
    expect(numberError('max(1, 2)', { max: 4 }).message).toContain('float is no function');
    expect(number('::max(1, 2)', { max: 4 })).toBe(2);
  });
});
