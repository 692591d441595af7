import { note, refuse, type Schema } from '../schema.ts';

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly words: readonly string[];
  /** What the first of `words` stands for. */
  readonly firstWord: number;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

const FIELDS: readonly Field[] = [
  { name: 'minute', low: 0, high: 59, words: [], firstWord: 0 },
  { name: 'hour', low: 0, high: 23, words: [], firstWord: 0 },
  { name: 'day of the month', low: 1, high: 31, words: [], firstWord: 0 },
  { name: 'month', low: 1, high: 12, words: MONTHS, firstWord: 1 },
  { name: 'day of the week', low: 0, high: 7, words: DAYS, firstWord: 0 },
];

const LONGEST_CRON = 100;
const ACCEPTED =
  'five cron fields (minute, hour, day of the month, month, day of the week), such as 0 8 * * mon-fri';

/**
 * When a window starts, in the five fields of crontab: numbers or English names, lists, ranges
 * and steps. Seconds, nicknames and `L`, `#` or `?` are not accepted, because systems differ in
 * what they mean by them.
 */
export function cron(options: { readonly about: string }): Schema<string> {
  return {
    parse(value, place) {
      if (typeof value !== 'string' || value.length > LONGEST_CRON) {
        return refuse(place, ACCEPTED, value);
      }
      const parts = value.trim().split(/\s+/);
      if (parts.length !== FIELDS.length) return refuse(place, ACCEPTED, value);
      for (const [at, field] of FIELDS.entries()) {
        const part = parts[at] ?? '';
        if (part.split(',').every((entry) => isEntry(entry, field))) continue;
        const words =
          field.words.length > 0 ? ` or ${field.words[0]} to ${field.words.at(-1)}` : '';
        return note(
          place,
          `expected as ${field.name} ${field.low} to ${field.high}${words}, as a list, a range (1-5) or with a step (*/2), found ${JSON.stringify(part)}`,
        );
      }
      return parts.join(' ');
    },
    json: { type: 'string', maxLength: LONGEST_CRON, description: options.about },
  };
}

/** `*`, `7`, `1-5`, `mon-fri`, each with or without a step. */
function isEntry(entry: string, field: Field): boolean {
  const [range = '', step, ...more] = entry.split('/');
  if (more.length > 0) return false;
  if (
    step !== undefined &&
    !(/^\d{1,2}$/.test(step) && Number(step) > 0 && Number(step) <= field.high)
  )
    return false;
  if (range === '*') return true;
  const ends = range.split('-');
  const positions = ends.map((end) => position(end, field));
  const [from, to] = [positions[0], positions.at(-1)];
  if (ends.length > 2 || from === undefined || to === undefined) return false;
  // A step runs over a range; what "5/15" starts from and runs to differs between systems.
  return from <= to && (step === undefined || ends.length === 2);
}

function position(written: string, field: Field): number | undefined {
  const word = field.words.indexOf(written.toLowerCase());
  if (word !== -1) return word + field.firstWord;
  const number = /^\d{1,2}$/.test(written) ? Number(written) : -1;
  return number >= field.low && number <= field.high ? number : undefined;
}
