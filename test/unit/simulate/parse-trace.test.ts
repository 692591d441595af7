import { describe, expect, test } from 'vitest';

import { epochMillis } from '../../../lib/model/units.ts';
import { parseTrace } from '../../../lib/simulate/parse-trace.ts';
import { TraceError } from '../../../lib/simulate/trace.ts';

const begin = epochMillis(Date.UTC(2026, 0, 5));
const parsed = (text: string, mostRows?: number) =>
  parseTrace('trace.csv', text, { begin, ...(mostRows === undefined ? {} : { mostRows }) });

describe('a trace from CSV', () => {
  test('has its rows in columns, phases apart, and may be read twice', () => {
    const trace = parsed(
      '\u{FEFF}# a comment\nseconds, rps ,phase,"depth"\r\n\n0,1.5,calm,2\n# more\n1.25,,,3e2\n',
    );
    expect(trace.columns).toEqual(['rps', 'depth']);
    const rows = [
      { at: begin, cells: [1.5, 2], phase: 'calm' },
      { at: begin + 1250, cells: [undefined, 300], phase: undefined },
    ];
    expect([...trace.rows]).toEqual(rows);
    expect([...trace.rows]).toEqual(rows);
  });

  test('takes moments with a zone', () => {
    const [first, second] = parsed(
      'at,rps\n2026-11-20T12:00:00Z,1\n2026-11-20T14:00:00+01:00,2',
    ).rows;
    expect(first?.at).toBe(Date.UTC(2026, 10, 20, 12));
    expect(second?.at).toBe(Date.UTC(2026, 10, 20, 13));
  });

  test.for([
    { name: 'an empty file', text: '\n# only a comment\n', says: 'trace.csv is empty' },
    {
      name: 'a first column that is no time',
      text: 'time,rps\n0,1',
      says: 'trace.csv:1: the first column is "time", expected at or seconds',
    },
    { name: 'a column twice', text: 'seconds,a,a\n0,1,1', says: 'two columns are "a"' },
    {
      name: 'a number that is none',
      text: 'seconds,rps\n0,1\n1,fast',
      says: 'trace.csv:3: rps is "fast". Write a number such as 12.5',
    },
    { name: 'a hexadecimal number', text: 'seconds,rps\n0,0x10\n1,1', says: 'rps is "0x10"' },
    { name: 'an endless number', text: 'seconds,rps\n0,1e999\n1,1', says: 'rps is "1e999"' },
    {
      name: 'a missing cell',
      text: 'seconds,rps,depth\n0,1',
      says: 'trace.csv:2: 2 cells, expected 3 as in the header',
    },
    {
      name: 'a moment without a zone',
      text: 'at,rps\n2026-11-20T12:00:00,1',
      says: 'trace.csv:2: at is "2026-11-20T12:00:00"',
    },
    {
      name: 'rows out of order',
      text: 'seconds,rps\n5,1\n4,1',
      says: 'trace.csv:3: "4" is not later than the row before',
    },
    { name: 'the same time twice', text: 'seconds,rps\n5,1\n5,1', says: 'is not later' },
    { name: 'a single row', text: 'seconds,rps\n0,1', says: '1 rows, expected at least two' },
  ])('refuses $name and says where', ({ text, says }) => {
    const read = (): unknown => [...parsed(text).rows];
    expect(read).toThrow(TraceError);
    expect(read).toThrow(says);
  });

  test('refuses more rows than anybody simulates, without reading them', () => {
    const text = 'seconds,rps\n0,1\n1,1\n2,1\nnonsense that is never reached';
    expect(() => [...parsed(text, 2).rows]).toThrow('trace.csv:4: more than 2 rows');
  });
});
