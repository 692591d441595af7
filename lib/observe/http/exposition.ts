/** One sample line of a metrics page. */
export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  /** Milliseconds since 1970, where the line carries its own time. */
  readonly timestamp: number | undefined;
}

/** Which of the two texts it is: they differ in the unit of timestamps and in exemplars. */
export type ExpositionFormat = 'prometheus' | 'openmetrics';

export type ExpositionFound =
  | { readonly series: readonly Series[] }
  /** The line that is no sample, counted from 1, and what is wrong with it. */
  | { readonly problem: string };

/** The media type by which an OpenMetrics page is told from the older text format. */
export const OPENMETRICS_TYPE = 'application/openmetrics-text';

const NAME = /[A-Za-z_:][\w:]*/y;
const LABEL_NAME = /[A-Za-z_]\w*/y;
/** A UTF-8 name in quotes, as Prometheus 3 exposes them. */
const QUOTED = /"((?:[^"\\\n]|\\.)*)"/y;
const BLANK = /[ \t]*/y;
const WORD = /[^ \t]+/y;

const SPECIAL: Readonly<Record<string, number>> = {
  '+inf': Number.POSITIVE_INFINITY,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads a line piece by piece; every reader answers undefined where the piece is not there. */
class Cursor {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#line);
    if (found) this.#at = pattern.lastIndex;
    return found ?? undefined;
  }

  skip(character: string): boolean {
    this.take(BLANK);
    if (this.#line[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  get done(): boolean {
    this.take(BLANK);
    return this.#at >= this.#line.length;
  }
}

/**
 * The samples named `name` on a page in Prometheus's text format or OpenMetrics. Lines of other
 * metrics are not looked into, so a page with one broken metric still serves the others; a broken
 * line of this one makes the answer a problem, because leaving it out would make a sum too small.
 */
export function findSeries(page: string, name: string, format: ExpositionFormat): ExpositionFound {
  const series: Series[] = [];
  let number = 0;
  let ended = format === 'prometheus';
  for (const line of linesOf(page)) {
    number += 1;
    if (format === 'openmetrics' && line === '# EOF') {
      ended = true;
      break;
    }
    if (line === '' || line.startsWith('#') || !line.includes(name)) continue;
    const parsed = readLine(line, name, format);
    if (parsed === 'another') continue;
    if (parsed === 'broken') return { problem: `line ${number} is no sample` };
    series.push(parsed);
  }
  return ended ? { series } : { problem: 'the page was cut off before its # EOF' };
}

function* linesOf(page: string): Generator<string> {
  let from = 0;
  while (from < page.length) {
    const end = page.indexOf('\n', from);
    const line = page.slice(from, end === -1 ? page.length : end);
    yield line.endsWith('\r') ? line.slice(0, -1) : line;
    from = end === -1 ? page.length : end + 1;
  }
}

function readLine(
  line: string,
  wanted: string,
  format: ExpositionFormat,
): Series | 'another' | 'broken' {
  const cursor = new Cursor(line);
  cursor.take(BLANK);
  const outside = cursor.take(NAME)?.[0];
  if (outside !== undefined && outside !== wanted) return 'another';
  const braces = cursor.skip('{') ? readLabels(cursor) : { name: undefined, labels: new Map() };
  if (braces === undefined) return outside === undefined ? 'another' : 'broken';
  if (outside === undefined && braces.name !== wanted) return 'another';
  cursor.take(BLANK);
  const value = numberIn(cursor.take(WORD)?.[0]);
  if (value === undefined) return 'broken';
  const timestamp = readTimestamp(cursor, format);
  if (timestamp === 'broken') return 'broken';
  return { name: wanted, labels: braces.labels, value, timestamp };
}

interface Braces {
  /** The metric's name, where it stands in quotes between the braces. */
  readonly name: string | undefined;
  readonly labels: ReadonlyMap<string, string>;
}

function readLabels(cursor: Cursor): Braces | undefined {
  const labels = new Map<string, string>();
  let name: string | undefined;
  // `{}`, and a comma before the closing brace, are both allowed.
  while (!cursor.skip('}')) {
    cursor.take(BLANK);
    const quoted = cursor.take(QUOTED);
    const label = quoted ? unescape(quoted[1] ?? '') : cursor.take(LABEL_NAME)?.[0];
    if (label === undefined) return undefined;
    if (cursor.skip('=')) {
      cursor.take(BLANK);
      const value = cursor.take(QUOTED);
      if (!value) return undefined;
      labels.set(label, unescape(value[1] ?? ''));
    } else if (quoted && name === undefined) {
      name = label;
    } else {
      return undefined;
    }
    if (cursor.skip(',')) continue;
    return cursor.skip('}') ? { name, labels } : undefined;
  }
  return { name, labels };
}

const unescape = (text: string): string =>
  text.replaceAll(/\\(.)/g, (whole, character: string) => {
    if (character === 'n') return '\n';
    return character === '\\' || character === '"' ? character : whole;
  });

function numberIn(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const special = SPECIAL[word.toLowerCase()];
  if (special !== undefined) return special;
  return NUMBER.test(word) ? Number(word) : undefined;
}

/** Prometheus's text counts milliseconds, OpenMetrics seconds; an exemplar after it is left alone. */
function readTimestamp(cursor: Cursor, format: ExpositionFormat): number | undefined | 'broken' {
  if (cursor.done || cursor.skip('#')) return undefined;
  const stamp = numberIn(cursor.take(WORD)?.[0]);
  if (stamp === undefined || !Number.isFinite(stamp)) return 'broken';
  if (!cursor.done && !cursor.skip('#')) return 'broken';
  return format === 'openmetrics' ? stamp * 1000 : stamp;
}

/** The series whose labels have every wanted value; a label that is not there counts as empty. */
export function matching(
  series: readonly Series[],
  labels: Readonly<Record<string, string>>,
): readonly Series[] {
  const wanted = Object.entries(labels);
  return series.filter((one) =>
    wanted.every(([label, value]) => (one.labels.get(label) ?? '') === value),
  );
}
