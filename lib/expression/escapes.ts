import { refuse } from './errors.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** Hexadecimal digits that follow `\x`, `\u` and `\U`. */
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

const HIGHEST_CHARACTER = 0x10ffff;

/**
 * Reads a text in single or double quotes that starts at `start`. Answers the text and the offset
 * behind the closing quote. A raw line end ends the text too early, as in the original.
 */
export function readQuoted(source: string, start: number): { text: string; end: number } {
  const quote = source[start];
  let text = '';
  let at = start + 1;
  while (source[at] !== quote) {
    const unit = source[at];
    if (unit === undefined || unit === '\n') {
      refuse(start, 'this text is never closed', `End it with ${quote}.`);
    }
    if (unit === '\\') {
      const escape = readEscape(source, at, quote ?? '');
      text += escape.text;
      at = escape.end;
    } else {
      text += unit === '\r' ? '\n' : unit;
      at += 1;
    }
  }
  return { text, end: at + 1 };
}

function readEscape(source: string, at: number, quote: string): { text: string; end: number } {
  const letter = source[at + 1] ?? '';
  const simple = Object.hasOwn(SIMPLE, letter) ? SIMPLE[letter] : undefined;
  if (simple !== undefined) return { text: simple, end: at + 2 };
  if (letter === quote) return { text: quote, end: at + 2 };
  const braced = /^u\{([0-9a-f]{1,6})\}/iu.exec(source.slice(at + 1, at + 10));
  if (braced) {
    return {
      text: character(Number.parseInt(braced[1] ?? '', 16), at),
      end: at + 1 + braced[0].length,
    };
  }
  const octal = /^[0-3][0-7]{2}/u.exec(source.slice(at + 1, at + 4));
  if (octal) return { text: character(Number.parseInt(octal[0], 8), at), end: at + 4 };
  const digits = Object.hasOwn(HEX_DIGITS, letter) ? (HEX_DIGITS[letter] ?? 0) : 0;
  const hex = source.slice(at + 2, at + 2 + digits);
  if (digits === 0 || hex.length < digits || !/^[0-9a-f]+$/iu.test(hex)) {
    refuse(at, `\\${letter} is no escape`, 'Write a backslash itself as \\\\.');
  }
  return { text: character(Number.parseInt(hex, 16), at), end: at + 2 + digits };
}

function character(code: number, at: number): string {
  if (code > HIGHEST_CHARACTER) refuse(at, 'this escape is beyond the last Unicode character');
  // Half of a surrogate pair is no character; the original puts the replacement character there.
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : String.fromCodePoint(code);
}

/** Reads a raw text in backticks, where a doubled backtick stands for one. */
export function readRaw(source: string, start: number): { text: string; end: number } {
  let text = '';
  let at = start + 1;
  for (;;) {
    const close = source.indexOf('`', at);
    if (close === -1) refuse(start, 'this text is never closed', 'End it with `.');
    text += source.slice(at, close);
    if (source[close + 1] !== '`') return { text, end: close + 1 };
    text += '`';
    at = close + 2;
  }
}
