import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { fit, plain, shownNumber, sparkline, table } from '../../../lib/cli/text.ts';

test('columns stand under each other, and styled cells count by what is seen of them', () => {
  const rows = [
    ['RULE', 'NOW → WANTED', 'WHY'],
    ['\u001b[1mmail\u001b[22m', '2 → 5', ''],
    ['thumbnails', '0', 'idle'],
  ];
  expect(table(rows)).toEqual([
    'RULE        NOW → WANTED  WHY',
    '\u001b[1mmail\u001b[22m        2 → 5',
    'thumbnails  0             idle',
  ]);
});

test.for([
  { line: 'abc', columns: 3, shown: 'abc' },
  { line: 'abcd', columns: 3, shown: 'ab…' },
  { line: 'a→→d', columns: 3, shown: 'a→…' },
  { line: '\u001b[1mabc\u001b[22m', columns: 3, shown: '\u001b[1mabc\u001b[22m' },
  { line: '\u001b[1mabcd\u001b[22m', columns: 3, shown: 'ab…' },
])('$line on $columns columns is $shown', ({ line, columns, shown }) => {
  expect(fit(line, columns)).toBe(shown);
});

test('text from elsewhere cannot move the cursor or start a line of its own', () => {
  expect(plain('a\u001b[2Jb\r\nc\u0007d\te')).toBe('ab c d e');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plain(text)).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test.for([
  { values: [], line: '' },
  { values: [0, 0], line: '  ' },
  { values: [0, 1, 2, 4, 8], line: ' ▁▂▄█' },
  { values: [1], line: '█' },
  { values: [100, 1], line: '█▁' },
])('the course of $values is "$line"', ({ values, line }) => {
  expect(sparkline(values)).toBe(line);
});

test.for([
  { value: 3, shown: '3' },
  { value: 0.1 + 0.2, shown: '0.3' },
  { value: 1 / 3, shown: '0.333' },
  { value: 12_345.6789, shown: '12345.679' },
])('$value is shown as $shown', ({ value, shown }) => {
  expect(shownNumber(value)).toBe(shown);
});
