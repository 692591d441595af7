import { growText, spend } from '../budget.ts';
import { fail } from '../errors.ts';
import { ELEMENT, STRING } from '../types.ts';
import { kindOf, type Value } from '../values.ts';
import { type Builtins, signed } from './builtin.ts';
import { fromJson, toJson } from './json.ts';

function textOf(value: Value | undefined, at: number): string {
  return typeof value === 'string'
    ? value
    : fail(at, `expected a text, found ${kindOf(value ?? null)}`);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function toBase64(text: string): string {
  const bytes = encoder.encode(text);
  let encoded = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [one = 0, two = 0, three = 0] = bytes.subarray(index, index + 3);
    const all = (one << 16) | (two << 8) | three;
    const letters = [18, 12, 6, 0].map((shift) => ALPHABET[(all >> shift) & 63] ?? '').join('');
    const present = Math.min(3, bytes.length - index);
    encoded += letters.slice(0, present + 1).padEnd(4, '=');
  }
  return encoded;
}

function fromBase64(text: string, at: number): string {
  const body = text.replaceAll(/[\r\n]/gu, '');
  if (body.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/u.test(body)) {
    return fail(at, 'this text is no base64');
  }
  const letters = body.replace(/=+$/u, '');
  const bytes: number[] = [];
  for (let index = 0; index < letters.length; index += 4) {
    const part = letters.slice(index, index + 4);
    const all = Array.from(part.padEnd(4, 'A')).reduce(
      (sum, letter) => sum * 64 + ALPHABET.indexOf(letter),
      0,
    );
    bytes.push(...[all >> 16, (all >> 8) & 255, all & 255].slice(0, part.length - 1));
  }
  return decoder.decode(Uint8Array.from(bytes));
}

export const ENCODING_BUILTINS: Builtins = {
  toJSON: signed(
    'toJSON',
    [{ takes: [ELEMENT], gives: STRING }],
    ([value = null], surroundings, at) => toJson(value, surroundings, at),
  ),
  fromJSON: signed('fromJSON', [{ takes: [STRING], gives: ELEMENT }], ([value], surroundings, at) =>
    fromJson(textOf(value, at), surroundings, at),
  ),
  toBase64: signed(
    'toBase64',
    [{ takes: [STRING], gives: STRING }],
    ([value], surroundings, at) => {
      const text = textOf(value, at);
      growText(surroundings, text.length * 4, at);
      spend(surroundings, text.length * 4, at);
      return toBase64(text);
    },
  ),
  fromBase64: signed(
    'fromBase64',
    [{ takes: [STRING], gives: STRING }],
    ([value], surroundings, at) => {
      const text = textOf(value, at);
      growText(surroundings, text.length, at);
      spend(surroundings, text.length, at);
      return fromBase64(text, at);
    },
  ),
};
