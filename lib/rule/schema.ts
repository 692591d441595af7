import type { SecretReference } from '../model/secrets.ts';
import { type Millis, millis } from '../model/units.ts';
import { nearest } from './nearest.ts';

/** One thing wrong with an input: where, and what was expected and found there. */
export interface Problem {
  /** The attribute's path, `metrics.orders.topic` or `windows[2].from`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Where a value stands, and where its problems go: all are reported at once, none is thrown. */
export interface Place {
  readonly path: string;
  readonly problems: Problem[];
}

/** Stands for a value that is wrong; the problem has been noted at its place. */
export const INVALID: unique symbol = Symbol('invalid');

/**
 * How one attribute is read: what is accepted, what it becomes, and how editors are told of it
 * (JSON Schema draft 2020-12). `absent` is what an attribute that is not there becomes; a schema
 * without it is required.
 */
export interface Schema<T> {
  parse(value: unknown, place: Place): T | typeof INVALID;
  readonly json: JsonSchema;
  readonly absent?: { readonly value: T };
}

export type Parsed<S> = S extends Schema<infer T> ? T : never;

const LONGEST_QUOTE = 60;

/** A value as an error text shows it: one line, bounded, never a wall of JSON. */
export function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

function refuse(place: Place, accepted: string, found: unknown): typeof INVALID {
  return note(place, `expected ${accepted}, found ${quote(found)}`);
}

/** Notes a problem at `place`, for checks that no combinator covers. */
export function note(place: Place, message: string): typeof INVALID {
  place.problems.push({ path: place.path, message });
  return INVALID;
}

export const inside = (place: Place, key: string | number): Place => ({
  path:
    typeof key === 'number'
      ? `${place.path}[${key}]`
      : place.path === ''
        ? key
        : `${place.path}.${key}`,
  problems: place.problems,
});

interface About {
  /** One sentence for editors and the rules reference. */
  readonly about: string;
}

export function text(
  options: About & { readonly pattern?: RegExp; readonly accepted?: string; readonly max?: number },
): Schema<string> {
  const max = options.max ?? 1024;
  const accepted = options.accepted ?? 'a text';
  return {
    parse(value, place) {
      if (typeof value !== 'string' || value === '') return refuse(place, accepted, value);
      if (value.length > max) {
        return note(place, `expected at most ${max} characters, found ${value.length}`);
      }
      if (options.pattern && !options.pattern.test(value)) return refuse(place, accepted, value);
      return value;
    },
    json: {
      type: 'string',
      minLength: 1,
      maxLength: max,
      description: options.about,
      ...(options.pattern ? { pattern: options.pattern.source } : {}),
    },
  };
}

export function number(
  options: About & { readonly min?: number; readonly max?: number; readonly whole?: boolean },
): Schema<number> {
  const { min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, whole = false } = options;
  const range =
    options.max === undefined
      ? options.min === undefined
        ? ''
        : `, ${min} or more`
      : ` from ${min} to ${max}`;
  const accepted = `${whole ? 'a whole number' : 'a number'}${range}`;
  return {
    parse(value, place) {
      const isNumber = typeof value === 'number' && Number.isFinite(value);
      if (!isNumber || (whole && !Number.isInteger(value)) || value < min || value > max) {
        return refuse(place, accepted, value);
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

export function flag(options: About): Schema<boolean> {
  return {
    parse: (value, place) =>
      typeof value === 'boolean' ? value : refuse(place, 'true or false', value),
    json: { type: 'boolean', description: options.about },
  };
}

export function choice<const Names extends readonly string[]>(
  names: Names,
  options: About,
): Schema<Names[number]> {
  return {
    parse(value, place) {
      const found = names.find((name) => name === value);
      if (found !== undefined) return found;
      return note(
        place,
        `expected one of ${names.join(', ')}, found ${quote(value)}${nearest(value, names)}`,
      );
    },
    json: { enum: [...names], description: options.about },
  };
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** A length of time as people write it, `15s`, `1.35s`, `1h30m`, `7d`; a bare number is refused. */
export function duration(
  options: About & { readonly min?: Millis; readonly max?: Millis },
): Schema<Millis> {
  const min = options.min ?? 0;
  const max = options.max ?? 365 * 86_400_000;
  const accepted = 'a length of time with its unit, such as 500ms, 15s, 5m, 1h30m or 7d';
  return {
    parse(value, place) {
      if (typeof value !== 'string' || !DURATION.test(value)) return refuse(place, accepted, value);
      let total = 0;
      for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
        total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
      }
      if (total < min || total > max) {
        return note(place, `expected between ${min} ms and ${max} ms, found ${quote(value)}`);
      }
      return millis(total);
    },
    json: { type: 'string', pattern: DURATION.source, description: options.about },
  };
}

/** A moment in ISO 8601 with its zone, as milliseconds since 1970. */
export function moment(options: About): Schema<number> {
  const pattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;
  return {
    parse(value, place) {
      const at = typeof value === 'string' && pattern.test(value) ? parseIso(value) : Number.NaN;
      if (!Number.isFinite(at)) {
        return refuse(place, 'a moment with its zone, such as 2026-11-27T06:00:00Z', value);
      }
      return at;
    },
    json: { type: 'string', format: 'date-time', description: options.about },
  };
}

/** Milliseconds since 1970 of an ISO 8601 text that matched `moment`'s pattern; NaN for a 30 February. */
function parseIso(iso: string): number {
  const parts = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)(?::(\d+)(\.\d+)?)?(?:Z|([+-])(\d+):(\d+))$/.exec(
    iso,
  );
  if (!parts) return Number.NaN;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '0',
    fraction = '0',
    sign = '+',
    zh = '0',
    zm = '0',
  ] = parts;
  const days = daysSinceEpoch(Number(year), Number(month), Number(day));
  const ofDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const offset = (Number(zh) * 3600 + Number(zm) * 60) * (sign === '-' ? -1 : 1);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  return (days * 86_400 + ofDay - offset) * 1000 + Math.trunc(Number(fraction) * 1000);
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar; NaN for a date that does not exist. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const length = lengths[month - 1];
  if (length === undefined || day < 1 || day > length) return Number.NaN;
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const ofYear = lengths.slice(0, month - 1).reduce((sum, days) => sum + days, 0);
  return before * 365 + leaps + ofYear + day - 1 - 719_162;
}

export function list<T>(
  item: Schema<T>,
  options: About & { readonly max: number },
): Schema<readonly T[]> {
  return {
    parse(value, place) {
      if (!Array.isArray(value)) return refuse(place, 'a list', value);
      if (value.length > options.max) {
        return note(place, `expected at most ${options.max} entries, found ${value.length}`);
      }
      const items = value.map((entry: unknown, at) => item.parse(entry, inside(place, at)));
      return items.includes(INVALID) ? INVALID : (items as readonly T[]);
    },
    json: { type: 'array', items: item.json, maxItems: options.max, description: options.about },
  };
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A map from names of the operator's choosing to values of one kind. */
export function record<T>(
  item: Schema<T>,
  options: About & { readonly key: RegExp; readonly keyAccepted: string; readonly max: number },
): Schema<Readonly<Record<string, T>>> {
  return {
    parse(value, place) {
      if (!isPlain(value)) return refuse(place, 'a map', value);
      const keys = Object.keys(value);
      if (keys.length > options.max) {
        return note(place, `expected at most ${options.max} entries, found ${keys.length}`);
      }
      let valid = true;
      const entries: [string, T][] = [];
      for (const key of keys) {
        const here = inside(place, key);
        if (!options.key.test(key)) {
          note(here, `expected ${options.keyAccepted} as name, found ${quote(key)}`);
          valid = false;
          continue;
        }
        const parsed = item.parse(value[key], here);
        if (parsed === INVALID) valid = false;
        else entries.push([key, parsed]);
      }
      return valid ? Object.fromEntries(entries) : INVALID;
    },
    json: {
      type: 'object',
      additionalProperties: item.json,
      propertyNames: { pattern: options.key.source },
      maxProperties: options.max,
      description: options.about,
    },
  };
}

type Fields = Readonly<Record<string, Schema<unknown>>>;
export type ObjectOf<F extends Fields> = { readonly [K in keyof F]: Parsed<F[K]> };

export interface ObjectSchema<T> extends Schema<T> {
  readonly fields: Fields;
}

/** An object of known attributes; an unknown one is refused with the nearest known name. */
export function object<const F extends Fields>(
  fields: F,
  options: About,
): ObjectSchema<ObjectOf<F>> {
  const known = Object.keys(fields);
  return {
    fields,
    parse(value, place) {
      if (!isPlain(value)) return refuse(place, `a map with ${known.join(', ')}`, value);
      let valid = true;
      for (const key of Object.keys(value)) {
        if (Object.hasOwn(fields, key)) continue;
        note(
          inside(place, key),
          `unknown attribute; accepted here: ${known.join(', ')}${nearest(key, known)}`,
        );
        valid = false;
      }
      const out: Record<string, unknown> = {};
      for (const [key, schema] of Object.entries(fields)) {
        const here = inside(place, key);
        const present =
          Object.hasOwn(value, key) && value[key] !== undefined && value[key] !== null;
        if (!present && schema.absent === undefined) {
          note(here, `is required: ${String(schema.json['description'] ?? 'give a value')}`);
          valid = false;
          continue;
        }
        const parsed = present ? schema.parse(value[key], here) : schema.absent?.value;
        if (parsed === INVALID) valid = false;
        else out[key] = parsed;
      }
      return valid ? (out as ObjectOf<F>) : INVALID;
    },
    json: {
      type: 'object',
      properties: Object.fromEntries(known.map((key) => [key, fields[key]?.json])),
      required: known.filter((key) => fields[key]?.absent === undefined),
      additionalProperties: false,
      description: options.about,
    },
  };
}

export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return { ...schema, absent: { value: undefined } };
}

export function withDefault<T>(schema: Schema<T>, value: T, shown: unknown = value): Schema<T> {
  return { ...schema, absent: { value }, json: { ...schema.json, default: shown } };
}

/**
 * One of several objects, told apart by their `kind`, which `variants` is keyed by. The parsed
 * value is the variant's, with `kind` in it.
 */
export function byKind<V extends Readonly<Record<string, ObjectSchema<object>>>>(
  variants: V,
  options: About,
): Schema<{ readonly kind: string } & Readonly<Record<string, unknown>>> {
  const kinds = Object.keys(variants);
  const choose = choice(kinds, { about: `One of ${kinds.join(', ')}.` });
  return {
    parse(value, place) {
      if (!isPlain(value)) return refuse(place, 'a map with a kind', value);
      const kind = choose.parse(value['kind'], inside(place, 'kind'));
      if (kind === INVALID) return INVALID;
      const { kind: _, ...rest } = value;
      const parsed = variants[kind]?.parse(rest, place);
      return parsed === undefined || parsed === INVALID ? INVALID : { ...parsed, kind };
    },
    json: {
      description: options.about,
      oneOf: kinds.map((kind) => {
        const json = variants[kind]?.json ?? {};
        const required = (json['required'] ?? []) as readonly string[];
        const properties = { kind: { const: kind }, ...(json['properties'] as object) };
        return { ...json, properties, required: ['kind', ...required] };
      }),
    },
  };
}

/** A value that two kinds of writing are accepted for; `first` is tried where `isFirst` says so. */
export function either<A, B>(
  isFirst: (value: unknown) => boolean,
  first: Schema<A>,
  second: Schema<B>,
): Schema<A | B> {
  return {
    parse: (value, place) =>
      isFirst(value) ? first.parse(value, place) : second.parse(value, place),
    json: { anyOf: [first.json, second.json] },
  };
}

/** The same schema with its value made into something else. */
export function mapped<A, B>(
  schema: Schema<A>,
  map: (value: A, place: Place) => B | typeof INVALID,
): Schema<B> {
  return {
    parse(value, place) {
      const parsed = schema.parse(value, place);
      return parsed === INVALID ? INVALID : map(parsed, place);
    },
    json: schema.json,
  };
}

/** A reference to a secret, never the secret: what was written there is not even repeated in the error. */
export function secret(options: About): Schema<SecretReference> {
  const pattern = /^(env|ssm|secretsmanager):(\S+)$/;
  return {
    parse(value, place) {
      const match = typeof value === 'string' ? pattern.exec(value) : null;
      if (!match) {
        // What was found is not repeated: it may be the secret itself.
        return note(
          place,
          'expected a reference to a secret (env:NAME, ssm:/path or secretsmanager:id), found something else',
        );
      }
      return { from: match[1] as SecretReference['from'], name: match[2] ?? '' };
    },
    json: { type: 'string', pattern: pattern.source, description: options.about },
  };
}
