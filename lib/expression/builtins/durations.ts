import { fail } from '../errors.ts';
import { INT_MAX } from '../int64.ts';

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  '\u00b5s': 1000n,
  '\u03bcs': 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

export const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;

const PART = /(\d*)(?:\.(\d*))?([^\d.]+)/uy;

/** A length of time as Go writes it (`1h30m`, `-1.5h`, `300ms`), in nanoseconds. */
export function parseDuration(text: string, at: number): bigint {
  const negative = text.startsWith('-');
  const body = text.replace(/^[+-]/u, '');
  if (body === '0') return 0n;
  let nanos = 0n;
  PART.lastIndex = 0;
  let end = 0;
  while (end < body.length) {
    const part = PART.exec(body);
    const [, whole = '', fraction, unitName = ''] = part ?? [];
    const unit = Object.hasOwn(UNITS, unitName) ? UNITS[unitName] : undefined;
    if (unit === undefined || (whole === '' && (fraction ?? '') === '')) return refused(text, at);
    nanos += BigInt(whole) * unit + fractionOf(fraction ?? '', unit);
    end = PART.lastIndex;
  }
  const limit = negative ? INT_MAX + 1n : INT_MAX;
  if (body === '' || nanos > limit) return refused(text, at);
  return negative ? -nanos : nanos;
}

function refused(text: string, at: number): never {
  return fail(
    at,
    `${JSON.stringify(text.slice(0, 40))} is no duration`,
    'Write it as 90s, 5m or 1h30m, at most 292 years.',
  );
}

/** Digits after the point, as many as a float of them keeps exact, times the unit and cut. */
function fractionOf(digits: string, unit: bigint): bigint {
  const kept = digits.slice(0, 18);
  if (kept === '') return 0n;
  return BigInt(Math.trunc(Number(kept) * (Number(unit) / 10 ** kept.length)));
}

/** `1h0m0s`, `1m30.5s`, `1.5ms`, `0s`: as Go prints it. */
export function formatDuration(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  if (size === 0n) return '0s';
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1000n)}\u00b5s`;
  if (size < SECOND) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const hours = size / HOUR;
  const minutes = (size % HOUR) / MINUTE;
  const seconds = `${decimal(size % MINUTE, SECOND)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

/** A quotient with as many places as it has and no more. */
function decimal(value: bigint, unit: bigint): string {
  const places = String(unit).length - 1;
  const rest = String(value % unit)
    .padStart(places, '0')
    .replace(/0+$/u, '');
  return rest === '' ? String(value / unit) : `${value / unit}.${rest}`;
}

/** How many of a unit a duration is, as a float. */
const inUnits = (nanos: bigint, unit: bigint): number =>
  Number(nanos / unit) + Number(nanos % unit) / Number(unit);

export const inHours = (nanos: bigint): number => inUnits(nanos, HOUR);
export const inMinutes = (nanos: bigint): number => inUnits(nanos, MINUTE);
export const inSeconds = (nanos: bigint): number => inUnits(nanos, SECOND);

/** Down to a multiple, towards zero; unchanged where the step is not above zero. */
export const truncateTo = (nanos: bigint, step: bigint): bigint =>
  step <= 0n ? nanos : nanos - (nanos % step);

/** To the nearest multiple, half away from zero. */
export function roundTo(nanos: bigint, step: bigint): bigint {
  if (step <= 0n) return nanos;
  const rest = nanos % step;
  const size = rest < 0n ? -rest : rest;
  const cut = nanos - rest;
  if (size * 2n < step) return cut;
  return nanos < 0n ? cut - step : cut + step;
}
