import { type EpochMillis, epochMillis, type Millis, millis } from '../../model/units.ts';
import { type About, refuse, type Schema } from './problem.ts';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
/** Longer than any length of time anybody writes, and short for a pattern to run over. */
const LONGEST_DURATION = 40;
const YEAR = 365 * UNITS.d;

/**
 * A length of time as people write it, `15s`, `1.35s`, `1h30m`, `7d`, in whole milliseconds. A
 * bare number is refused, because systems differ in whether it means seconds or milliseconds.
 */
export function duration(
  options: About & { readonly min?: Millis; readonly max?: Millis },
): Schema<Millis> {
  const { min = millis(0), max = millis(YEAR) } = options;
  return {
    parse(value, place) {
      const total = durationIn(value);
      if (total === undefined) {
        return refuse(
          place,
          'a length of time with its unit, such as 500ms, 15s, 5m, 1h30m or 7d',
          value,
          durationHint(value),
        );
      }
      if (total < min || total > max) {
        return refuse(place, `from ${inWords(min)} to ${inWords(max)}`, value);
      }
      return millis(total);
    },
    json: {
      type: 'string',
      pattern: DURATION.source,
      maxLength: LONGEST_DURATION,
      description: options.about,
    },
  };
}

function durationIn(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_DURATION) return undefined;
  if (!DURATION.test(value)) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(PART)) {
    total += Number(amount) * UNITS[unit as keyof typeof UNITS];
  }
  return Math.round(total);
}

/** What was most likely meant: another system's bare number of seconds, a capital or a long unit. */
function durationHint(value: unknown): string {
  if (typeof value === 'number' && value >= 0 && value < 1e9) {
    return `: a number needs its unit (did you mean "${value}s"?)`;
  }
  if (typeof value !== 'string' || value.length > LONGEST_DURATION) return '';
  if (/^\d+(?:\.\d+)?$/.test(value)) return `: a number needs its unit (did you mean "${value}s"?)`;
  const found = /^(\d+(?:\.\d+)?)\s*([A-Za-zµ]+)$/.exec(value);
  const unit = nearUnit(found?.[2] ?? '');
  if (!found || unit === undefined) return '';
  return `: the units are ms, s, m, h and d (did you mean "${found[1]}${unit}"?)`;
}

function nearUnit(word: string): keyof typeof UNITS | undefined {
  const lower = word.toLowerCase();
  if (lower === 'ms' || lower.startsWith('milli')) return 'ms';
  if (/^(?:s|m|h|d)$/.test(lower)) return lower as keyof typeof UNITS;
  if (lower.startsWith('sec')) return 's';
  if (lower.startsWith('min')) return 'm';
  if (lower.startsWith('hour') || lower === 'hr' || lower === 'hrs') return 'h';
  return lower.startsWith('day') ? 'd' : undefined;
}

/** A length of time as a rule would have it: `90 s` is `1m30s`. */
function inWords(length: Millis): string {
  if (length === 0) return '0s';
  let rest: number = length;
  let words = '';
  for (const [unit, size] of Object.entries(UNITS).toSorted(([, a], [, b]) => b - a)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words += `${count}${unit}`;
  }
  return words;
}

const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** A moment in ISO 8601 with its zone, `2026-11-27T06:00:00Z` or `…+01:00`. */
export function moment(options: About): Schema<EpochMillis> {
  return {
    parse(value, place) {
      const at = momentIn(value);
      if (at === undefined) {
        return refuse(place, 'a moment with its zone, such as 2026-11-27T06:00:00Z', value);
      }
      return epochMillis(at);
    },
    json: { type: 'string', format: 'date-time', description: options.about },
  };
}

/** By hand, because the core has no Date: it must not be able to ask for the time. */
function momentIn(value: unknown): number | undefined {
  const parts = typeof value === 'string' && value.length <= 40 ? MOMENT.exec(value) : null;
  if (!parts) return undefined;
  const [, year, month, day, hour = '', minute = '', second = '0', fraction = '0'] = parts;
  const [sign, zoneHour = '0', zoneMinute = '0'] = parts.slice(8);
  const days = daysSinceEpoch(Number(year), Number(month), Number(day));
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return undefined;
  }
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;
  const ofDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const offset = (Number(zoneHour) * 3600 + Number(zoneMinute) * 60) * (sign === '-' ? -1 : 1);
  const thousandths = Number(fraction.padEnd(3, '0').slice(0, 3));
  return (days * 86_400 + ofDay - offset) * 1000 + thousandths;
}

/** Days from 1970-01-01 in the Gregorian calendar; undefined for a date that does not exist. */
function daysSinceEpoch(year: number, month: number, day: number): number | undefined {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const length = lengths[month - 1];
  if (length === undefined || day < 1 || day > length) return undefined;
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const ofYear = lengths.slice(0, month - 1).reduce((sum, days) => sum + days, 0);
  // 719,162 days lie between 0001-01-01 and 1970-01-01.
  return before * 365 + leaps + ofYear + day - 1 - 719_162;
}

/** A day that exists, `2026-12-25`. */
export function date(options: About): Schema<string> {
  return {
    parse(value, place) {
      const parts = typeof value === 'string' ? /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) : null;
      const [, year, month, day] = parts ?? [];
      if (!parts || daysSinceEpoch(Number(year), Number(month), Number(day)) === undefined) {
        return refuse(place, 'a date such as 2026-12-25', value);
      }
      return parts[0];
    },
    json: { type: 'string', format: 'date', description: options.about },
  };
}

const CLOCK = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** A time of day, `08:00` to `24:00` (the end of the day), as minutes after midnight. */
export function timeOfDay(options: About): Schema<number> {
  return {
    parse(value, place) {
      const match = typeof value === 'string' ? CLOCK.exec(value) : null;
      if (!match) return refuse(place, 'a time of day from 00:00 to 24:00, such as 08:00', value);
      return match[1] === undefined ? 1440 : Number(match[1]) * 60 + Number(match[2]);
    },
    json: { type: 'string', pattern: CLOCK.source, description: options.about },
  };
}
