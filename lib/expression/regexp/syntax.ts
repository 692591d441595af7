import type { CharSet } from './charset.ts';

export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'not-word';

/** A regular expression taken apart. Groups and laziness do not matter to whether there is a match. */
export type Pattern =
  | { readonly kind: 'chars'; readonly chars: CharSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly body: Pattern; readonly min: number; readonly max: number };

/** `(?i)`: letters of either case; `(?s)`: a dot takes line ends; `(?m)`: ^ and $ at line ends. */
export interface Flags {
  readonly i: boolean;
  readonly s: boolean;
  readonly m: boolean;
}

/** Where a parser of a pattern stands. */
export interface Reader {
  readonly text: string;
  position: number;
  depth: number;
  /** Stops with what is wrong with the pattern. */
  readonly fail: (what: string) => never;
}

export const peek = (reader: Reader): string => {
  const code = reader.text.codePointAt(reader.position);
  return code === undefined ? '' : String.fromCodePoint(code);
};

/** Takes one character; an empty text at the end. */
export function next(reader: Reader): string {
  const character = peek(reader);
  reader.position += character.length;
  return character;
}

/** Takes what a sticky pattern matches here. */
export function accept(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.position;
  const found = pattern.exec(reader.text);
  if (found === null) return undefined;
  reader.position += found[0].length;
  return found;
}
