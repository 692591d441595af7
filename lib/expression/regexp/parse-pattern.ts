import { ALL_BUT_NEWLINE, ANY_CHARACTER, literalSet } from './charset.ts';
import { readBracketClass, readEscape, readNamedClass } from './parse-class.ts';
import {
  accept,
  type Assertion,
  type Flags,
  next,
  type Pattern,
  peek,
  type Reader,
} from './syntax.ts';

/** Groups within groups; a formula's pattern has two or three. */
const MAX_GROUPS = 100;
/** RE2's own limit on a counted repetition. */
const MAX_COUNT = 1000;

const NO_FLAGS: Flags = { i: false, s: false, m: false };

/** Takes a pattern of RE2's syntax apart; `fail` is told what is wrong with one that is not. */
export function parsePattern(text: string, fail: (what: string) => never): Pattern {
  const reader: Reader = { text, position: 0, depth: 0, fail };
  const pattern = readChoice(reader, NO_FLAGS);
  if (peek(reader) !== '') fail('a ) closes nothing');
  return pattern;
}

/** `a|b|c`, up to the end or a closing bracket. Flags set inside hold to the end of the group. */
function readChoice(reader: Reader, start: Flags): Pattern {
  const options: Pattern[] = [];
  let parts: Pattern[] = [];
  let flags = start;
  for (;;) {
    const character = peek(reader);
    if (character === '|') {
      next(reader);
      options.push({ kind: 'sequence', parts });
      parts = [];
    } else if (character === '' || character === ')') {
      options.push({ kind: 'sequence', parts });
      const [only] = options;
      return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
    } else {
      const changed = readFlags(reader, flags);
      // A repetition behind a change of flags is one of what stands before the change.
      const more =
        changed === undefined
          ? readRepeated(reader, flags)
          : parts.splice(-1).map((last) => repeated(reader, last));
      parts.push(...more);
      flags = changed ?? flags;
    }
  }
}

/** `(?im-s)`, which changes flags from here on. */
function readFlags(reader: Reader, flags: Flags): Flags | undefined {
  const found = accept(reader, /\(\?([imsU]*)(?:-([imsU]+))?\)/uy);
  if (found === undefined) return undefined;
  return withFlags(flags, found[1] ?? '', found[2] ?? '');
}

const withFlags = (flags: Flags, on: string, off: string): Flags => {
  const flag = (name: 'i' | 's' | 'm'): boolean =>
    (flags[name] || on.includes(name)) && !off.includes(name);
  return { i: flag('i'), s: flag('s'), m: flag('m') };
};

/** One thing and how often it may come. A quoted text is several things, only the last repeated. */
function readRepeated(reader: Reader, flags: Flags): readonly Pattern[] {
  const atoms = readAtoms(reader, flags);
  const last = atoms.at(-1);
  if (last !== undefined) return [...atoms.slice(0, -1), repeated(reader, last)];
  return readCount(reader) === undefined ? atoms : reader.fail('there is nothing to repeat');
}

/** A part as often as the repetition behind it says, if there is one. */
function repeated(reader: Reader, body: Pattern): Pattern {
  const count = readCount(reader);
  if (count === undefined) return body;
  accept(reader, /\?/uy);
  if (readCount(reader) !== undefined) reader.fail('a repetition is repeated');
  return { kind: 'repeat', body, ...count };
}

function readCount(reader: Reader): { min: number; max: number } | undefined {
  const mark = accept(reader, /[*+?]/uy)?.[0];
  if (mark !== undefined) {
    return { min: mark === '+' ? 1 : 0, max: mark === '?' ? 1 : Number.POSITIVE_INFINITY };
  }
  const counted = accept(reader, /\{(\d+)(?:(,)(\d*))?\}/uy);
  if (counted === undefined) return undefined;
  const [, low = '', comma, high = ''] = counted;
  const min = Number(low);
  const max = comma === undefined ? min : high === '' ? Number.POSITIVE_INFINITY : Number(high);
  const most = Number.isFinite(max) ? max : min;
  if (most > MAX_COUNT || max < min) reader.fail(`${counted[0]} is no count up to ${MAX_COUNT}`);
  return { min, max };
}

const assert = (assertion: Assertion): Pattern => ({ kind: 'assert', assertion });

const ESCAPED_ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: 'text-start',
  z: 'text-end',
  b: 'word',
  B: 'not-word',
};

function readAtoms(reader: Reader, flags: Flags): readonly Pattern[] {
  const quoted = accept(reader, /\\Q(.*?)(?:\\E|$)/suy);
  if (quoted) {
    return Array.from(quoted[1] ?? '', (character) =>
      literal(character.codePointAt(0) ?? 0, flags),
    );
  }
  return [readAtom(reader, flags)];
}

const literal = (code: number, flags: Flags): Pattern => ({
  kind: 'chars',
  chars: literalSet(code, flags.i),
});

function readAtom(reader: Reader, flags: Flags): Pattern {
  const asserted = accept(reader, /\\([AzbB])/uy);
  if (asserted) return assert(ESCAPED_ASSERTIONS[asserted[1] ?? ''] ?? 'text-end');
  const named = readNamedClass(reader);
  if (named !== undefined) return { kind: 'chars', chars: { ...named, folded: flags.i } };
  const character = next(reader);
  switch (character) {
    case '.':
      return { kind: 'chars', chars: flags.s ? ANY_CHARACTER : ALL_BUT_NEWLINE };
    case '^':
      return assert(flags.m ? 'line-start' : 'text-start');
    case '$':
      return assert(flags.m ? 'line-end' : 'text-end');
    case '[':
      return { kind: 'chars', chars: readBracketClass(reader, flags.i) };
    case '(':
      return readGroup(reader, flags);
    case '\\':
      return literal(readEscape(reader), flags);
    case '*':
    case '+':
    case '?':
      return reader.fail(`there is nothing to repeat before ${character}`);
    case '{':
      reader.position -= 1;
      if (readCount(reader) !== undefined) reader.fail('there is nothing to repeat before {');
      return literal((next(reader) || '{').codePointAt(0) ?? 0, flags);
    default:
      return literal(character.codePointAt(0) ?? 0, flags);
  }
}

/** `(…)`, `(?:…)`, `(?i:…)`, `(?P<name>…)`; the opening bracket has been taken. */
function readGroup(reader: Reader, flags: Flags): Pattern {
  let inside = flags;
  const named = accept(reader, /\?P?<(\w+)>/uy);
  const flagged = named === undefined ? accept(reader, /\?([imsU]*)(?:-([imsU]+))?:/uy) : undefined;
  // The name of a group is for who asks what it matched, and nobody does.
  if (flagged) {
    inside = withFlags(flags, flagged[1] ?? '', flagged[2] ?? '');
  } else if (named === undefined && peek(reader) === '?') {
    reader.fail('(? begins no group of this language');
  }
  reader.depth += 1;
  if (reader.depth > MAX_GROUPS) reader.fail(`its groups are more than ${MAX_GROUPS} deep`);
  const body = readChoice(reader, inside);
  reader.depth -= 1;
  if (next(reader) !== ')') reader.fail('a ( is never closed');
  return body;
}
