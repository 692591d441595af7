import type { Problem } from '../schema.ts';

/** An attribute that was written under another name: its path here, the one written, and whose name it is. */
export interface Renamed {
  readonly own: string;
  readonly from: string;
  readonly of: string;
}

/** A map whose attributes are being given the names they have here. */
export class Renaming {
  readonly problems: Problem[] = [];
  readonly notes: Problem[] = [];
  readonly renamed: Renamed[] = [];
  readonly #written: Map<string, unknown>;

  constructor(attributes: Readonly<Record<string, unknown>>) {
    this.#written = new Map(Object.entries(attributes));
  }

  /** What is written, undefined for null, too, which means the same to the schema. */
  get(name: string): unknown {
    return this.#written.get(name) ?? undefined;
  }

  set(name: string, value: unknown): void {
    this.#written.set(name, value);
  }

  /** Removes an attribute and answers it. */
  take(name: string): unknown {
    const value = this.get(name);
    this.#written.delete(name);
    return value;
  }

  /** Gives an attribute its name here; one that has a value under that name already is a problem. */
  move(from: string, own: string, of: string, read: (value: unknown) => unknown = same): void {
    const value = this.take(from);
    if (value !== undefined) this.put({ from, own, of }, read(value));
  }

  put({ from, own, of }: Renamed, value: unknown): void {
    if (this.get(own) !== undefined) {
      const other = this.renamed.find((one) => one.own === own)?.from ?? own;
      this.note(from, `expected either ${other} or ${from}, found both`);
      return;
    }
    this.set(own, value);
    this.renamed.push({ own, from, of });
  }

  /** Notes a problem. */
  note(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  /** Takes over what was renamed in a map inside, which stands at `own` and was written at `from`. */
  adopt(own: string, from: string, inner: Renaming): void {
    for (const one of inner.renamed) {
      this.renamed.push({ ...one, own: `${own}.${one.own}`, from: `${from}.${one.from}` });
    }
    for (const { path, message } of inner.problems) this.note(`${from}.${path}`, message);
    for (const { path, message } of inner.notes) {
      this.notes.push({ path: `${from}.${path}`, message });
    }
  }

  attributes(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#written);
  }
}

const same = (value: unknown): unknown => value;

/** A bare number of seconds with its unit; anything else as it is, for the schema to judge. */
export function withUnit(value: unknown): unknown {
  const isSeconds =
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'string' && /^\d{1,9}$/.test(value));
  return isSeconds ? `${String(value)}s` : value;
}

/** HPA writes its words with a capital. */
export const lowered = (value: unknown): unknown =>
  typeof value === 'string' ? value.toLowerCase() : value;
