import { refuse } from './errors.ts';
import { readQuoted, readRaw } from './escapes.ts';

/** One word of the language. `at` and `end` are offsets into the source in UTF-16 units. */
export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'operator' | 'bracket' | 'end';
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

/** Names that are operators or begin a form, and so can name nothing else. */
const WORDS = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
]);

const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/uy;
const LINE_COMMENT = /\/\/[^\n]*\n?/uy;
const NAME = /[\p{L}_$\p{Nd}][\p{L}_$\p{Nd}]*/uy;
/** Digits, an optional fraction (never before a second dot, which is a range) and exponent. */
const NUMBER =
  /(?:0[xX][\da-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[\d_]*)(?:\.(?!\.)[\d_]*)?(?:[eE][+-]?[\d_]*)?/uy;
const FRACTION = /\.[\d_]+(?:[eE][+-]?[\d_]*)?/uy;
const OPERATOR = /\?[.?]?|\|\|?|::?|\.\.?|##?|[&!=*<>][&=*]?|[,;%+\-^/]/uy;

/** Cuts a source into words; the last one is always of kind `end`. */
export function lex(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = skip(source, at);
    if (at >= source.length) break;
    const token = read(source, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', at: source.length, end: source.length });
  return tokens;
}

/** Goes past white space and comments. */
function skip(source: string, start: number): number {
  let at = start;
  for (;;) {
    const next = match(SPACE, source, at) ?? match(LINE_COMMENT, source, at);
    if (next !== undefined) {
      at += next.length;
    } else if (source.startsWith('/*', at)) {
      const close = source.indexOf('*/', at + 2);
      if (close === -1) refuse(at, 'this comment is never closed', 'End it with */.');
      at = close + 2;
    } else {
      return at;
    }
  }
}

function read(source: string, at: number): Token {
  const first = source[at] ?? '';
  if (first === "'" || first === '"') {
    const { text, end } = readQuoted(source, at);
    return { kind: 'string', text, at, end };
  }
  if (first === '`') {
    const { text, end } = readRaw(source, at);
    return { kind: 'string', text, at, end };
  }
  if (/^[bB]['"]/u.test(source.slice(at, at + 2))) {
    refuse(at, 'byte strings are left out', 'Write a text without the b.');
  }
  const fraction = first === '.' && /\d/u.test(source[at + 1] ?? '');
  if (fraction || /\d/u.test(first)) return readNumber(source, at, fraction);
  const name = match(NAME, source, at);
  if (name !== undefined) {
    return { kind: WORDS.has(name) ? 'operator' : 'name', text: name, at, end: at + name.length };
  }
  if ('([{)]}'.includes(first)) return { kind: 'bracket', text: first, at, end: at + 1 };
  const operator = match(OPERATOR, source, at);
  if (operator !== undefined) {
    return { kind: 'operator', text: operator, at, end: at + operator.length };
  }
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  return refuse(at, `${JSON.stringify(character)} is no part of the language`);
}

function readNumber(source: string, at: number, fraction: boolean): Token {
  const text = match(fraction ? FRACTION : NUMBER, source, at) ?? '';
  const end = at + text.length;
  const tail = match(NAME, source, end);
  if (tail !== undefined) {
    refuse(at, `${text}${tail} is no number`, 'Put an operator between a number and a name.');
  }
  return { kind: 'number', text, at, end };
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}
