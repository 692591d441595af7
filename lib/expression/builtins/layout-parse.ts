import { type Moment, type Zone } from '../values.ts';
import { daysInMonth, MONTHS, WEEKDAYS } from './calendar.ts';
import { layoutParts } from './layout.ts';
import { momentOf } from './moments.ts';
import { fixedZone, UTC } from './zones.ts';

/** What a text told so far; what it does not tell keeps Go's zero. */
interface Told {
  year: number;
  month: number | undefined;
  day: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  yearDay: number | undefined;
  half: 'am' | 'pm' | undefined;
  zone: Zone | undefined;
}

/** Takes what a mark stands for off the front of a text; undefined where it is not there. */
type Reader = (text: string, told: Told) => number | undefined;

/** A moment from a text in the shape of a layout, in `zone` unless the text has its own. */
export function parseLayout(text: string, layout: string, zone: Zone): Moment | undefined {
  const told: Told = {
    year: 0,
    month: undefined,
    day: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanos: 0,
    yearDay: undefined,
    half: undefined,
    zone: undefined,
  };
  let rest = text;
  const parts = layoutParts(layout);
  for (const [index, part] of parts.entries()) {
    const length =
      part.mark === undefined
        ? literalLength(rest, part.text)
        : readMark(part.mark, rest, told, parts[index + 1]?.mark);
    if (length === undefined) return undefined;
    rest = rest.slice(length);
  }
  return rest === '' ? momentFrom(told, zone) : undefined;
}

/** Spaces of a layout stand for any number of them. */
function literalLength(text: string, literal: string): number | undefined {
  const pattern = literal
    .split(/ +/u)
    .map((word) => word.replace(/[^\w]/gu, String.raw`\$&`))
    .join(' *');
  const spaced = literal.startsWith(' ') && text !== '' && !text.startsWith(' ');
  return spaced ? undefined : new RegExp(`^${pattern}`).exec(text)?.[0].length;
}

function readMark(
  mark: string,
  text: string,
  told: Told,
  next: string | undefined,
): number | undefined {
  if (mark === '05' || mark === '5') return readSecond(mark, text, told, next);
  const reader = READERS[mark];
  if (reader !== undefined) return reader(text, told);
  if (mark.startsWith('-') || mark.startsWith('Z')) return readOffset(mark, text, told);
  return readFraction(mark, text, told);
}

type NumberField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'yearDay';

interface Digits {
  readonly field: NumberField;
  readonly pattern: RegExp;
  readonly from: number;
  readonly to: number;
}

const digits = ({ field, pattern, from, to }: Digits): Reader => {
  return (text, told) => {
    const found = pattern.exec(text)?.[0];
    const value = Number(found);
    if (found === undefined || value < from || value > to) return undefined;
    told[field] = value;
    return found.length;
  };
};

const TWO = /^\d\d/u;
const ONE_OR_TWO = /^\d\d?/u;

function named(
  names: readonly string[],
  length: number,
  found: (index: number, told: Told) => void,
): Reader {
  return (text, told) => {
    const start = text.toLowerCase();
    const index = names.findIndex((name) => start.startsWith(name.slice(0, length).toLowerCase()));
    if (index < 0) return undefined;
    found(index, told);
    return Math.min(names[index]?.length ?? 0, length);
  };
}

const LONG = 9;
const setMonth = (index: number, told: Told): void => {
  told.month = index + 1;
};
const ignore = (): void => undefined;

const READERS: Readonly<Record<string, Reader>> = {
  '2006': digits({ field: 'year', pattern: /^\d{4}/u, from: 0, to: 9999 }),
  '06': (text, told) => {
    const found = TWO.exec(text)?.[0];
    if (found === undefined) return undefined;
    told.year = Number(found) + (Number(found) >= 69 ? 1900 : 2000);
    return 2;
  },
  '01': digits({ field: 'month', pattern: TWO, from: 1, to: 12 }),
  '1': digits({ field: 'month', pattern: ONE_OR_TWO, from: 1, to: 12 }),
  January: named(MONTHS, LONG, setMonth),
  Jan: named(MONTHS, 3, setMonth),
  Monday: named(WEEKDAYS, LONG, ignore),
  Mon: named(WEEKDAYS, 3, ignore),
  '02': digits({ field: 'day', pattern: TWO, from: 0, to: 99 }),
  '2': digits({ field: 'day', pattern: ONE_OR_TWO, from: 0, to: 99 }),
  _2: digits({ field: 'day', pattern: /^ ?\d\d?/u, from: 0, to: 99 }),
  '002': digits({ field: 'yearDay', pattern: /^\d{3}/u, from: 1, to: 366 }),
  __2: digits({ field: 'yearDay', pattern: /^(?: {2}\d| \d\d|\d{3})/u, from: 1, to: 366 }),
  '15': digits({ field: 'hour', pattern: ONE_OR_TWO, from: 0, to: 23 }),
  '03': digits({ field: 'hour', pattern: TWO, from: 0, to: 12 }),
  '3': digits({ field: 'hour', pattern: ONE_OR_TWO, from: 0, to: 12 }),
  '04': digits({ field: 'minute', pattern: TWO, from: 0, to: 59 }),
  '4': digits({ field: 'minute', pattern: ONE_OR_TWO, from: 0, to: 59 }),
  PM: readHalf(/^[AP]M/u),
  pm: readHalf(/^[ap]m/u),
  MST: (text, told) => {
    const found = /^(?:GMT[+-]\d{1,2}|UTC|[A-Z]{3,5}|[+-]\d\d)/u.exec(text)?.[0];
    if (found === undefined) return undefined;
    const shift = /^GMT([+-]\d+)/u.exec(found)?.[1];
    told.zone ??= found === 'UTC' ? UTC : fixedZone(found, Number(shift ?? 0) * 3600);
    return found.length;
  },
};

function readHalf(pattern: RegExp): Reader {
  return (text, told) => {
    if (!pattern.test(text)) return undefined;
    told.half = text.toLowerCase().startsWith('p') ? 'pm' : 'am';
    return 2;
  };
}

/** Seconds may have a fraction, though the layout does not mention one. */
// oxlint-disable-next-line max-params -- what follows decides whether a fraction is looked for
function readSecond(
  mark: string,
  text: string,
  told: Told,
  next: string | undefined,
): number | undefined {
  const pattern = mark === '05' ? TWO : ONE_OR_TWO;
  const length = digits({ field: 'second', pattern, from: 0, to: 59 })(text, told);
  if (length === undefined || /^[.,][09]/u.test(next ?? '')) return length;
  const fraction = /^[.,]\d+/u.exec(text.slice(length))?.[0] ?? '';
  if (fraction !== '') told.nanos = nanosOf(fraction.slice(1));
  return length + fraction.length;
}

const nanosOf = (fraction: string): number => Number(fraction.slice(0, 9).padEnd(9, '0'));

function readFraction(mark: string, text: string, told: Told): number | undefined {
  const exact = mark[1] === '0';
  const found = /^[.,](\d+)/u.exec(text);
  if (found === null) return exact ? undefined : 0;
  const wanted = mark.length - 1;
  const read = exact ? (found[1] ?? '').slice(0, wanted) : (found[1] ?? '');
  if (exact && read.length < wanted) return undefined;
  told.nanos = nanosOf(read);
  return read.length + 1;
}

function readOffset(mark: string, text: string, told: Told): number | undefined {
  if (mark.startsWith('Z') && text.startsWith('Z')) {
    told.zone = UTC;
    return 1;
  }
  const colon = mark.includes(':') ? ':' : '';
  const pairs = mark.length > 6 ? 3 : mark.length > 3 ? 2 : 1;
  const pattern = new RegExp(`^([+-])(\\d\\d)${`${colon}(\\d\\d)`.repeat(pairs - 1)}`, 'u');
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [all, sign, hours = '0', minutes = '0', seconds = '0'] = found;
  if (Number(hours) > 24 || Number(minutes) > 60 || Number(seconds) > 60) return undefined;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  told.zone = size === 0 ? UTC : fixedZone('', sign === '-' ? -size : size);
  return all.length;
}

function momentFrom(told: Told, zone: Zone): Moment | undefined {
  const { half, year, nanos, minute, second } = told;
  let { hour } = told;
  if (half === 'pm' && hour < 12) hour += 12;
  if (half === 'am' && hour === 12) hour = 0;
  const date = dateFrom(told);
  if (date === undefined) return undefined;
  const { month, day } = date;
  return momentOf({ year, month, day, hour, minute, second }, nanos, told.zone ?? zone);
}

/** Month and day, or undefined where there is no such day or the day of the year is another. */
function dateFrom({ year, yearDay, ...told }: Told): { month: number; day: number } | undefined {
  const { month = 1, day = 1 } = yearDay === undefined ? told : dateOfYearDay(year, yearDay);
  if (told.month !== undefined && told.month !== month) return undefined;
  if (told.day !== undefined && told.day !== day) return undefined;
  return day < 1 || day > daysInMonth(year, month) ? undefined : { month, day };
}

/** The nth day of a year; the 366th of a year without one is the 32nd of December, which is none. */
function dateOfYearDay(year: number, yearDay: number): { month: number; day: number } {
  let day = yearDay;
  let month = 1;
  while (month < 12 && day > daysInMonth(year, month)) {
    day -= daysInMonth(year, month);
    month += 1;
  }
  return { month, day };
}
