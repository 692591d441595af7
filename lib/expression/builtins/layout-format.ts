import type { Moment, Offset } from '../values.ts';
import { type Civil, daysFromCivil, MONTHS, WEEKDAYS, weekdayOf } from './calendar.ts';
import { layoutParts } from './layout.ts';

interface Shown {
  readonly civil: Civil;
  readonly localSeconds: number;
  readonly nanos: number;
  readonly offset: Offset;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A moment in the shape of a layout; `shown` is what its zone shows. */
export function formatLayout(_: Moment, layout: string, shown: Shown): string {
  return layoutParts(layout)
    .map(({ mark, text }) => (mark === undefined ? text : formatMark(mark, shown)))
    .join('');
}

function formatMark(mark: string, shown: Shown): string {
  const { civil, localSeconds, nanos, offset } = shown;
  const simple = MARKS[mark];
  if (simple !== undefined) return simple(civil, localSeconds);
  if (mark === 'MST') {
    return offset.abbreviation === '' ? formatOffset('-0700', offset.seconds) : offset.abbreviation;
  }
  if (mark.startsWith('-') || mark.startsWith('Z')) return formatOffset(mark, offset.seconds);
  return formatFraction(mark, nanos);
}

const yearDay = ({ year, month, day }: Civil): number =>
  daysFromCivil(year, month, day) - daysFromCivil(year, 1, 1) + 1;

const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);

const MARKS: Readonly<Record<string, (civil: Civil, localSeconds: number) => string>> = {
  '2006': ({ year }) =>
    year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0'),
  '06': ({ year }) => two(Math.abs(year) % 100),
  January: ({ month }) => MONTHS[month - 1] ?? '',
  Jan: ({ month }) => (MONTHS[month - 1] ?? '').slice(0, 3),
  '01': ({ month }) => two(month),
  '1': ({ month }) => String(month),
  Monday: (_, seconds) => WEEKDAYS[weekdayOf(seconds)] ?? '',
  Mon: (_, seconds) => (WEEKDAYS[weekdayOf(seconds)] ?? '').slice(0, 3),
  '02': ({ day }) => two(day),
  _2: ({ day }) => String(day).padStart(2, ' '),
  '2': ({ day }) => String(day),
  '002': (civil) => String(yearDay(civil)).padStart(3, '0'),
  __2: (civil) => String(yearDay(civil)).padStart(3, ' '),
  '15': ({ hour }) => two(hour),
  '03': ({ hour }) => two(twelve(hour)),
  '3': ({ hour }) => String(twelve(hour)),
  '04': ({ minute }) => two(minute),
  '4': ({ minute }) => String(minute),
  '05': ({ second }) => two(second),
  '5': ({ second }) => String(second),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
};

function formatOffset(mark: string, seconds: number): string {
  if (mark.startsWith('Z') && seconds === 0) return 'Z';
  const size = Math.abs(seconds);
  const colon = mark.includes(':') ? ':' : '';
  const parts = [two(Math.floor(size / 3600))];
  if (mark.length > 3) parts.push(two(Math.floor(size / 60) % 60));
  if (mark.length > 6) parts.push(two(size % 60));
  return `${seconds < 0 ? '-' : '+'}${parts.join(colon)}`;
}

/** `.000` has that many digits always, `.999` at most, and nothing where they are all zeros. */
function formatFraction(mark: string, nanos: number): string {
  const digits = String(nanos)
    .padStart(9, '0')
    .slice(0, mark.length - 1);
  if (mark[1] === '0') return `${mark[0] ?? ''}${digits.padEnd(mark.length - 1, '0')}`;
  const short = digits.replace(/0+$/u, '');
  return short === '' ? '' : `${mark[0] ?? ''}${short}`;
}
