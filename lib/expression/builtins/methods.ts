import { clampedDuration } from '../arithmetic.ts';
import { fail } from '../errors.ts';
import { wrap } from '../int64.ts';
import type { Overload } from '../signature.ts';
import {
  BOOL,
  DURATION,
  FLOAT,
  INT,
  MONTH,
  type StaticType,
  STRING,
  TIME,
  WEEKDAY,
  ZONE,
} from '../types.ts';
import { CalendarName, Duration, kindOf, Moment, type Value, Zone } from '../values.ts';
import { calendarName, daysFromCivil, weekdayOf } from './calendar.ts';
import {
  formatDuration,
  inHours,
  inMinutes,
  inSeconds,
  roundTo,
  SECOND,
  truncateTo,
} from './durations.ts';
import { formatLayout } from './layout-format.ts';
import { civilOf, formatMoment, momentOf, secondsOf } from './moments.ts';
import { UTC } from './zones.ts';

interface Method<Self> extends Overload {
  readonly run: (self: Self, values: readonly Value[], at: number) => Value;
}

type Methods<Self> = Readonly<Record<string, Method<Self>>>;

const method = <Self>(
  takes: readonly StaticType[],
  gives: StaticType,
  run: Method<Self>['run'],
): Method<Self> => ({ takes, gives, run });

const DURATION_METHODS: Methods<Duration> = {
  Hours: method([], FLOAT, ({ nanos }) => inHours(nanos)),
  Minutes: method([], FLOAT, ({ nanos }) => inMinutes(nanos)),
  Seconds: method([], FLOAT, ({ nanos }) => inSeconds(nanos)),
  Milliseconds: method([], INT, ({ nanos }) => nanos / 1_000_000n),
  Microseconds: method([], INT, ({ nanos }) => nanos / 1000n),
  Nanoseconds: method([], INT, ({ nanos }) => nanos),
  Abs: method([], DURATION, ({ nanos }) => clampedDuration(nanos < 0n ? -nanos : nanos)),
  Round: method([DURATION], DURATION, ({ nanos }, [step = null], at) =>
    clampedDuration(roundTo(nanos, durationIn(step, at))),
  ),
  Truncate: method([DURATION], DURATION, ({ nanos }, [step = null], at) =>
    clampedDuration(truncateTo(nanos, durationIn(step, at))),
  ),
  String: method([], STRING, ({ nanos }) => formatDuration(nanos)),
};

function durationIn(value: Value, at: number): bigint {
  return value instanceof Duration
    ? value.nanos
    : fail(at, `expected a duration, found ${kindOf(value)}`);
}

function momentIn(value: Value, at: number): bigint {
  return value instanceof Moment
    ? value.nanos
    : fail(at, `expected a time, found ${kindOf(value)}`);
}

/** Calendars end somewhere; so many years, months or days lead nowhere. */
const FARTHEST = 10_000_000n;

function intIn(value: Value | undefined, at: number): number {
  if (typeof value !== 'bigint') return fail(at, 'expected an int');
  const far = value > FARTHEST || value < -FARTHEST;
  return far ? fail(at, `a date cannot be moved by ${value}`) : Number(value);
}

/** Nanoseconds from the year 1, where Go starts to count steps, to 1970. */
const FROM_YEAR_ONE = 62_135_596_800n * SECOND;

const civil = (read: (shown: ReturnType<typeof civilOf>['civil']) => number): Method<Moment> =>
  method([], INT, (self) => BigInt(read(civilOf(self).civil)));

const compared = (holds: (difference: bigint) => boolean): Method<Moment> =>
  method([TIME], BOOL, ({ nanos }, [other = null], at) => holds(nanos - momentIn(other, at)));

const stepped = (step: (nanos: bigint, by: bigint) => bigint): Method<Moment> =>
  method([DURATION], TIME, ({ nanos, zone }, [by = null], at) => {
    return new Moment(step(nanos + FROM_YEAR_ONE, durationIn(by, at)) - FROM_YEAR_ONE, zone);
  });

const MOMENT_METHODS: Methods<Moment> = {
  Year: civil(({ year }) => year),
  Day: civil(({ day }) => day),
  Hour: civil(({ hour }) => hour),
  Minute: civil(({ minute }) => minute),
  Second: civil(({ second }) => second),
  YearDay: civil(
    ({ year, month, day }) => daysFromCivil(year, month, day) - daysFromCivil(year, 1, 1) + 1,
  ),
  Month: method([], MONTH, (self) => new CalendarName('month', civilOf(self).civil.month)),
  Weekday: method(
    [],
    WEEKDAY,
    (self) => new CalendarName('weekday', weekdayOf(civilOf(self).localSeconds)),
  ),
  Nanosecond: method([], INT, (self) => BigInt(secondsOf(self).nanos)),
  Unix: method([], INT, (self) => BigInt(secondsOf(self).seconds)),
  UnixMilli: method([], INT, ({ nanos }) => wrap(floorDivide(nanos, 1_000_000n))),
  UnixMicro: method([], INT, ({ nanos }) => wrap(floorDivide(nanos, 1000n))),
  UnixNano: method([], INT, ({ nanos }) => wrap(nanos)),
  Add: method(
    [DURATION],
    TIME,
    ({ nanos, zone }, [by = null], at) => new Moment(nanos + durationIn(by, at), zone),
  ),
  Sub: method([TIME], DURATION, ({ nanos }, [other = null], at) =>
    clampedDuration(nanos - momentIn(other, at)),
  ),
  AddDate: method([INT, INT, INT], TIME, (self, [years, months, days], at) => {
    const { civil: shown, nanos } = civilOf(self);
    const moved = {
      ...shown,
      year: shown.year + intIn(years, at),
      month: shown.month + intIn(months, at),
      day: shown.day + intIn(days, at),
    };
    return momentOf(moved, nanos, self.zone);
  }),
  After: compared((difference) => difference > 0n),
  Before: compared((difference) => difference < 0n),
  Equal: compared((difference) => difference === 0n),
  Compare: method([TIME], INT, ({ nanos }, [other = null], at) => {
    const difference = nanos - momentIn(other, at);
    return difference === 0n ? 0n : difference > 0n ? 1n : -1n;
  }),
  IsZero: method([], BOOL, ({ nanos }) => nanos === -FROM_YEAR_ONE),
  Truncate: stepped(truncateTo),
  Round: stepped(roundTo),
  In: method([ZONE], TIME, ({ nanos }, [zone = null], at) =>
    zone instanceof Zone
      ? new Moment(nanos, zone)
      : fail(at, `expected a zone, found ${kindOf(zone)}`),
  ),
  UTC: method([], TIME, ({ nanos }) => new Moment(nanos, UTC)),
  Local: method([], TIME, ({ nanos }) => new Moment(nanos, UTC)),
  Location: method([], ZONE, ({ zone }) => zone),
  Format: method([STRING], STRING, (self, [layout = null], at) =>
    typeof layout === 'string'
      ? formatLayout(self, layout, civilOf(self))
      : fail(at, `expected a layout, found ${kindOf(layout)}`),
  ),
  String: method([], STRING, formatMoment),
};

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

const ZONE_METHODS: Methods<Zone> = { String: method([], STRING, ({ name }) => name) };
const CALENDAR_METHODS: Methods<CalendarName> = { String: method([], STRING, calendarName) };

const METHODS: Readonly<Record<string, Methods<never>>> = {
  duration: DURATION_METHODS,
  time: MOMENT_METHODS,
  zone: ZONE_METHODS,
  month: CALENDAR_METHODS,
  weekday: CALENDAR_METHODS,
};

/** The methods a kind of value has; most have none. */
export function methodsOf(kind: string): Readonly<Record<string, Overload>> {
  return METHODS[kind] ?? {};
}

export function callMethod(
  value: Value,
  name: string,
  values: readonly Value[],
  at: number,
): Value {
  const methods = METHODS[kindOf(value)] ?? {};
  const found = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (found === undefined) return fail(at, `${kindOf(value)} has no method ${name}`);
  if (found.takes.length !== values.length) {
    return fail(at, `${name} takes ${found.takes.length} arguments, found ${values.length}`);
  }
  return found.run(value as never, values, at);
}
