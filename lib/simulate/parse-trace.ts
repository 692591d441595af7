import { parseIso } from '../model/iso.ts';
import { type EpochMillis, epochMillis } from '../model/units.ts';
import { MOST_ROWS, type Trace, TraceError, type TraceRow } from './trace.ts';

/** More columns than this were meant as something else. */
const MOST_COLUMNS = 256;

/** A decimal number, with an exponent if need be; not what `Number` also takes (`0x10`, an empty text). */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** As far as moments go, in ms: years 0 to 9999 are within it. */
const FARTHEST = 8.64e15;

export interface ParseTraceOptions {
  /** The moment that second 0 of a `seconds` column stands for. */
  readonly begin: EpochMillis;
  readonly mostRows?: number;
}

interface Header {
  readonly time: 'at' | 'seconds';
  readonly width: number;
  /** The cell of each metric column, and of the phase column. */
  readonly places: readonly number[];
  readonly columns: readonly string[];
  readonly phase: number;
}

/**
 * A trace from CSV. The first column is `at` (ISO 8601 with a zone) or `seconds` (since `begin`);
 * `phase`, if there is one, names the parts of the trace; every other column holds numbers, and an
 * empty cell there is a sample that could not be read. Empty lines and lines that begin with `#`
 * are skipped. The header is checked now, each row as it is reached: throws a TraceError that
 * names the file and the line.
 */
export function parseTrace(name: string, text: string, options: ParseTraceOptions): Trace {
  const first = linesOf(text).next();
  if (first.done === true)
    throw new TraceError(`${name} is empty`, 'A trace begins with a header.');
  const [number, line] = first.value;
  const header = parseHeader(`${name}:${number}`, line);
  return {
    name,
    columns: header.columns,
    rows: { [Symbol.iterator]: () => rowsOf({ name, text }, header, options) },
  };
}

/** Lines that say something, with their numbers. */
function* linesOf(text: string): Generator<readonly [number: number, line: string]> {
  let start = text.startsWith('\u{FEFF}') ? 1 : 0;
  for (let number = 1; start < text.length; number += 1) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line !== '' && !line.startsWith('#')) yield [number, line];
  }
}

function parseHeader(place: string, line: string): Header {
  const names = line.split(',').map((cell) => cell.trim().replaceAll(/^"|"$/g, ''));
  const [time] = names;
  if (time !== 'at' && time !== 'seconds') {
    throw new TraceError(
      `${place}: the first column is ${JSON.stringify(time?.slice(0, 60))}, expected at or seconds`,
      'Begin the header with at (ISO 8601) or seconds (from the beginning).',
    );
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new TraceError(`${place}: two columns are ${JSON.stringify(twice)}`, 'Rename one.');
  }
  if (names.length > MOST_COLUMNS) {
    throw new TraceError(
      `${place}: ${names.length} columns, at most ${MOST_COLUMNS} are read`,
      'Keep those of the rule’s metrics.',
    );
  }
  const phase = names.indexOf('phase');
  const places = [...names.keys()].filter((at) => at > 0 && at !== phase);
  return {
    time,
    width: names.length,
    places,
    columns: places.map((at) => names[at] ?? ''),
    phase,
  };
}

function* rowsOf(
  { name, text }: { readonly name: string; readonly text: string },
  header: Header,
  { begin, mostRows = MOST_ROWS }: ParseTraceOptions,
): Generator<TraceRow> {
  const lines = linesOf(text);
  lines.next();
  let before = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const [number, line] of lines) {
    const place = `${name}:${number}`;
    count += 1;
    if (count > mostRows) {
      throw new TraceError(
        `${place}: more than ${mostRows} rows`,
        'Thin it out, or simulate a part of it.',
      );
    }
    const cells = line.split(',');
    if (cells.length !== header.width) {
      throw new TraceError(
        `${place}: ${cells.length} cells, expected ${header.width} as in the header`,
        'An empty cell still needs its comma.',
      );
    }
    const at = timeOf(place, header.time, cells[0] ?? '', begin);
    if (at <= before) {
      throw new TraceError(
        `${place}: ${JSON.stringify(cells[0]?.trim())} is not later than the row before`,
        'Sort the rows by time, each time once.',
      );
    }
    before = at;
    yield {
      at,
      cells: header.places.map((column, index) =>
        numberOf(place, header.columns[index] ?? '', cells[column] ?? ''),
      ),
      phase: header.phase === -1 ? undefined : cells[header.phase]?.trim() || undefined,
    };
  }
  if (count < 2) {
    throw new TraceError(
      `${name}: ${count} rows, expected at least two`,
      'The last row only says when the trace ends.',
    );
  }
}

function timeOf(
  place: string,
  time: Header['time'],
  cell: string,
  begin: EpochMillis,
): EpochMillis {
  const written = cell.trim();
  const at =
    time === 'at'
      ? parseIso(written)
      : NUMBER.test(written)
        ? epochMillis(begin + Math.round(Number(written) * 1000))
        : undefined;
  if (at !== undefined && Math.abs(at) <= FARTHEST) return at;
  throw new TraceError(
    `${place}: ${time} is ${JSON.stringify(written.slice(0, 60))}`,
    time === 'at'
      ? 'Write a moment such as 2026-11-20T12:00:00Z.'
      : 'Write seconds from the beginning, such as 12.5',
  );
}

function numberOf(place: string, column: string, cell: string): number | undefined {
  const written = cell.trim();
  if (written === '') return undefined;
  const value = NUMBER.test(written) ? Number(written) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new TraceError(
    `${place}: ${column} is ${JSON.stringify(written.slice(0, 60))}`,
    'Write a number such as 12.5, or nothing for a sample that could not be read.',
  );
}
