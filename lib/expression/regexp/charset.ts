/** A set of characters: ranges of code points and properties, perhaps turned into its opposite. */
export interface CharSet {
  readonly ranges: readonly (readonly [number, number])[];
  readonly properties: readonly { readonly test: RegExp; readonly negated: boolean }[];
  readonly negated: boolean;
  /** Capital and small letters are taken for one another. */
  readonly folded: boolean;
}

const set = (ranges: CharSet['ranges'], negated = false): CharSet => ({
  ranges,
  properties: [],
  negated,
  folded: false,
});

const range = (from: string, to = from): readonly [number, number] => [
  from.codePointAt(0) ?? 0,
  to.codePointAt(0) ?? 0,
];

const DIGIT = [range('0', '9')];
const SPACE = [range('\t', '\n'), range('\f', '\r'), range(' ')];
const WORD = [range('0', '9'), range('A', 'Z'), range('_'), range('a', 'z')];

/** `\d`, `\s`, `\w` and their opposites; ASCII only, as in RE2. */
export const PERL: Readonly<Record<string, CharSet>> = {
  d: set(DIGIT),
  D: set(DIGIT, true),
  s: set(SPACE),
  S: set(SPACE, true),
  w: set(WORD),
  W: set(WORD, true),
};

/** `[[:alpha:]]` and the like. */
export const POSIX: Readonly<Record<string, CharSet['ranges']>> = {
  alnum: [range('0', '9'), range('A', 'Z'), range('a', 'z')],
  alpha: [range('A', 'Z'), range('a', 'z')],
  ascii: [range('\0', '\u007f')],
  blank: [range('\t'), range(' ')],
  cntrl: [range('\0', '\u001f'), range('\u007f')],
  digit: DIGIT,
  graph: [range('!', '~')],
  lower: [range('a', 'z')],
  print: [range(' ', '~')],
  punct: [range('!', '/'), range(':', '@'), range('[', '`'), range('{', '~')],
  space: [range('\t', '\r'), range(' ')],
  upper: [range('A', 'Z')],
  word: WORD,
  xdigit: [range('0', '9'), range('A', 'F'), range('a', 'f')],
};

export const ANY_CHARACTER = set([[0, 0x10ffff]]);
export const ALL_BUT_NEWLINE = set([range('\n')], true);

/** A set of one literal character. With folding its other case is in it too. */
export function literalSet(code: number, folded: boolean): CharSet {
  const codes = folded ? caseVariants(code) : [code];
  return { ranges: codes.map((each) => [each, each]), properties: [], negated: false, folded };
}

/** `\p{Greek}`, `\pL`: a general category or a script, or undefined where there is none so called. */
export function propertySet(name: string, negated: boolean): CharSet | undefined {
  if (name === 'Any') return { ...ANY_CHARACTER, negated };
  for (const property of ['General_Category', 'Script']) {
    try {
      const test = new RegExp(String.raw`^\p{${property}=${name}}$`, 'u');
      return { ranges: [], properties: [{ test, negated }], negated: false, folded: false };
    } catch {
      // No such category or script; the next kind of property may have it.
    }
  }
  return undefined;
}

export function hasCharacter(chars: CharSet, code: number): boolean {
  const found = chars.folded
    ? caseVariants(code).some((variant) => isMember(chars, variant))
    : isMember(chars, code);
  return found !== chars.negated;
}

function isMember({ ranges, properties }: CharSet, code: number): boolean {
  if (ranges.some(([from, to]) => code >= from && code <= to)) return true;
  if (properties.length === 0) return false;
  const character = String.fromCodePoint(code);
  return properties.some(({ test, negated }) => test.test(character) !== negated);
}

/** A character with its capital and small forms, those of one character only. */
function caseVariants(code: number): number[] {
  const character = String.fromCodePoint(code);
  const upper = character.toUpperCase();
  const lower = character.toLowerCase();
  const forms = [character, upper, lower, upper.toLowerCase(), lower.toUpperCase()];
  return forms
    .filter((form) => Array.from(form).length === 1)
    .map((form) => form.codePointAt(0) ?? code);
}
