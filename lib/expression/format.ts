import { type Budget, grow, growText } from './budget.ts';
import { calendarName } from './builtins/calendar.ts';
import { formatDuration } from './builtins/durations.ts';
import { formatMoment } from './builtins/moments.ts';
import { fail } from './errors.ts';
import { MAX_VALUE_DEPTH } from './limits.ts';
import {
  CalendarName,
  Duration,
  imported,
  isArray,
  isMap,
  Moment,
  type Value,
  Zone,
} from './values.ts';

/** A value as text, as Go's `%v` prints it: `[1 2.5 a]`, `map[a:1 b:<nil>]`, `1e+06`. */
export function format(value: Value, budget: Budget, at: number, depth = 0): string {
  if (depth > MAX_VALUE_DEPTH) fail(at, 'the value is nested too deeply to print');
  if (value === null) return '<nil>';
  if (typeof value === 'string') {
    growText(budget, value.length, at);
    return value;
  }
  if (typeof value === 'number') return formatFloat(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Duration) return formatDuration(value.nanos);
  if (value instanceof Moment) return formatMoment(value);
  if (value instanceof Zone) return value.name;
  if (value instanceof CalendarName) return calendarName(value);
  if (isArray(value)) {
    grow(budget, value.length + 1, at);
    return `[${value.map((element) => format(element, budget, at, depth + 1)).join(' ')}]`;
  }
  return formatMap(imported(value), budget, at, depth);
}

// oxlint-disable-next-line max-params -- the same four as its caller
function formatMap(value: Value, budget: Budget, at: number, depth: number): string {
  if (!isMap(value)) return '';
  grow(budget, value.size + 1, at);
  const entries = [...value].toSorted(([one], [other]) => byKey(one, other));
  const shown = entries.map(
    ([key, element]) =>
      `${format(key, budget, at, depth + 1)}:${format(element, budget, at, depth + 1)}`,
  );
  return `map[${shown.join(' ')}]`;
}

/** Keys in the order Go prints them: nil, ints, floats, texts, each kind by itself. */
export function byKey(one: Value, other: Value): number {
  const [left, right] = [rankOf(one), rankOf(other)];
  if (left !== right) return left - right;
  if (one === other || one === null || other === null) return 0;
  return one < other ? -1 : 1;
}

const RANKS = ['bigint', 'string', 'number', 'boolean'];

const rankOf = (key: Value): number => (key === null ? -1 : RANKS.indexOf(typeof key));

/** Shortest digits that read back the same; with an exponent below 1e-4 and from 1e6 on. */
function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const places = Number(exponent);
  // In this range JavaScript writes plain digits as well.
  if (places >= LOWEST_PLAIN && places < FIRST_EXPONENT) return String(value);
  const sign = places < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(places)).padStart(2, '0')}`;
}

/** Powers of ten between which Go's `%v` needs no exponent. */
const LOWEST_PLAIN = -4;
const FIRST_EXPONENT = 6;
