import type { CalendarName } from '../values.ts';

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export const WEEKDAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

export function calendarName({ kind, number }: CalendarName): string {
  return (kind === 'month' ? MONTHS[number - 1] : WEEKDAYS[number]) ?? String(number);
}

/** A date and time of day as people write it, without a zone. Months count from 1. */
export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAYS_PER_400_YEARS = 146_097;
const DAYS_PER_100_YEARS = 36_524;
const DAYS_PER_4_YEARS = 1461;
/** From the first of March of year 0, where counting starts, to the first of January 1970. */
const EPOCH_DAY = 719_468;
const SECONDS_PER_DAY = 86_400;

/**
 * Days since 1970 of a date of the Gregorian calendar, extended backwards. Years are taken to start
 * in March, so that the leap day is the last of its year. Months and days may run over.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const fromMarch = month - 3;
  const marchYear = year + Math.floor(fromMarch / 12);
  const marchMonth = ((fromMarch % 12) + 12) % 12;
  const leaps =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leaps + daysBeforeMonth(marchMonth) + day - 1 - EPOCH_DAY;
}

/** Days of a year that starts in March before its nth month: 31, 30, 31, 30, 31 over and over. */
const daysBeforeMonth = (marchMonth: number): number => Math.floor((153 * marchMonth + 2) / 5);

export function civilFromSeconds(seconds: number): Civil {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  const shifted = days + EPOCH_DAY;
  const era = Math.floor(shifted / DAYS_PER_400_YEARS);
  const dayOfEra = shifted - era * DAYS_PER_400_YEARS;
  const leapDays =
    Math.floor(dayOfEra / (DAYS_PER_4_YEARS - 1)) -
    Math.floor(dayOfEra / DAYS_PER_100_YEARS) +
    Math.floor(dayOfEra / (DAYS_PER_400_YEARS - 1));
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - daysBeforeMonth(marchMonth) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
  };
}

/** Seconds since 1970 as if the zone were UTC. */
export function secondsFromCivil(civil: Civil): number {
  const { year, month, day, hour, minute, second } = civil;
  return daysFromCivil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
}

/** 0 = Sunday; 1970 began on a Thursday. */
export function weekdayOf(seconds: number): number {
  return (((Math.floor(seconds / SECONDS_PER_DAY) + 4) % 7) + 7) % 7;
}

export function daysInMonth(year: number, month: number): number {
  return daysFromCivil(year, month + 1, 1) - daysFromCivil(year, month, 1);
}
