import { isPlain, quote } from '../rule/schema.ts';
import { RecordingError } from './recordings.ts';

const OFFSET = /^-?\d{1,20}$/;
const ODD_NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

/** A value of a recorded line and where it stands, so that whatever is wrong is said with its path. */
export class Field {
  readonly #value: unknown;
  readonly #path: string;
  readonly #place: string;

  /** `place` is the file and line; `path` the attributes down to here, empty for the whole line. */
  constructor(value: unknown, path: string, place: string) {
    this.#value = value;
    this.#path = path;
    this.#place = place;
  }

  /** Throws RECORDING_INVALID: what was expected here, and what was found. */
  refuse(expected: string): never {
    const at = this.#path === '' ? '' : `${this.#path}: `;
    throw new RecordingError(
      'RECORDING_INVALID',
      `${this.#place}: ${at}expected ${expected}, found ${quote(this.#value)}`,
      'The file is damaged or was edited.',
    );
  }

  get(key: string | number): Field {
    const value = this.#value;
    const isList = typeof key === 'number';
    if (isList ? !Array.isArray(value) : !isPlain(value)) {
      this.refuse(isList ? 'a list' : 'an object');
    }
    const own = Object.hasOwn(value as object, key);
    const found = own ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined;
    return new Field(found, this.#inside(key), this.#place);
  }

  has(key: string): boolean {
    return isPlain(this.#value) && Object.hasOwn(this.#value, key);
  }

  /** This field where it is there. */
  optional(): this | undefined {
    return this.#value === undefined ? undefined : this;
  }

  nullable<T>(read: (field: this) => T): T | null {
    return this.#value === null ? null : read(this);
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.refuse('a text');
  }

  number(): number {
    return typeof this.#value === 'number' ? this.#value : this.refuse('a number');
  }

  /** A number or what JSON has none for, as `encode.ts` writes it. */
  anyNumber(): number {
    const value = this.#value;
    if (typeof value === 'number') return value;
    const odd = typeof value === 'string' && Object.hasOwn(ODD_NUMBERS, value);
    return (odd ? ODD_NUMBERS[value] : undefined) ?? this.refuse('a number');
  }

  /** An offset, as a text of digits. */
  offset(): bigint {
    const value = this.#value;
    if (typeof value !== 'string' || !OFFSET.test(value)) this.refuse('a text of digits');
    return BigInt(value);
  }

  oneOf<const Word extends string>(words: readonly Word[]): Word {
    return (
      words.find((word) => word === this.#value) ??
      this.refuse(`one of ${words.map((word) => JSON.stringify(word)).join(', ')}`)
    );
  }

  list<T>(read: (entry: Field) => T): readonly T[] {
    if (!Array.isArray(this.#value)) this.refuse('a list');
    return (this.#value as unknown[]).map((_, at) => read(this.get(at)));
  }

  mapped<T>(read: (entry: Field) => T): Readonly<Record<string, T>> {
    if (!isPlain(this.#value)) this.refuse('an object');
    return Object.fromEntries(
      Object.keys(this.#value as object).map((key) => [key, read(this.get(key))]),
    );
  }

  /** The value as it is, for what is checked otherwise. */
  raw(): unknown {
    return this.#value;
  }

  #inside(key: string | number): string {
    if (typeof key === 'number') return `${this.#path}[${key}]`;
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }
}
