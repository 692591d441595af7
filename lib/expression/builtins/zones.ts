import { fail } from '../errors.ts';
import { type Offset, Zone } from '../values.ts';
import { secondsFromCivil } from './calendar.ts';

export const UTC = new Zone('UTC', () => ({ seconds: 0, abbreviation: 'UTC' }));

/** A zone that is always as far ahead of UTC, as a text with an offset in it gives. */
export const fixedZone = (name: string, seconds: number): Zone =>
  new Zone(name, () => ({ seconds, abbreviation: name }));

/** Names as in the time zone database; offsets like +02:00, which Intl takes as well, are no names. */
const NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/u;

/** There are about 600 zones; a formula names a handful. */
const MOST_ZONES = 100;
const zones = new Map<string, Zone>();

/** The zone of that name in the time zone database (`Europe/Paris`); `Local` is UTC here. */
export function zoneNamed(name: string, at: number): Zone {
  if (name === '' || name === 'UTC' || name === 'Local') return UTC;
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = NAME.test(name) ? load(name) : undefined;
  if (zone === undefined) {
    return fail(at, `unknown time zone ${JSON.stringify(name)}`, 'Write it as Europe/Paris.');
  }
  if (zones.size >= MOST_ZONES) zones.clear();
  zones.set(name, zone);
  return zone;
}

function load(name: string): Zone | undefined {
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      timeZoneName: 'short',
    });
    return new Zone(name, (epochSeconds) => offsetOf(clock, epochSeconds));
  } catch {
    // Intl throws a RangeError for a name it does not know.
    return undefined;
  }
}

/** Where the time of ECMAScript ends, in the year 275760; offsets beyond are those of the end. */
const LAST_SECOND = 8_640_000_000_000;

function offsetOf(clock: Intl.DateTimeFormat, epochSeconds: number): Offset {
  const within = Math.min(Math.max(epochSeconds, -LAST_SECOND), LAST_SECOND);
  const parts = new Map(clock.formatToParts(within * 1000).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? 0);
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const local = secondsFromCivil({
    year,
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
  });
  return { seconds: local - within, abbreviation: parts.get('timeZoneName') ?? '' };
}
