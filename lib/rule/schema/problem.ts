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
  /** Set where a value may be a secret: then problems tell its type and length, never its text. */
  readonly discreet?: boolean;
}

/** Stands for a value that is wrong; the problem has been noted at its place. */
export const INVALID: unique symbol = Symbol('invalid');

/**
 * How one attribute is read: what is accepted, what it becomes, and how editors are told of it
 * (JSON Schema draft 2020-12). `absent` is what an attribute that is not there becomes; a schema
 * without it is required. `parse` never throws, whatever it is given.
 */
export interface Schema<T> {
  parse(value: unknown, place: Place): T | typeof INVALID;
  readonly json: JsonSchema;
  readonly absent?: { readonly value: T };
}

export type Parsed<S> = S extends Schema<infer T> ? T : never;

export interface About {
  /** One sentence for editors and the rules reference. */
  readonly about: string;
}

/** A map as JSON, YAML and DynamoDB have it: no Date, Set or other object with a class. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not compared with Object.prototype: objects may come from another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const LONGEST_QUOTE = 60;
/** Deeper than this a quote shows `…`; it also ends circles, which YAML's anchors can make. */
const DEEPEST_QUOTE = 3;

/** A value as an error text shows it: one line, bounded, never a wall of JSON, whatever it is. */
export function quote(value: unknown): string {
  const shown = value === undefined ? 'nothing' : written(value, 0);
  return shown.length > LONGEST_QUOTE ? `${shown.slice(0, LONGEST_QUOTE)}…` : shown;
}

function written(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST_QUOTE + 1));
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  if (!isList && !isPlain(value)) return kindOf(value);
  if (depth === DEEPEST_QUOTE) return '…';
  // Every entry takes two characters at least, so more of them could not be seen anyway.
  const keys = firstKeys(value, LONGEST_QUOTE / 2);
  const entries = keys.map((key) => {
    const entry = written((value as Readonly<Record<string, unknown>>)[key], depth + 1);
    return isList ? entry : `${JSON.stringify(key.slice(0, LONGEST_QUOTE))}:${entry}`;
  });
  return isList ? `[${entries.join(',')}]` : `{${entries.join(',')}}`;
}

function firstKeys(value: object, most: number): readonly string[] {
  const keys: string[] = [];
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    if (keys.push(key) >= most) break;
  }
  return keys;
}

/** What kind of value it is, in the words of the rules table. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Set) return kindOfSet(value);
  if (value instanceof Uint8Array) return 'binary data';
  return isPlain(value) ? 'a map' : `a value of type ${typeof value}`;
}

/** DynamoDB's sets arrive as Sets; of one kind each, so the first entry tells which. */
function kindOfSet(value: ReadonlySet<unknown>): string {
  const [first] = value;
  if (typeof first === 'string') return 'a string set';
  if (typeof first === 'number' || typeof first === 'bigint') return 'a number set';
  return 'a set';
}

/** A value as the place allows it to be shown: quoted, or only its kind where it may be a secret. */
export const show = (place: Place, value: unknown): string =>
  place.discreet === true ? kindOf(value) : quote(value);

/** Notes a problem at `place`, for checks that no combinator covers. */
export function note(place: Place, message: string): typeof INVALID {
  place.problems.push({ path: place.path, message });
  return INVALID;
}

/** Notes that something else was expected than what was found. */
export const refuse = (place: Place, accepted: string, found: unknown, hint = ''): typeof INVALID =>
  note(place, `expected ${accepted}, found ${show(place, found)}${hint}`);

const LONGEST_KEY = 60;
const PLAIN_KEY = /^[\w-]+$/;

/** The place of an entry: `metrics.orders`, `windows[2]`, `labels["app.kubernetes.io/name"]`. */
export function inside(place: Place, key: string | number): Place {
  const { path } = place;
  if (typeof key === 'number') return { ...place, path: `${path}[${key}]` };
  if (key.length > LONGEST_KEY) {
    return { ...place, path: `${path}[${JSON.stringify(key.slice(0, LONGEST_KEY))}…]` };
  }
  if (!PLAIN_KEY.test(key)) return { ...place, path: `${path}[${JSON.stringify(key)}]` };
  return { ...place, path: path === '' ? key : `${path}.${key}` };
}
