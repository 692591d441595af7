import { toInt } from '../arithmetic.ts';
import { grow, growText, spend } from '../budget.ts';
import { fail } from '../errors.ts';
import { format } from '../format.ts';
import { ARRAY, ELEMENT, INT, type StaticType, STRING, STRINGS } from '../types.ts';
import { isArray, kindOf, type Value } from '../values.ts';
import { type Builtins, signed, type Surroundings } from './builtin.ts';
import { byteOffset } from './utf8.ts';

type Texts = (first: string, second: string) => Value;

/** A builtin of one or two texts. */
function textual(name: string, count: 1 | 2, gives: StaticType, run: Texts): Builtins {
  const takes = count === 1 ? [STRING] : [STRING, STRING];
  const builtin = signed(name, [{ takes, gives }], ([first, second = ''], surroundings, at) => {
    const one = textOf(first, name, at);
    spend(surroundings, one.length / 16, at);
    return run(one, textOf(second, name, at));
  });
  return { [name]: builtin };
}

function textOf(value: Value | undefined, name: string, at: number): string {
  if (typeof value === 'string') return value;
  return fail(at, `${name} takes texts, found ${kindOf(value ?? null)}`);
}

/** Changes each character by itself, as Go does: a sharp s has no capital there. */
function eachCharacter(text: string, change: (character: string) => string): string {
  return Array.from(text, (character) => {
    const changed = change(character);
    return Array.from(changed).length === 1 ? changed : character;
  }).join('');
}

/** What Unicode calls white space. */
const SPACE = String.raw`[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const LEADING = new RegExp(`^${SPACE}+`, 'u');

function trimSpace(text: string): string {
  const start = LEADING.exec(text)?.[0].length ?? 0;
  let end = text.length;
  while (end > start && LEADING.test(text[end - 1] ?? '')) end -= 1;
  return text.slice(start, end);
}

function trimOf(text: string, unwanted: string): string {
  const characters = Array.from(text);
  const drop = new Set(unwanted);
  let start = 0;
  let end = characters.length;
  while (start < end && drop.has(characters[start] ?? '')) start += 1;
  while (end > start && drop.has(characters[end - 1] ?? '')) end -= 1;
  return characters.slice(start, end).join('');
}

/** Pieces between separators, at most `limit` of them; without one, single characters. */
function pieces(text: string, separator: string, limit: number, keep: boolean): string[] {
  if (limit === 0) return [];
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const found: string[] = [];
  let rest = text;
  while (found.length + 1 < most) {
    const first = String.fromCodePoint(rest.codePointAt(0) ?? 0).length;
    const index = separator === '' ? (rest.length > first ? first : -1) : rest.indexOf(separator);
    if (index < 0) break;
    const end = index + separator.length;
    found.push(rest.slice(0, keep ? end : index));
    rest = rest.slice(end);
  }
  // An empty text has no characters, but it is one piece between separators.
  return separator === '' && text === '' ? [] : [...found, rest];
}

function splitter(name: string, keep: boolean): Builtins {
  const overloads = [
    { takes: [STRING, STRING], gives: STRINGS },
    { takes: [STRING, STRING, INT], gives: STRINGS },
  ];
  const builtin = signed(name, overloads, ([text, separator, limit], surroundings, at) => {
    const whole = textOf(text, name, at);
    spend(surroundings, whole.length + 1, at);
    growText(surroundings, whole.length * 2, at);
    const most = limit === undefined ? -1 : Number(toInt(limit, at));
    return pieces(whole, textOf(separator, name, at), most, keep);
  });
  return { [name]: builtin };
}

function join(values: readonly Value[], surroundings: Surroundings, at: number): string {
  const [parts = null, glue = ''] = values;
  if (!isArray(parts)) return fail(at, `join takes an array of texts, found ${kindOf(parts)}`);
  const between = textOf(glue, 'join', at);
  const texts = parts.map((part) => textOf(part, 'join', at));
  const length = texts.reduce((sum, text) => sum + text.length + between.length + 1, 0);
  growText(surroundings, length, at);
  return texts.join(between);
}

function replace(values: readonly Value[], surroundings: Surroundings, at: number): string {
  const [text, old, by, limit] = values;
  const whole = textOf(text, 'replace', at);
  const wanted = textOf(old, 'replace', at);
  const instead = textOf(by, 'replace', at);
  const most = limit === undefined ? -1 : Number(toInt(limit, at));
  // The longest it can become is counted before it is made.
  const places = wanted === '' ? whole.length + 1 : whole.length / wanted.length;
  growText(surroundings, whole.length + places * instead.length, at);
  spend(surroundings, whole.length / 4, at);
  if (wanted === '') return insertEverywhere(whole, instead, most);
  const parts = pieces(whole, wanted, most < 0 ? -1 : most + 1, false);
  return parts.join(instead);
}

/** An empty text is found before every character and at the end. */
function insertEverywhere(text: string, by: string, limit: number): string {
  const characters = Array.from(text);
  const places = limit < 0 ? characters.length + 1 : Math.min(limit, characters.length + 1);
  const head = characters.map((character, index) => (index < places ? by : '') + character);
  return head.join('') + (places > characters.length ? by : '');
}

/** More than this is refused outright, whatever is repeated. */
const MOST_REPEATS = 1_000_000;

function repeat(values: readonly Value[], surroundings: Surroundings, at: number): string {
  const [text, count = null] = values;
  const times = Number(toInt(count, at));
  if (times < 0) return fail(at, 'a text cannot be repeated less than 0 times');
  const part = textOf(text, 'repeat', at);
  if (times > MOST_REPEATS) return fail(at, `a text can be repeated ${MOST_REPEATS} times at most`);
  // The original counts every byte of these, so a text of a million fails there as well.
  grow(surroundings, byteOffset(part, part.length) * times, at);
  return part.repeat(times);
}

const prefixed = (text: string, prefix: string): string =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text;
const suffixed = (text: string, suffix: string): string =>
  text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;

/** A builtin of a text and what to cut from it; a space where that is not said. */
function cutter(
  name: string,
  blank: string | undefined,
  cut: (text: string, part: string) => string,
): Builtins {
  const overloads = [
    { takes: [STRING, STRING], gives: STRING },
    { takes: [STRING], gives: STRING },
  ];
  const builtin = signed(name, overloads, ([text, part], surroundings, at) => {
    const whole = textOf(text, name, at);
    spend(surroundings, whole.length, at);
    if (part === undefined && blank === undefined) return trimSpace(whole);
    return cut(whole, textOf(part === undefined ? blank : part, name, at));
  });
  return { [name]: builtin };
}

export const STRING_BUILTINS: Builtins = {
  ...cutter('trim', undefined, trimOf),
  ...cutter('trimPrefix', ' ', prefixed),
  ...cutter('trimSuffix', ' ', suffixed),
  ...textual('upper', 1, STRING, (text) => eachCharacter(text, (each) => each.toUpperCase())),
  ...textual('lower', 1, STRING, (text) => eachCharacter(text, (each) => each.toLowerCase())),
  ...textual('indexOf', 2, INT, (text, part) => BigInt(byteOffset(text, text.indexOf(part)))),
  ...textual('lastIndexOf', 2, INT, (text, part) =>
    BigInt(byteOffset(text, text.lastIndexOf(part))),
  ),
  ...splitter('split', false),
  ...splitter('splitAfter', true),
  hasPrefix: signed(
    'hasPrefix',
    [{ takes: [STRING, STRING], gives: { kind: 'bool' } }],
    ([text, part], _, at) =>
      textOf(text, 'hasPrefix', at).startsWith(textOf(part, 'hasPrefix', at)),
  ),
  hasSuffix: signed(
    'hasSuffix',
    [{ takes: [STRING, STRING], gives: { kind: 'bool' } }],
    ([text, part], _, at) => textOf(text, 'hasSuffix', at).endsWith(textOf(part, 'hasSuffix', at)),
  ),
  replace: signed(
    'replace',
    [
      { takes: [STRING, STRING, STRING, INT], gives: STRING },
      { takes: [STRING, STRING, STRING], gives: STRING },
    ],
    replace,
  ),
  repeat: signed('repeat', [{ takes: [STRING, INT], gives: STRING }], repeat),
  join: signed(
    'join',
    [
      { takes: [STRINGS, STRING], gives: STRING },
      { takes: [ARRAY, STRING], gives: STRING },
      { takes: [ARRAY], gives: STRING },
      { takes: [STRINGS], gives: STRING },
    ],
    join,
  ),
  string: signed(
    'string',
    [{ takes: [ELEMENT], gives: STRING }],
    ([value = null], surroundings, at) => format(value, surroundings, at),
  ),
};
