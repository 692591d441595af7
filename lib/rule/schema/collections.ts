import {
  type About,
  INVALID,
  inside,
  isPlain,
  note,
  quote,
  refuse,
  type Schema,
} from './problem.ts';

/** A list of values of one kind. A text is not a list of its characters (instance-scheduler#247). */
export function list<T>(
  item: Schema<T>,
  options: About & { readonly max: number; readonly min?: number },
): Schema<readonly T[]> {
  const { min = 0, max } = options;
  return {
    parse(value, place) {
      if (!Array.isArray(value)) return refuse(place, 'a list', value, listHint(value));
      if (value.length > max) {
        return note(place, `expected at most ${max} entries, found ${value.length}`);
      }
      if (value.length < min) {
        return note(
          place,
          `expected at least ${min} ${min === 1 ? 'entry' : 'entries'}, found ${value.length}`,
        );
      }
      // Array.from, because map would step over the holes of a sparse array.
      const items = Array.from(value as readonly unknown[], (entry, at) =>
        item.parse(entry, inside(place, at)),
      );
      return items.includes(INVALID) ? INVALID : (items as readonly T[]);
    },
    json: {
      type: 'array',
      items: item.json,
      ...(min > 0 ? { minItems: min } : {}),
      maxItems: max,
      description: options.about,
    },
  };
}

function listHint(value: unknown): string {
  if (value instanceof Set) return ': use the type list (L) instead';
  return isPlain(value) || typeof value === 'string' ? ': put it between [ and ]' : '';
}

/** A map from names of the operator's choosing to values of one kind. */
export function record<T>(
  item: Schema<T>,
  options: About & {
    readonly key: RegExp;
    readonly keyAccepted: string;
    readonly max: number;
    readonly min?: number;
  },
): Schema<Readonly<Record<string, T>>> {
  const { key: pattern, keyAccepted, max, min = 0 } = options;
  const accepts = (key: string): boolean =>
    key.length <= LONGEST_NAME && key !== '__proto__' && pattern.test(key);
  return {
    parse(value, place) {
      if (!isPlain(value)) return refuse(place, 'a map', value);
      const keys = Object.keys(value);
      if (keys.length > max || keys.length < min) {
        const bound = keys.length > max ? `at most ${max}` : `at least ${min}`;
        const noun = (keys.length > max ? max : min) === 1 ? 'entry' : 'entries';
        return note(place, `expected ${bound} ${noun}, found ${keys.length}`);
      }
      const entries = keys.map((key): [string, T | typeof INVALID] => {
        const here = inside(place, key);
        if (!accepts(key))
          return [key, note(here, `expected ${keyAccepted} as name, found ${quote(key)}`)];
        return [key, item.parse(value[key], here)];
      });
      const valid = entries.filter((entry): entry is [string, T] => entry[1] !== INVALID);
      return valid.length === entries.length ? Object.fromEntries(valid) : INVALID;
    },
    json: {
      type: 'object',
      additionalProperties: item.json,
      propertyNames: { pattern: pattern.source },
      ...(min > 0 ? { minProperties: min } : {}),
      maxProperties: max,
      description: options.about,
    },
  };
}

/** Kubernetes allows 253 + 1 + 63 characters for the name of a label; nothing has longer ones. */
const LONGEST_NAME = 317;
