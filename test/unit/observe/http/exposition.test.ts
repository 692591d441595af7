import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { findSeries, matching, type Series } from '../../../../lib/observe/http/exposition.ts';

const series = (
  page: string,
  name: string,
  format: 'prometheus' | 'openmetrics' = 'prometheus',
) => {
  const found = findSeries(page, name, format);
  if (!('series' in found)) throw new Error(found.problem);
  return found.series;
};

const values = (page: string, name: string) => series(page, name).map(({ value }) => value);

const PAGE = `# HELP jobs_waiting Jobs that nobody took.
# TYPE jobs_waiting gauge
jobs_waiting{queue="mail",shard="a"} 3
jobs_waiting{queue="mail",shard="b"} 4 1700000000000
jobs_waiting {queue="video" , } 1e1
jobs_waiting_oldest_seconds 99
process_start_time_seconds 1.7e+09
up 1
nothing{} NaN
endless +Inf
broken{a="b" 1
`;

test('only lines of the metric itself are read, whatever stands on the others', () => {
  expect(values(PAGE, 'jobs_waiting')).toEqual([3, 4, 10]);
  expect(values(PAGE, 'up')).toEqual([1]);
  expect(values(PAGE, 'absent')).toEqual([]);
});

test('NaN and infinities are values of their own, never numbers made up for them', () => {
  expect(values(PAGE, 'nothing')).toEqual([Number.NaN]);
  expect(values(PAGE, 'endless')).toEqual([Number.POSITIVE_INFINITY]);
});

test.for([
  { name: 'an unclosed brace', page: 'm{a="b" 1' },
  { name: 'an unclosed quote', page: 'm{a="b} 1' },
  { name: 'no value', page: 'm{a="b"}' },
  { name: 'a word for a value', page: 'm many' },
  { name: 'a hexadecimal value', page: 'm 0x1' },
  { name: 'something after the timestamp', page: 'm 1 2 3' },
  { name: 'a timestamp that is none', page: 'm 1 yesterday' },
])('a line with $name makes the answer a problem instead of a sum too small', ({ page }) => {
  expect(findSeries(`m 5\n${page}\n`, 'm', 'prometheus')).toEqual({
    problem: 'line 2 is no sample',
  });
});

test('labels keep their escapes apart', () => {
  const page = String.raw`m{a="C:\\dir",b="say \"hi\"",c="two\nlines",d="\q"} 1`;
  expect([...(series(page, 'm')[0]?.labels ?? [])]).toEqual([
    ['a', 'C:\\dir'],
    ['b', 'say "hi"'],
    ['c', 'two\nlines'],
    ['d', '\\q'],
  ]);
});

test('a brace, comma or hash in a label value is part of it', () => {
  const [one] = series('m{a="}{,#=",b="x"} 2', 'm');
  expect(one?.labels.get('a')).toBe('}{,#=');
  expect(one?.value).toBe(2);
});

test('a name in quotes between the braces is found, as Prometheus 3 writes UTF-8 names', () => {
  expect(values('{"jobs.waiting",queue="a"} 6\n{"other"} 1\n', 'jobs.waiting')).toEqual([6]);
});

test('Windows line ends, tabs and a missing last newline change nothing', () => {
  expect(values('m{a="1"}\t1\r\nm{a="2"} 2', 'm')).toEqual([1, 2]);
});

test('timestamps are milliseconds in the older text and seconds in OpenMetrics', () => {
  expect(series('m 1 1700000000000\n', 'm')[0]?.timestamp).toBe(1_700_000_000_000);
  expect(series('m 1 1700000000.5\n# EOF\n', 'm', 'openmetrics')[0]?.timestamp).toBe(
    1_700_000_000_500,
  );
});

test('an exemplar after the value is no part of it', () => {
  const page =
    'm_bucket{le="1"} 3 # {trace="ab"} 0.5 1700000000\nm_bucket{le="2"} 4 5 # {} 1\n# EOF\n';
  expect(series(page, 'm_bucket', 'openmetrics').map(({ value }) => value)).toEqual([3, 4]);
});

test('an OpenMetrics page without its end was cut off, and no sum is taken of a part', () => {
  expect(findSeries('m 1\nm 2\n', 'm', 'openmetrics')).toEqual({
    problem: 'the page was cut off before its # EOF',
  });
});

test('what follows the end of an OpenMetrics page is not read', () => {
  expect(series('m 1\n# EOF\nm 2\n', 'm', 'openmetrics')).toHaveLength(1);
});

test.for([
  { labels: {}, found: [3, 4, 10] },
  { labels: { queue: 'mail' }, found: [3, 4] },
  { labels: { queue: 'mail', shard: 'b' }, found: [4] },
  { labels: { shard: '' }, found: [10] },
  { labels: { queue: 'mai' }, found: [] },
])('labels $labels match $found', ({ labels, found }) => {
  const all: readonly Series[] = series(PAGE, 'jobs_waiting');
  expect(matching(all, labels).map(({ value }) => value)).toEqual(found);
});

test('what is written as label and value is what is read', () => {
  const escape = (text: string) =>
    text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true }), (label, value) => {
      const shown =
        value === Infinity
          ? '+Inf'
          : value === -Infinity
            ? '-Inf'
            : Object.is(value, -0)
              ? '-0'
              : String(value);
      const [one] = series(`m{l="${escape(label)}"} ${shown}\n`, 'm');
      expect(one?.labels.get('l')).toBe(label);
      expect(one?.value).toBe(value);
    }),
  );
});

test('any page is read to an end and never throws', () => {
  fc.assert(
    fc.property(fc.string(), (page) => {
      const found = findSeries(`m${page}`, 'm', 'prometheus');
      expect('series' in found || 'problem' in found).toBe(true);
    }),
  );
});
