import { assertNever } from '../../model/errors.ts';
import { quote } from '../../rule/schema.ts';

/** One step into a document. */
export type JsonStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'every' };

/**
 * A path into a JSON document, the part of RFC 9535 that names one place or every entry of a list:
 * `$`, `.name`, `['any name']`, `[0]`, `[-1]` and `[*]`, and `.length()` at its end.
 */
export interface JsonPath {
  readonly text: string;
  readonly steps: readonly JsonStep[];
  /** The path ends in `.length()`: how many entries there are. */
  readonly length: boolean;
  /** The path has a `[*]`, so it names many values. */
  readonly many: boolean;
}

export type JsonPathParsed =
  | { readonly path: JsonPath }
  /** What is wrong, and at which character, counted from 1. */
  | { readonly problem: string };

/** Deeper than any document people write by hand, and a bound on the work of one path. */
const MOST_STEPS = 32;

const MEMBER = /\.([\p{L}_][\p{L}\p{N}_-]*)/uy;
const LENGTH = /\.length\(\)$/y;
const QUOTED = /\[(?:'((?:[^'\\]|\\['\\])*)'|"((?:[^"\\]|\\["\\])*)")\]/y;
const INDEX = /\[(-?\d{1,9})\]/y;
const EVERY = /(?:\[\*\]|\.\*)/y;

/** Reads a path, or says what is wrong with it. */
export function parseJsonPath(text: string): JsonPathParsed {
  if (!text.startsWith('$')) return { problem: `must start with $, found ${quote(text)}` };
  const steps: JsonStep[] = [];
  let at = 1;
  let length = false;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  while (at < text.length) {
    if (steps.length >= MOST_STEPS) return { problem: `has more than ${MOST_STEPS} steps` };
    if (match(LENGTH)) {
      length = true;
      continue;
    }
    const step = readStep(match);
    if (!step) {
      return {
        problem:
          `has something at character ${at + 1} that is none of .name, ['name'], [0], [*] and ` +
          `a final .length(): ${quote(text.slice(at))}`,
      };
    }
    steps.push(step);
  }
  return { path: { text, steps, length, many: steps.some(({ kind }) => kind === 'every') } };
}

function readStep(match: (pattern: RegExp) => RegExpExecArray | null): JsonStep | undefined {
  const member = match(MEMBER);
  if (member) return { kind: 'member', name: member[1] ?? '' };
  const quoted = match(QUOTED);
  if (quoted) {
    const name = (quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/gu, '$1');
    return { kind: 'member', name };
  }
  const index = match(INDEX);
  if (index) return { kind: 'index', at: Number(index[1]) };
  return match(EVERY) ? { kind: 'every' } : undefined;
}

/** What a path leads to, or the place where the document ends before the path does. */
export type JsonFound = { readonly found: readonly unknown[] } | { readonly nothingAt: string };

/**
 * Every value the path names, in the document's order: one, unless it has a `[*]`. A list that is
 * there and empty is found with no values; a member that is not there is not found.
 */
export function followJsonPath(document: unknown, path: JsonPath): JsonFound {
  let here: readonly unknown[] = [document];
  let walked = '$';
  for (const step of path.steps) {
    const next: unknown[] = [];
    walked += shown(step);
    for (const value of here) {
      const inside = enter(value, step);
      if (inside === undefined) return { nothingAt: walked };
      for (const entry of inside) next.push(entry);
    }
    here = next;
  }
  if (!path.length) return { found: here };
  const lengths = here.map((value) => lengthOf(value));
  if (lengths.includes(undefined)) return { nothingAt: `${walked}.length()` };
  return { found: lengths };
}

function enter(value: unknown, step: JsonStep): readonly unknown[] | undefined {
  switch (step.kind) {
    case 'member':
      return isMap(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : undefined;
    case 'index': {
      if (!Array.isArray(value)) return undefined;
      const at = step.at < 0 ? value.length + step.at : step.at;
      return at >= 0 && at < value.length ? [value[at]] : undefined;
    }
    case 'every':
      if (Array.isArray(value)) return value;
      return isMap(value) ? Object.values(value) : undefined;
    default:
      return assertNever(step);
  }
}

function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : undefined;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function shown(step: JsonStep): string {
  if (step.kind === 'every') return '[*]';
  if (step.kind === 'index') return `[${step.at}]`;
  return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(step.name) ? `.${step.name}` : `['${step.name}']`;
}

/** A decimal number as JSON writes it; what a text must be to count as one. */
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The finite number a JSON value stands for. A text is accepted when all of it is a JSON number,
 * since many APIs write counts as texts to keep 64 bits; anything else is no number.
 */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
