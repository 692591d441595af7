import type { Sort } from './forms.ts';
import type { Tree } from './grammar.ts';
import type { Random } from './random.ts';

const tree = (sort: Sort, ...parts: (string | Tree)[]): Tree => ({ sort, parts });

/** Text as it stands in quotes. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll('\\u007f', '\u007f');

const TOKENS = [
  '1',
  '2.5',
  '.5',
  '1.',
  '0x1',
  '"a"',
  "'b'",
  '`c`',
  'lag',
  'cpu',
  'xs',
  'orders',
  'true',
  'nil',
  'name',
  '#',
  '#acc',
  '#index',
  '+',
  '-',
  '*',
  '/',
  '%',
  '**',
  '^',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'and',
  'or',
  '&&',
  '||',
  'not',
  '!',
  'in',
  'not in',
  '??',
  '?.',
  '?',
  ':',
  '..',
  '.',
  ',',
  ';',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '|',
  '::',
  'let x =',
  'if',
  'else',
  'x',
  'max(',
  'filter(',
  'map(',
  'len(',
  'sum(',
  'matches',
  'contains',
  '/* c */',
  '// d',
  '\n',
  '$env',
  '.lag',
  '?.lag',
  '[0]',
  '[1:]',
  '1..3',
  '_',
  'é',
  '&',
  '=',
  '@',
  '\\',
];

/** Words of the language in any order, around something that is right. */
export function tokenSoup(random: Random): Tree {
  const count = 1 + random.below(9);
  const words = Array.from({ length: count }, () => random.pick(TOKENS));
  return tree(
    'any',
    ...words.map((word) => tree('any', `${word}${random.chance(0.8) ? ' ' : ''}`)),
  );
}

const ATOMS = [
  'a',
  'b',
  'c',
  'é',
  'K',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '\\W',
  '[a-c]',
  '[^a]',
  '[[:alpha:]]',
  '[a-]',
  '[]a]',
  '\\pL',
  '\\p{Greek}',
  '\\PN',
  '\\x41',
  '\\x{e9}',
  '^',
  '$',
  '\\b',
  '\\B',
  '\\A',
  '\\z',
  '\\.',
  '\\Qa.b\\E',
  '(?i)',
  '(?s)',
  '(?m)',
  '[\\d-x]',
  '\\n',
  '[^\\w]',
  '(?i:k)',
  '{',
  'x{',
  '\\075',
  '[[:^digit:]]',
  '\\_',
  '\\-',
  '\\p{Lu}',
  '\\C',
  '\\8',
  '(?',
  '[',
  ')',
  '\\',
  '[b-a]',
  '\\p{Foo}',
  '(?P<n>a)',
  '(?<m>b)',
  '(?P=n)',
  '(?=a)',
];
const COUNTS = [
  '*',
  '+',
  '?',
  '*?',
  '{2}',
  '{0,2}',
  '{1,}',
  '{,2}',
  '{3,1}',
  '**',
  '{1001}',
  '{0}',
];
const TEXT_PARTS = [
  'a',
  'b',
  'ab',
  'abc',
  'A',
  'K',
  '\u212a',
  'k',
  'é',
  'É',
  ' ',
  '\n',
  '1',
  '_',
  '.',
  '-',
  'α',
  'x{',
  '日',
  '',
  'ſ',
  's',
  'S',
];

function pattern(random: Random, depth: number): string {
  const count = 1 + random.below(4);
  const parts = Array.from({ length: count }, () => {
    const shape = random.below(10);
    const inner = (): string => pattern(random, depth - 1);
    const atom =
      depth > 0 && shape < 2
        ? `(${random.pick(['', '?:', '?i:'])}${inner()})`
        : depth > 0 && shape === 2
          ? `(${inner()}|${inner()})`
          : random.pick(ATOMS);
    return atom + (random.chance(0.3) ? random.pick(COUNTS) : '');
  });
  return parts.join(random.chance(0.1) ? '|' : '');
}

/** Whether a random text matches a random pattern; every other one is only put together as it runs. */
export function patternTest(random: Random): Tree {
  const text = Array.from({ length: random.below(6) }, () => random.pick(TEXT_PARTS)).join('');
  const written = quoted(pattern(random, 2));
  return random.chance(0.5)
    ? tree('bool', quoted(text), ' matches ', written)
    : tree('bool', quoted(text), ' matches (""', ' + ', 'trim(', written, ', "\\u0001"))');
}

const LAYOUT_PARTS = [
  '2006',
  '06',
  '01',
  '1',
  'Jan',
  'January',
  '02',
  '2',
  '_2',
  '002',
  '15',
  '03',
  '3',
  '04',
  '4',
  '05',
  '5',
  'PM',
  'pm',
  '.000',
  '.999',
  ',000',
  'Mon',
  'Monday',
  '-0700',
  '-07:00',
  'Z07:00',
  'Z0700',
  '-07',
  '-',
  '/',
  ' ',
  'T',
  ':',
  'x',
  '_2006',
  'Janx',
  '.00',
];
const MOMENTS = [
  'date("2026-11-27T06:07:08.123456789Z")',
  'date("1999-02-03T23:59:59Z")',
  'date("2024-02-29T00:00:00+05:30")',
  'date("2026-03-29 01:30:00").In(timezone("Europe/Paris"))',
  'date("0001-01-01")',
  'date("2026-07-04T12:00:00Z").In(timezone("America/New_York"))',
];
const DATE_TEXTS = [
  '2026-11-27',
  '2026-11-27T06:00:00Z',
  '2026-11-27 6:00:00',
  '06:07:08',
  '27 Nov 26 06:07 UTC',
  '2026-02-30',
  '2024-02-29',
  '2023-02-29',
  '2026-11-27T06:00:00+02:00',
  '2026-11-27T06:00:00.5Z',
  '2026-11-27T06:00:00,25-07:00',
  '2026-13-01',
  '2026-1-1',
  '',
  'Fri, 27 Nov 2026 06:07:08 UTC',
  'Friday, 27-Nov-26 06:07:08 UTC',
  '2026-11-27T24:00:00Z',
  '2026-11-27T06:00:00',
  '2026-11-27T06:00:60Z',
  ' 2026-11-27',
  '2026-11-27 ',
  '12:00:00.123',
  '2026-11-27T06:00:00z',
];
const LAYOUTS = [
  '2006-01-02',
  '02/01/2006',
  'Jan 2, 2006 at 3:04pm',
  '2006-01-02 15:04',
  '2 January 2006',
  'Mon Jan _2 15:04:05 2006',
  '06-1-2',
  '2006 002',
  '15:04:05.000',
  '3:04PM',
];

const layout = (random: Random): string =>
  random.chance(0.3)
    ? random.pick(LAYOUTS)
    : Array.from({ length: 1 + random.below(5) }, () => random.pick(LAYOUT_PARTS)).join('');

/** Dates read and written by random layouts. */
export function dateTest(random: Random): Tree {
  const zone = random.pick(['', ', "Europe/Paris"', ', "America/New_York"', ', "Asia/Kolkata"']);
  const shape = layout(random);
  switch (random.below(5)) {
    case 0:
      return tree('string', random.pick(MOMENTS), '.Format(', quoted(shape), ')');
    case 1:
      return tree('time', 'date(', quoted(random.pick(DATE_TEXTS)), ')');
    case 2: {
      const moment = random.pick(MOMENTS);
      return tree(
        'time',
        'date(',
        moment,
        '.Format(',
        quoted(shape),
        '), ',
        quoted(shape),
        zone,
        ')',
      );
    }
    case 3:
      return tree(
        'time',
        'date(',
        quoted(random.pick(DATE_TEXTS)),
        ', ',
        quoted(random.pick(LAYOUTS)),
        zone,
        ')',
      );
    default: {
      const unit = (): string =>
        random.pick([
          '1h',
          '90m',
          '1.5h',
          '-2h45m',
          '100ms',
          '1us',
          '7ns',
          '24h',
          '0.1s',
          '1e3s',
          '5',
          '.5s',
          '1h-2m',
          '2562047h47m16.854775807s',
          '9999999h',
        ]);
      const duration = `duration("${unit()}")`;
      return tree(
        'any',
        duration,
        random.pick([
          '.String()',
          '.Hours()',
          '.Round(duration("1m"))',
          '.Truncate(duration("7s"))',
          '.Seconds()',
          '.Abs()',
          ` + ${random.pick(MOMENTS)}`,
        ]),
      );
    }
  }
}
