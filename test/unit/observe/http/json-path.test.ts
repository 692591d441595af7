import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  followJsonPath,
  type JsonPath,
  numberOf,
  parseJsonPath,
} from '../../../../lib/observe/http/json-path.ts';

const path = (text: string): JsonPath => {
  const parsed = parseJsonPath(text);
  if (!('path' in parsed)) throw new Error(parsed.problem);
  return parsed.path;
};

const document = {
  queued: 7,
  a: {
    b: [
      { 'c d': 1, n: 2 },
      { 'c d': 3, n: 4 },
    ],
  },
  "it's": 5,
  'back\\slash': 6,
  empty: [],
  ключ: 8,
  map: { x: 1, y: 2 },
};

test.for([
  { text: '$.queued', found: [7] },
  { text: "$['queued']", found: [7] },
  { text: '$["queued"]', found: [7] },
  { text: "$.a.b[0]['c d']", found: [1] },
  { text: '$.a.b[-1].n', found: [4] },
  { text: "$['it\\'s']", found: [5] },
  { text: "$['back\\\\slash']", found: [6] },
  { text: '$.a.b[*].n', found: [2, 4] },
  { text: '$.a.b.*.n', found: [2, 4] },
  { text: '$.map[*]', found: [1, 2] },
  { text: '$.a.b.length()', found: [2] },
  { text: '$.map.length()', found: [2] },
  { text: '$.empty.length()', found: [0] },
  { text: '$.empty[*]', found: [] },
  { text: '$.ключ', found: [8] },
  { text: '$', found: [document] },
])('$text leads to $found', ({ text, found }) => {
  expect(followJsonPath(document, path(text))).toEqual({ found });
});

test.for([
  { text: '$.nobody', nothingAt: '$.nobody' },
  { text: '$.a.b[2].n', nothingAt: '$.a.b[2]' },
  { text: '$.a.b[-3]', nothingAt: '$.a.b[-3]' },
  { text: "$.a['c d']", nothingAt: "$.a['c d']" },
  { text: '$.queued.deeper', nothingAt: '$.queued.deeper' },
  { text: '$.queued[*]', nothingAt: '$.queued[*]' },
  { text: '$.queued.length()', nothingAt: '$.queued.length()' },
  { text: '$.__proto__', nothingAt: '$.__proto__' },
  { text: '$.constructor', nothingAt: '$.constructor' },
])('$text finds nothing, and says where the document ended', ({ text, nothingAt }) => {
  expect(followJsonPath(document, path(text))).toEqual({ nothingAt });
});

test.for([
  { text: 'queued', problem: 'must start with $, found "queued"' },
  { text: '$queued', problem: 'character 2' },
  { text: '$.a[', problem: 'character 4' },
  { text: '$.a[1', problem: 'character 4' },
  { text: '$..a', problem: 'character 2' },
  { text: '$.a[?(@.b>1)]', problem: 'character 4' },
  { text: '$.a[0:2]', problem: 'character 4' },
  { text: "$['a", problem: 'character 2' },
  { text: '$.a.length().b', problem: 'character 11' },
  { text: `$${'.a'.repeat(33)}`, problem: 'more than 32 steps' },
])('$text is refused with the place of the problem', ({ text, problem }) => {
  expect(parseJsonPath(text)).toEqual({ problem: expect.stringContaining(problem) });
});

test('any member name can be written in quotes and leads to its value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer(), (name, value) => {
      const quoted = name.replaceAll(/['\\]/g, String.raw`\$&`);
      const found = followJsonPath({ ['x']: 0, [name]: value }, path(`$['${quoted}']`));
      // A `__proto__` in an object literal with a computed key is an own member like any other.
      expect(found).toEqual({ found: [value] });
    }),
  );
});

test('parsing answers for any text and never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parsed = parseJsonPath(`$${text}`);
      expect('path' in parsed || 'problem' in parsed).toBe(true);
    }),
  );
});

test.for([
  { value: 3, number: 3 },
  { value: -0.5, number: -0.5 },
  { value: '12', number: 12 },
  { value: '-1.5e3', number: -1500 },
  { value: '9007199254740993', number: 9007199254740992 },
  { value: '', number: undefined },
  { value: ' 12', number: undefined },
  { value: '12 jobs', number: undefined },
  { value: '0x10', number: undefined },
  { value: 'Infinity', number: undefined },
  { value: '1e999', number: undefined },
  { value: Number.POSITIVE_INFINITY, number: undefined },
  { value: true, number: undefined },
  { value: [3], number: undefined },
  { value: {}, number: undefined },
])('the number of $value is $number', ({ value, number }) => {
  expect(numberOf(value)).toBe(number);
});
