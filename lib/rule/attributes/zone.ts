import { nearest } from '../../model/nearest.ts';
import { refuse, type Schema } from '../schema.ts';

/** Asking Intl costs some 50 µs, and a tick reads a thousand rules: what it said is kept. */
const known = new Set<string>();
const MOST_KEPT = 1000;
const LONGEST_ZONE = 64;

/**
 * A time zone of the IANA database. Offsets such as +02:00 are refused: they are wrong for half
 * of the year wherever clocks change.
 */
export function zone(options: { readonly about: string }): Schema<string> {
  return {
    parse(value, place) {
      if (typeof value === 'string' && isZone(value)) return value;
      return refuse(place, 'an IANA time zone such as Europe/Paris or UTC', value, nearZone(value));
    },
    json: { type: 'string', maxLength: LONGEST_ZONE, description: options.about },
  };
}

/** The nearest of some 400 zones; those of another length cannot be near, and leaving them out is cheap. */
function nearZone(written: unknown): string {
  if (typeof written !== 'string') return '';
  const zones = Intl.supportedValuesOf('timeZone');
  return nearest(
    written,
    zones.filter(({ length }) => Math.abs(length - written.length) <= 3),
  );
}

function isZone(name: string): boolean {
  if (known.has(name)) return true;
  if (name.length > LONGEST_ZONE || !/^[A-Za-z]/.test(name)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  if (known.size >= MOST_KEPT) known.clear();
  known.add(name);
  return true;
}
