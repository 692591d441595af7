import { nearest } from '../../model/nearest.ts';
import {
  type About,
  INVALID,
  inside,
  isPlain,
  type JsonSchema,
  note,
  type Parsed,
  type Place,
  refuse,
  type Schema,
} from './problem.ts';
import { choice } from './scalars.ts';

type Fields = Readonly<Record<string, Schema<unknown>>>;
export type ObjectOf<F extends Fields> = { readonly [K in keyof F]: Parsed<F[K]> };

export interface ObjectSchema<T> extends Schema<T> {
  readonly fields: Fields;
}

/** Says why an attribute that somebody wrote is not one; undefined where it has nothing to say. */
export type Explain = (key: string) => string | undefined;

/** Notes what is wrong between attributes; those that are themselves wrong are not there. */
export type Check<T> = (found: Readonly<Partial<T>>, place: Place) => void;

/** More unknown attributes than this are counted, not listed. */
const MOST_UNKNOWN_LISTED = 10;

/** Notes every key of `value` that is not known, with the nearest known name. */
function onlyKnown(value: object, known: readonly string[], place: Place, explain?: Explain): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  for (const key of unknown.slice(0, MOST_UNKNOWN_LISTED)) {
    const accepted = `accepted here: ${known.join(', ')}${nearest(key, known)}`;
    note(inside(place, key), `unknown attribute; ${explain?.(key) ?? accepted}`);
  }
  const more = unknown.length - MOST_UNKNOWN_LISTED;
  if (more > 0) note(place, `${more} more unknown attributes`);
}

/** The attributes that `fields` name, those that are right; what else is in `value` is left alone. */
function parseFields<F extends Fields>(
  fields: F,
  value: Readonly<Record<string, unknown>>,
  place: Place,
): Partial<ObjectOf<F>> {
  const entries: [string, unknown][] = [];
  for (const [key, schema] of Object.entries(fields)) {
    const here = inside(place, key);
    const found = Object.hasOwn(value, key) ? value[key] : undefined;
    const present = found !== undefined && found !== null;
    if (!present && schema.absent === undefined) {
      note(here, `is required: ${about(schema)}`);
      continue;
    }
    const parsed = present ? schema.parse(found, here) : schema.absent?.value;
    if (parsed !== INVALID) entries.push([key, parsed]);
  }
  return Object.fromEntries(entries) as Partial<ObjectOf<F>>;
}

/** What an attribute is about, as the rest of a sentence. */
function about({ json: { description } }: Schema<unknown>): string {
  if (typeof description !== 'string') return 'give a value';
  return description.slice(0, 1).toLowerCase() + description.slice(1);
}

/** An object of known attributes; an unknown one is refused with the nearest known name. */
export function object<const F extends Fields>(
  fields: F,
  options: About & { readonly explain?: Explain; readonly check?: Check<ObjectOf<F>> },
): ObjectSchema<ObjectOf<F>> {
  const known = Object.keys(fields);
  return {
    fields,
    parse(value, place) {
      if (!isPlain(value)) return refuse(place, `a map with ${known.join(', ')}`, value);
      const before = place.problems.length;
      onlyKnown(value, known, place, options.explain);
      const found = parseFields(fields, value, place);
      options.check?.(found, place);
      return place.problems.length > before ? INVALID : (found as ObjectOf<F>);
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

/** `shown` is the default as a person would write it, for editors. */
export function withDefault<T>(schema: Schema<T>, value: T, shown: unknown = value): Schema<T> {
  return { ...schema, absent: { value }, json: { ...schema.json, default: shown } };
}

type Variants = Readonly<Record<string, ObjectSchema<object>>>;

/** What a kind and its attributes became; `shared` are those that all kinds have. */
export interface OfKind<S> {
  readonly kind: string;
  readonly shared: S;
  readonly own: object;
}

/**
 * One of several objects, told apart by their `kind`, which `variants` is keyed by. `sharedOf`
 * gives the attributes that every kind has beside its own, though they may accept different
 * values in each; for an unknown kind it is asked with undefined, so that they are checked anyway.
 */
export function kinds<const F extends Fields>(
  variants: Variants,
  sharedOf: (kind: string | undefined) => F,
  options: About & { readonly explain?: Explain },
): Schema<OfKind<ObjectOf<F>>> {
  const names = Object.keys(variants);
  const choose = choice(names, { about: `One of ${names.join(', ')}.` });
  const anyShared = sharedOf(undefined);
  const shared = new Map(names.map((name) => [name, sharedOf(name)]));
  const sharedNames = ['kind', ...Object.keys(anyShared)];
  return {
    parse(value, place) {
      if (!isPlain(value)) return refuse(place, `a map with ${sharedNames.join(', ')}`, value);
      const before = place.problems.length;
      const written = Object.hasOwn(value, 'kind') ? value['kind'] : undefined;
      const kind = choose.parse(written, inside(place, 'kind'));
      const fields = kind === INVALID ? anyShared : (shared.get(kind) ?? anyShared);
      const common = parseFields(fields, value, place);
      const variant = kind === INVALID ? undefined : variants[kind];
      // Which other attributes belong here, only the kind could tell.
      if (kind === INVALID || variant === undefined) return INVALID;
      const ownNames = Object.keys(variant.fields);
      onlyKnown(value, [...sharedNames, ...ownNames], place, options.explain);
      const entries = Object.entries(value).filter(([key]) => ownNames.includes(key));
      const own = variant.parse(Object.fromEntries(entries), place);
      if (own === INVALID || place.problems.length > before) return INVALID;
      return { kind, shared: common as ObjectOf<F>, own };
    },
    json: {
      description: options.about,
      oneOf: names.map((name) =>
        kindJson(name, shared.get(name) ?? anyShared, variants[name]?.json ?? {}),
      ),
    },
  };
}

function kindJson(name: string, shared: Fields, own: JsonSchema): JsonSchema {
  const ofShared = Object.entries(shared);
  const sharedJson = Object.fromEntries(ofShared.map(([key, field]) => [key, field.json]));
  const required = ofShared.filter(([, field]) => field.absent === undefined).map(([key]) => key);
  return {
    ...own,
    properties: { kind: { const: name }, ...sharedJson, ...(own['properties'] as object) },
    required: ['kind', ...required, ...((own['required'] ?? []) as readonly string[])],
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

/** The same schema with its value made into something else; default and optionality stay outside. */
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

/** The same schema for values that may hold a secret: its problems never repeat what was found. */
export function discreet<T>(schema: Schema<T>): Schema<T> {
  return {
    ...schema,
    parse: (value, place) => schema.parse(value, { ...place, discreet: true }),
  };
}
