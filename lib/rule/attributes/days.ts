import { nearest } from '../../model/nearest.ts';
import type { Weekday } from '../rule.ts';
import { inside, INVALID, note, type Place, quote, refuse, type Schema } from '../schema.ts';

export const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const MOST_ENTRIES = 7;
const RANGE = /^(\w{1,20})(?:-(\w{1,20}))?$/;

/** `mon-fri`, `sat,sun`, `fri-mon` (over the weekend) or a list of these, in the week's order. */
export function days(options: { readonly about: string }): Schema<readonly Weekday[]> {
  return {
    parse(value, place) {
      const isText = typeof value === 'string' && value.length <= 100;
      if (!isText && !Array.isArray(value)) {
        return refuse(place, 'days such as mon-fri, or a list of them', value);
      }
      const entries: readonly unknown[] = isText ? value.split(',') : (value as readonly unknown[]);
      if (entries.length === 0 || entries.length > MOST_ENTRIES) {
        return note(place, `expected 1 to ${MOST_ENTRIES} days, found ${entries.length}`);
      }
      const found = Array.from(entries, (entry, at) =>
        range(entry, isText ? place : inside(place, at)),
      );
      if (found.includes(INVALID)) return INVALID;
      const all = new Set(found.flatMap((some) => (some === INVALID ? [] : some)));
      return WEEK.filter((day) => all.has(day));
    },
    json: {
      description: options.about,
      anyOf: [
        { type: 'string', pattern: '^[a-z, -]+$' },
        { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MOST_ENTRIES },
      ],
    },
  };
}

function range(entry: unknown, place: Place): readonly Weekday[] | typeof INVALID {
  const match = typeof entry === 'string' ? RANGE.exec(entry.trim()) : null;
  if (!match) return refuse(place, 'a day or a range of days, such as mon or mon-fri', entry);
  const [, from = '', to = from] = match;
  const [start, end] = [WEEK.findIndex((day) => day === from), WEEK.findIndex((day) => day === to)];
  const wrong = start === -1 ? from : to;
  if (start === -1 || end === -1) {
    const short = wrong.slice(0, 3).toLowerCase();
    return note(
      place,
      `expected one of ${WEEK.join(', ')}, found ${quote(wrong)}${nearest(short, WEEK)}`,
    );
  }
  const length = ((end - start + WEEK.length) % WEEK.length) + 1;
  return [...WEEK, ...WEEK].slice(start, start + length);
}
