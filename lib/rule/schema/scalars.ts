import { nearest } from '../../model/nearest.ts';
import type { SecretReference } from '../../model/secrets.ts';
import { type About, note, refuse, type Schema, show } from './problem.ts';

/** A text of at most `max` characters (1,024 unless told), and not empty unless `empty` allows it. */
export function text(
  options: About & {
    readonly pattern?: RegExp;
    readonly accepted?: string;
    readonly max?: number;
    readonly empty?: boolean;
  },
): Schema<string> {
  const max = options.max ?? 1024;
  const accepted = options.accepted ?? 'a text';
  return {
    parse(value, place) {
      if (typeof value !== 'string') return refuse(place, accepted, value, TEXT_HINT[typeof value]);
      if (value === '' && options.empty !== true) return refuse(place, accepted, value);
      if (value.length > max) {
        return note(place, `expected at most ${max} characters, found ${value.length}`);
      }
      if (options.pattern && !options.pattern.test(value)) return refuse(place, accepted, value);
      return value;
    },
    json: {
      type: 'string',
      ...(options.empty === true ? {} : { minLength: 1 }),
      maxLength: max,
      description: options.about,
      ...(options.pattern ? { pattern: options.pattern.source } : {}),
    },
  };
}

/** YAML and the table's console turn unquoted words into something else. */
const TEXT_HINT: Readonly<Partial<Record<string, string>>> = {
  number: ', which is a number: make it text (quotes in YAML, type S in the table)',
  boolean: ': make it text (quotes in YAML, type S in the table)',
};

/** A finite number; a number written as text (DynamoDB's S for N) is refused, and told so. */
export function number(
  options: About & { readonly min?: number; readonly max?: number; readonly whole?: boolean },
): Schema<number> {
  const { min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, whole = false } = options;
  const bounded =
    options.min === undefined
      ? `, ${max} or less`
      : options.max === undefined
        ? `, ${min} or more`
        : ` from ${min} to ${max}`;
  const range = options.min === undefined && options.max === undefined ? '' : bounded;
  const accepted = `${whole ? 'a whole number' : 'a number'}${range}`;
  return {
    parse(value, place) {
      const isNumber = typeof value === 'number' && Number.isFinite(value);
      if (!isNumber || (whole && !Number.isInteger(value)) || value < min || value > max) {
        return refuse(place, accepted, value, isWrittenNumber(value) ? TEXT_FOR_NUMBER : '');
      }
      return value;
    },
    json: {
      type: whole ? 'integer' : 'number',
      description: options.about,
      ...(options.min === undefined ? {} : { minimum: min }),
      ...(options.max === undefined ? {} : { maximum: max }),
    },
  };
}

const TEXT_FOR_NUMBER =
  ', which is text: make it a number (type N in the table, no quotes in YAML)';

const isWrittenNumber = (value: unknown): boolean =>
  typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value);

export function flag(options: About): Schema<boolean> {
  return {
    parse: (value, place) =>
      typeof value === 'boolean' ? value : refuse(place, 'true or false', value),
    json: { type: 'boolean', description: options.about },
  };
}

/** One of a few words; another one is refused with the nearest of them. */
export function choice<const Names extends readonly string[]>(
  names: Names,
  options: About,
): Schema<Names[number]> {
  return {
    parse(value, place) {
      const found = names.find((name) => name === value);
      if (found !== undefined) return found;
      const accepted = names.length === 1 ? String(names[0]) : `one of ${names.join(', ')}`;
      return note(
        place,
        `expected ${accepted}, found ${show(place, value)}${nearest(value, names)}`,
      );
    },
    json: { enum: [...names], description: options.about },
  };
}

const SECRET = /^(env|ssm|secretsmanager):([^\s:#][^\s]{0,1023})$/;

/** A reference to a secret, never the secret: what was written there is not repeated in the error. */
export function secret(options: About): Schema<SecretReference> {
  return {
    parse(value, place) {
      const match = typeof value === 'string' ? SECRET.exec(value) : null;
      if (!match) {
        return note(
          place,
          'expected a reference to a secret (env:NAME, ssm:/path or secretsmanager:id), found something else, which is not shown because it may be the secret',
        );
      }
      return { from: match[1] as SecretReference['from'], name: match[2] ?? '' };
    },
    json: { type: 'string', pattern: SECRET.source, description: options.about },
  };
}
