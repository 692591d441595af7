import { KafkaError } from './errors.ts';

/**
 * Kafka's primitive types (https://kafka.apache.org/protocol#protocol_types). "Compact" ones carry
 * their length plus one as a varint, and belong to the flexible versions of requests, where every
 * structure ends in tagged fields.
 */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(1024);
  #length = 0;

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** The place of the next `size` bytes. */
  #take(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }

  int8(value: number): void {
    const at = this.#take(1);
    this.#buffer.writeInt8(value, at);
  }

  int32(value: number): void {
    const at = this.#take(4);
    this.#buffer.writeInt32BE(value, at);
  }

  int64(value: bigint): void {
    const at = this.#take(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  uvarint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#take(1)] = (rest & 127) | 128;
      rest >>>= 7;
    }
    const at = this.#take(1);
    this.#buffer[at] = rest;
  }

  #text(value: string, size: number): void {
    const at = this.#take(size);
    this.#buffer.write(value, at, size, 'utf8');
  }

  string(value: string): void {
    const size = Buffer.byteLength(value);
    const at = this.#take(2);
    this.#buffer.writeInt16BE(size, at);
    this.#text(value, size);
  }

  compactString(value: string): void {
    const size = Buffer.byteLength(value);
    this.uvarint(size + 1);
    this.#text(value, size);
  }

  /** `undefined` is written as null, which is not the same as an empty list. */
  array<T>(items: readonly T[] | undefined, write: (item: T) => void): void {
    this.int32(items?.length ?? -1);
    for (const item of items ?? []) write(item);
  }

  compactArray<T>(items: readonly T[] | undefined, write: (item: T) => void): void {
    this.uvarint(items === undefined ? 0 : items.length + 1);
    for (const item of items ?? []) write(item);
  }

  noTags(): void {
    this.uvarint(0);
  }
}

const invalid = (what: string): KafkaError =>
  new KafkaError(
    'ANSWER_INVALID',
    `A broker’s answer cannot be read: ${what}`,
    'Is it a Kafka broker that listens there, and not a proxy or another service?',
  );

/** Reads what a broker sent. Whatever is malformed is an ANSWER_INVALID, never a loop or a crash. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  #take(size: number): number {
    const at = this.#at;
    if (size < 0 || at + size > this.#buffer.length) {
      throw invalid(`${size} bytes wanted at ${at} of ${this.#buffer.length}`);
    }
    this.#at = at + size;
    return at;
  }

  int8(): number {
    return this.#buffer.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#take(1));
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw invalid('a varint of more than 5 bytes');
  }

  #text(size: number): string {
    const at = this.#take(size);
    return this.#buffer.toString('utf8', at, at + size);
  }

  nullableString(): string | undefined {
    const size = this.int16();
    return size < 0 ? undefined : this.#text(size);
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableCompactString(): string | undefined {
    const size = this.uvarint();
    return size === 0 ? undefined : this.#text(size - 1);
  }

  compactString(): string {
    return this.nullableCompactString() ?? '';
  }

  /** Null reads as an empty list: none of the answers that are read here tell the two apart. */
  array<T>(read: () => T): T[] {
    return this.#items(this.int32(), read);
  }

  compactArray<T>(read: () => T): T[] {
    return this.#items(this.uvarint() - 1, read);
  }

  #items<T>(count: number, read: () => T): T[] {
    // No element is smaller than a byte, so that a wrong count ends here and not in a long loop.
    if (count > this.#buffer.length - this.#at) throw invalid(`a list of ${count} elements`);
    const items: T[] = [];
    for (let index = 0; index < count; index += 1) items.push(read());
    return items;
  }

  skipTags(): void {
    const count = this.uvarint();
    for (let index = 0; index < count; index += 1) {
      this.uvarint();
      this.#take(this.uvarint());
    }
  }
}
