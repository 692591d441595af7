import { type Budget, grow, growText } from '../budget.ts';
import { fail } from '../errors.ts';
import { byKey } from '../format.ts';
import { MAX_VALUE_DEPTH } from '../limits.ts';
import {
  CalendarName,
  Duration,
  imported,
  isArray,
  isMap,
  isNil,
  Moment,
  type Value,
} from '../values.ts';
import { formatLayout } from './layout-format.ts';
import { civilOf } from './moments.ts';

/** A value as JSON, laid out with two spaces, as Go's encoder writes it. */
export function toJson(value: Value, budget: Budget, at: number): string {
  const write = (given: Value, indent: string): string => {
    if (indent.length > MAX_VALUE_DEPTH * 2) fail(at, 'the value is nested too deeply for JSON');
    grow(budget, 1, at);
    growText(budget, indent.length, at);
    if (given === null || isNil(given)) return 'null';
    if (typeof given === 'string') return quoted(given, budget, at);
    if (typeof given === 'number') return jsonNumber(given, at);
    if (typeof given !== 'object') return String(given);
    if (given instanceof Duration) return String(given.nanos);
    if (given instanceof CalendarName) return String(given.number);
    if (given instanceof Moment) {
      return quoted(formatLayout(given, RFC3339, civilOf(given)), budget, at);
    }
    const deeper = `${indent}  `;
    if (isArray(given)) {
      return layOut(
        '[]',
        given.map((element) => deeper + write(element, deeper)),
        indent,
      );
    }
    return layOut('{}', members(given, deeper), indent);
  };
  const members = (given: Value, indent: string): string[] => {
    const map = imported(given);
    if (!isMap(map)) return fail(at, 'a time zone has no JSON');
    return [...map]
      .toSorted(([one], [other]) => byKey(one, other))
      .map(([key, element]) => {
        if (typeof key !== 'string') return fail(at, 'JSON has only texts as keys');
        return `${indent}${quoted(key, budget, at)}: ${write(element, indent)}`;
      });
  };
  return write(value, '');
}

const RFC3339 = '2006-01-02T15:04:05.999999999Z07:00';

const layOut = (brackets: string, lines: readonly string[], indent: string): string =>
  lines.length === 0
    ? brackets
    : `${brackets[0] ?? ''}\n${lines.join(',\n')}\n${indent}${brackets[1] ?? ''}`;

/** Go escapes what could end a script element, and two line ends that JavaScript once minded. */
const ESCAPED = /[<>&\u2028\u2029\u007f]/gu;

function quoted(text: string, budget: Budget, at: number): string {
  growText(budget, text.length * 2, at);
  return JSON.stringify(text.toWellFormed()).replaceAll(ESCAPED, (character) =>
    character === '\u007f'
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function jsonNumber(value: number, at: number): string {
  if (!Number.isFinite(value)) return fail(at, `JSON has no ${value}`);
  if (Object.is(value, -0)) return '-0';
  // Both languages write an exponent below 1e-6 and from 1e21 on, Go without a plus… and JS with.
  return String(value);
}

/** A value from JSON; numbers are floats, as Go has them where no type is asked for. */
export function fromJson(text: string, budget: Budget, at: number): Value {
  growText(budget, text.length, at);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return fail(at, `${JSON.stringify(text.slice(0, 40))} is no JSON`);
  }
  return valueOf(parsed, budget, at, 0);
}

// oxlint-disable-next-line max-params -- one more than usual, for the depth
function valueOf(parsed: unknown, budget: Budget, at: number, depth: number): Value {
  if (depth > MAX_VALUE_DEPTH) fail(at, 'this JSON is nested too deeply');
  grow(budget, 1, at);
  if (typeof parsed === 'string') return parsed.toWellFormed();
  if (typeof parsed === 'number') {
    return Number.isFinite(parsed) ? parsed : fail(at, 'a number of this JSON is too large');
  }
  if (typeof parsed !== 'object' || parsed === null) return parsed as boolean | null;
  if (Array.isArray(parsed)) return parsed.map((each) => valueOf(each, budget, at, depth + 1));
  const entries = Object.entries(parsed);
  return new Map(
    entries.map(([key, each]) => [key.toWellFormed(), valueOf(each, budget, at, depth + 1)]),
  );
}
