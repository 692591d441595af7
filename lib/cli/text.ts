import { stripVTControlCharacters, styleText } from 'node:util';

/** Columns under each other, two blanks apart; the last one is as long as it is. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, width(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** One column each: what is printed here has no wide characters and no combined ones. */
const characters = (text: string): readonly string[] => Array.from(stripVTControlCharacters(text));
const width = (text: string): number => characters(text).length;

/** A line that fits, whatever its colours; what is cut off is marked. */
export function fit(line: string, columns: number): string {
  if (width(line) <= columns) return line;
  // Colours are dropped with the rest: a cut could leave one switched on.
  return `${characters(line)
    .slice(0, Math.max(0, columns - 1))
    .join('')}…`;
}

/** Text from elsewhere on one line, without anything a terminal would obey. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/[\p{Cc}\s]+/gu, ' ');

/** Styles are used where stdout is a terminal that wants them (NO_COLOR is honoured). */
export const bold = (text: string): string => styleText('bold', text);
export const dim = (text: string): string => styleText('dim', text);

/** A number as people read it: at most three digits after the point. */
export const shownNumber = (value: number): string => String(Math.round(value * 1000) / 1000);

const BARS = '▁▂▃▄▅▆▇█';

/** The course of some values, the highest of them a full bar; nothing is a blank. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(1, ...values);
  return values
    .map((value) =>
      value <= 0 ? ' ' : (BARS[Math.ceil((value / highest) * BARS.length) - 1] ?? ''),
    )
    .join('');
}
