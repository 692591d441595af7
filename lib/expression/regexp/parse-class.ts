import { type CharSet, PERL, POSIX, propertySet } from './charset.ts';
import { accept, next, peek, type Reader } from './syntax.ts';

const CONTROL: Readonly<Record<string, number>> = {
  a: 7,
  f: 12,
  t: 9,
  n: 10,
  r: 13,
  v: 11,
};

const HIGHEST = 0x10ffff;

/** The character an escape stands for; the backslash has been taken. */
export function readEscape(reader: Reader): number {
  const octal = accept(reader, /0[0-7]{0,2}|[1-7][0-7]{1,2}/uy);
  if (octal) return Number.parseInt(octal[0], 8);
  const hex = accept(reader, /x\{([\da-fA-F]+)\}|x([\da-fA-F]{2})/uy);
  if (hex) {
    const code = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    return code <= HIGHEST ? code : reader.fail('an escape is beyond the last character');
  }
  const letter = next(reader);
  const control = Object.hasOwn(CONTROL, letter) ? CONTROL[letter] : undefined;
  if (control !== undefined) return control;
  if (letter === '') return reader.fail('it ends in a backslash');
  // Any ASCII sign stands for itself; letters and digits are kept for what they may mean one day.
  if (letter === '_' || (letter <= '\u007f' && !/\w/u.test(letter))) return letter.charCodeAt(0);
  return reader.fail(`\\${letter} is no escape`);
}

/** `\d`, `\p{L}` and the like, where one stands here. */
export function readNamedClass(reader: Reader): CharSet | undefined {
  const perl = accept(reader, /\\([dDsSwW])/uy);
  if (perl) return PERL[perl[1] ?? ''];
  const property = accept(reader, /\\([pP])(?:\{(\^?)([^{}]*)\}|([^{]))/uy);
  if (property === undefined) return undefined;
  const [, letter, caret = '', long, short] = property;
  const negated = (letter === 'P') !== (caret === '^');
  const name = long ?? short ?? '';
  return propertySet(name, negated) ?? reader.fail(`there is no class of characters ${name}`);
}

/** `[…]`; the opening bracket has been taken. */
export function readBracketClass(reader: Reader, folded: boolean): CharSet {
  const negated = accept(reader, /\^/uy) !== undefined;
  const ranges: (readonly [number, number])[] = [];
  const properties: { readonly test: RegExp; readonly negated: boolean }[] = [];
  let first = true;
  while (first || peek(reader) !== ']') {
    if (peek(reader) === '') reader.fail('a [ is never closed');
    first = false;
    const posix = accept(reader, /\[:(\^?)(\w+):\]/uy);
    if (posix) {
      const known = POSIX[posix[2] ?? ''];
      if (known === undefined) reader.fail(`there is no class of characters ${posix[0]}`);
      ranges.push(...(posix[1] === '^' ? opposite(known ?? []) : (known ?? [])));
    } else {
      const named = readNamedClass(reader);
      if (named === undefined) ranges.push(readRange(reader));
      else if (named.negated && named.properties.length === 0)
        ranges.push(...opposite(named.ranges));
      else {
        ranges.push(...named.ranges);
        properties.push(...named.properties);
      }
    }
  }
  next(reader);
  return { ranges, properties, negated, folded };
}

function readRange(reader: Reader): readonly [number, number] {
  const from = readMember(reader);
  const dash = accept(reader, /-(?!\])/uy);
  if (dash === undefined) return [from, from];
  const to = readMember(reader);
  return to < from ? reader.fail('a range of characters is the wrong way round') : [from, to];
}

function readMember(reader: Reader): number {
  const character = next(reader);
  if (character === '') return reader.fail('a [ is never closed');
  return character === '\\' ? readEscape(reader) : (character.codePointAt(0) ?? 0);
}

/** All characters outside of ranges that are in order and do not touch. */
function opposite(ranges: CharSet['ranges']): (readonly [number, number])[] {
  const others: (readonly [number, number])[] = [];
  let start = 0;
  for (const [from, to] of ranges) {
    if (from > start) others.push([start, from - 1]);
    start = to + 1;
  }
  others.push([start, HIGHEST]);
  return others;
}
