import { Moment, type Zone } from '../values.ts';
import { type Civil, civilFromSeconds, secondsFromCivil } from './calendar.ts';
import { SECOND } from './durations.ts';
import { formatLayout } from './layout-format.ts';

/** Whole seconds since 1970, and the nanoseconds beyond. */
export function secondsOf(moment: Moment): { seconds: number; nanos: number } {
  const nanos = ((moment.nanos % SECOND) + SECOND) % SECOND;
  return { seconds: Number((moment.nanos - nanos) / SECOND), nanos: Number(nanos) };
}

/** The date and time of day a moment shows in its zone, and that zone's offset then. */
export function civilOf(moment: Moment): {
  readonly civil: Civil;
  readonly localSeconds: number;
  readonly nanos: number;
  readonly offset: { readonly seconds: number; readonly abbreviation: string };
} {
  const { seconds, nanos } = secondsOf(moment);
  const offset = moment.zone.offsetAt(seconds);
  const localSeconds = seconds + offset.seconds;
  return { civil: civilFromSeconds(localSeconds), localSeconds, nanos, offset };
}

/**
 * The moment at which a zone shows a date and time of day. Where the clock skips it or shows it
 * twice, it is one of the two that come into question, the one Go's time.Date happens to choose.
 */
export function momentOf(civil: Civil, nanos: number, zone: Zone): Moment {
  const local = secondsFromCivil(civil);
  const guess = zone.offsetAt(local).seconds;
  const offset = guess === 0 ? 0 : zone.offsetAt(local - guess).seconds;
  return new Moment(BigInt(local - offset) * SECOND + BigInt(nanos), zone);
}

const DEFAULT_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';

export const formatMoment = (moment: Moment): string =>
  formatLayout(moment, DEFAULT_LAYOUT, civilOf(moment));
