/**
 * What expressions work on. A float is a number, an int a bigint of at most 64 bits, nil is null.
 * A flat record of numbers (a metric with several figures) may be handed in; inside it is a map.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Value[]
  | ValueMap
  | Readonly<Record<string, number>>
  | Duration
  | Moment
  | Zone
  | CalendarName;

export type ValueMap = ReadonlyMap<Value, Value>;

/** A length of time in nanoseconds, at most 292 years either way. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = BigInt.asIntN(64, nanos);
  }
}

/** A moment, in nanoseconds since 1970 (any year from 0 to 9999), and the zone it is shown in. */
export class Moment {
  readonly nanos: bigint;
  readonly zone: Zone;
  constructor(nanos: bigint, zone: Zone) {
    this.nanos = nanos;
    this.zone = zone;
  }
}

/** How far ahead of UTC a zone is at a moment, and what it is called then. */
export interface Offset {
  readonly seconds: number;
  readonly abbreviation: string;
}

/** A time zone: its name, and its offset at a number of seconds since 1970. */
export class Zone {
  readonly name: string;
  readonly offsetAt: (epochSeconds: number) => Offset;
  constructor(name: string, offsetAt: (epochSeconds: number) => Offset) {
    this.name = name;
    this.offsetAt = offsetAt;
  }
}

/** A month (1 to 12) or a weekday (0 = Sunday): a number that has a name and is no int. */
export class CalendarName {
  readonly kind: 'month' | 'weekday';
  readonly number: number;
  constructor(kind: 'month' | 'weekday', number: number) {
    this.kind = kind;
    this.number = number;
  }
}

/** A map whose keys may be of any kind (`groupBy`, `fromPairs`), and what it gives for others. */
export class LooseMap extends Map<Value, Value> {
  readonly absent: Value;
  constructor(absent: Value, entries: readonly (readonly [Value, Value])[] = []) {
    super(entries);
    this.absent = absent;
  }
}

/** A missing group of `groupBy`: an array without elements that counts as nil. */
export const NO_GROUP: readonly Value[] = Object.freeze([]);

export const isNil = (value: Value | undefined): boolean =>
  value === null || value === undefined || value === NO_GROUP;

export const isArray = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isMap = (value: Value): value is ValueMap => value instanceof Map;

/** How messages call the type of a value. */
export function kindOf(value: Value): string {
  if (value === null) return 'nil';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (isArray(value)) return 'array';
  if (value instanceof Duration) return 'duration';
  if (value instanceof Moment) return 'time';
  if (value instanceof Zone) return 'zone';
  return value instanceof CalendarName ? value.kind : 'map';
}

/** A map may be keyed by anything that is equal to itself when it is made twice. */
export const isKey = (value: Value): boolean => value === null || typeof value !== 'object';

/** What was handed in as a record becomes a map; all else is a value already. */
export function imported(value: Value): Value {
  if (value === null || typeof value !== 'object' || isArray(value) || isMap(value)) return value;
  const { constructor } = value;
  if (constructor === undefined || constructor === Object) {
    return new Map<Value, Value>(Object.entries(value as Readonly<Record<string, number>>));
  }
  return value;
}
