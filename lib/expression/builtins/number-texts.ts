import { fail } from '../errors.ts';
import { INT_MAX, INT_MIN } from '../int64.ts';

/** A whole number in decimal digits with an optional sign, as Go's strconv.Atoi reads it. */
export function parseIntText(text: string, at: number): bigint {
  if (!/^[+-]?\d+$/u.test(text)) return fail(at, `${quoted(text)} is no whole number`);
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (value > INT_MAX || value < INT_MIN) return fail(at, `${quoted(text)} is beyond 64 bits`);
  return value;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;
const INFINITE = /^([+-]?)inf(?:inity)?$/iu;

/** A float as Go's strconv.ParseFloat reads it, without its hexadecimal form. */
export function parseFloatText(text: string, at: number): number {
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/iu.test(text)) return Number.NaN;
  if (!DECIMAL.test(text)) return fail(at, `${quoted(text)} is no number`);
  const value = Number(text);
  if (!Number.isFinite(value)) return fail(at, `${quoted(text)} is beyond the largest float`);
  return value;
}

/** Longest text shown in a message. */
const SHOWN = 40;

const quoted = (text: string): string =>
  JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
