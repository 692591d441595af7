import { fail, refuse } from '../errors.ts';
import { DURATION, STRING, TIME, ZONE } from '../types.ts';
import { Duration, kindOf, Moment, type Value, Zone } from '../values.ts';
import { type Builtins, signed } from './builtin.ts';
import { parseDuration } from './durations.ts';
import { parseLayout } from './layout-parse.ts';
import { UTC, zoneNamed } from './zones.ts';

/** Shapes of dates that are tried one after the other where no layout is given. */
const LAYOUTS = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
];

/** A text beyond this is no date, however it is laid out. */
const LONGEST = 1000;

function textOf(value: Value | undefined, at: number): string {
  if (typeof value !== 'string') {
    return fail(at, `date takes texts, found ${kindOf(value ?? null)}`);
  }
  return value.length > LONGEST ? fail(at, 'a date has no more than 1000 characters') : value;
}

/** `date(text)`, `date(text, layout)`, `date(text, layout, zone name)`, each with a zone in front. */
function date(values: readonly Value[], at: number): Moment {
  const [first] = values;
  const given = first instanceof Zone ? first : undefined;
  const [text, layout, name] = given === undefined ? values : values.slice(1);
  const written = textOf(text, at);
  if (layout === undefined) {
    for (const known of LAYOUTS) {
      const moment = parseLayout(written, known, given ?? UTC);
      if (moment !== undefined) return moment;
    }
    return fail(
      at,
      `${JSON.stringify(written.slice(0, 40))} is no date`,
      'Write it as 2026-11-27 or 2026-11-27T06:00:00Z, or give its layout.',
    );
  }
  const zone = name === undefined ? (given ?? UTC) : zoneNamed(textOf(name, at), at);
  const shape = textOf(layout, at);
  return (
    parseLayout(written, shape, zone) ??
    fail(at, `${JSON.stringify(written.slice(0, 40))} does not look like ${JSON.stringify(shape)}`)
  );
}

const NANOS_PER_MILLI = 1_000_000n;

export const DATE_BUILTINS: Builtins = {
  now: {
    check: (types, at) => {
      const fits = types.length === 0 || (types.length === 1 && types[0]?.kind === 'zone');
      return fits ? TIME : refuse(at, 'now takes nothing, or a time zone');
    },
    run: ([zone], { now }) =>
      new Moment(BigInt(Math.trunc(now)) * NANOS_PER_MILLI, zone instanceof Zone ? zone : UTC),
    sure: true,
  },
  date: {
    check: (types, at) => {
      const texts = types[0]?.kind === 'zone' ? types.length - 1 : types.length;
      if (types.length === 0 || texts > 3) {
        refuse(at, 'date takes a text, and perhaps its layout and a time zone');
      }
      return TIME;
    },
    run: (values, _, at) => date(values, at),
    sure: true,
  },
  duration: signed(
    'duration',
    [{ takes: [STRING], gives: DURATION }],
    ([text], _, at) => new Duration(parseDuration(textOf(text, at), at)),
  ),
  timezone: signed('timezone', [{ takes: [STRING], gives: ZONE }], ([name], _, at) =>
    zoneNamed(textOf(name, at), at),
  ),
};
