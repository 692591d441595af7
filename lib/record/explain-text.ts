import { formatIso } from '../model/iso.ts';
import type { EpochMillis } from '../model/units.ts';

/** What fits a terminal without wrapping. */
export const COLUMNS = 100;

/** Text from elsewhere on one line, without anything a terminal would obey. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();

/** A line that fits; what is cut off is marked. */
export function fit(line: string, columns: number = COLUMNS): string {
  const characters = Array.from(line);
  return characters.length <= columns ? line : `${characters.slice(0, columns - 1).join('')}…`;
}

/** A text on lines that fit, broken at blanks, at most `most` of them. */
export function wrap(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= COLUMNS || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const kept = lines.slice(0, most).map((one) => fit(one));
  if (lines.length > most)
    kept[most - 1] = fit(`${(kept[most - 1] ?? '').slice(0, COLUMNS - 2)} …`);
  return kept;
}

/** Cells under each other, two blanks apart; the last of a row is as long as it is. */
export function aligned(
  rows: readonly (readonly string[])[],
  columns: number = COLUMNS,
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.slice(0, -1).entries()) {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    fit(`  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd(), columns),
  );
}

/** The first of `rows`, and how many more there are. */
export function first<T>(
  rows: readonly T[],
  most: number,
): { readonly shown: readonly T[]; readonly more: readonly string[] } {
  if (rows.length <= most) return { shown: rows, more: [] };
  return { shown: rows.slice(0, most), more: [`  and ${rows.length - most} more`] };
}

/** `2026-11-20 12:00:00 UTC`. */
export const clockTime = (at: EpochMillis): string =>
  `${formatIso(at).slice(0, 19).replace('T', ' ')} UTC`;

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** A length of time in its two largest units: `1 h 5 m`, `40 s`, `0.5 s` below a second. */
export function length(ms: number): string {
  if (ms < 1000) return `${ms / 1000} s`;
  let rest = Math.round(ms / 1000);
  const parts: string[] = [];
  for (const [name, seconds] of UNITS) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.slice(0, 2).join(' ');
}
