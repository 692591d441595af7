import type { Budget } from './budget.ts';
import { growText } from './budget.ts';
import { fail } from './errors.ts';
import { truncate, wrap } from './int64.ts';
import { power } from './power.ts';
import { Duration, kindOf, Moment, type Value } from './values.ts';

/** A number as a float. */
export function toFloat(value: Value, at: number | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return fail(at, `expected a number, found ${kindOf(value)}`);
}

/** A number as an int, cut towards zero. */
export function toInt(value: Value, at: number | undefined): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return truncate(value);
  return fail(at, `expected a number, found ${kindOf(value)}`);
}

function mismatch(operator: string, left: Value, right: Value, at: number): never {
  return fail(at, `${operator} does not work on ${kindOf(left)} and ${kindOf(right)}`);
}

const isNumeric = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

export function add(left: Value, right: Value, at: number, budget: Budget): Value {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'bigint' && typeof right === 'bigint') return wrap(left + right);
  if (isNumeric(left) && isNumeric(right)) return Number(left) + Number(right);
  if (typeof left === 'string' && typeof right === 'string') {
    growText(budget, left.length + right.length, at);
    return left + right;
  }
  if (left instanceof Duration && right instanceof Duration) {
    return new Duration(left.nanos + right.nanos);
  }
  if (left instanceof Moment && right instanceof Duration) {
    return new Moment(left.nanos + right.nanos, left.zone);
  }
  if (left instanceof Duration && right instanceof Moment) {
    return new Moment(left.nanos + right.nanos, right.zone);
  }
  return mismatch('+', left, right, at);
}

export function subtract(left: Value, right: Value, at: number): Value {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'bigint' && typeof right === 'bigint') return wrap(left - right);
  if (isNumeric(left) && isNumeric(right)) return Number(left) - Number(right);
  if (left instanceof Moment && right instanceof Moment) {
    return clampedDuration(left.nanos - right.nanos);
  }
  if (left instanceof Moment && right instanceof Duration) {
    return new Moment(left.nanos - right.nanos, left.zone);
  }
  if (left instanceof Duration && right instanceof Duration) {
    return new Duration(left.nanos - right.nanos);
  }
  return mismatch('-', left, right, at);
}

/** Two moments may lie further apart than a duration can say; then it says as much as it can. */
export function clampedDuration(nanos: bigint): Duration {
  const wrapped = wrap(nanos);
  if (wrapped === nanos) return new Duration(nanos);
  return new Duration(nanos > 0n ? 2n ** 63n - 1n : -(2n ** 63n));
}

export function multiply(left: Value, right: Value, at: number): Value {
  if (typeof left === 'number' && typeof right === 'number') return left * right;
  if (typeof left === 'bigint' && typeof right === 'bigint') return wrap(left * right);
  if (isNumeric(left) && isNumeric(right)) return Number(left) * Number(right);
  if (left instanceof Duration || right instanceof Duration) {
    const one = left instanceof Duration ? left.nanos : left;
    const other = right instanceof Duration ? right.nanos : right;
    if (typeof one === 'bigint' && typeof other === 'bigint') return new Duration(one * other);
    if (isNumeric(one) && isNumeric(other)) {
      return new Duration(truncate(Number(one) * Number(other)));
    }
  }
  return mismatch('*', left, right, at);
}

export function divide(left: Value, right: Value, at: number): number {
  if (isNumeric(left) && isNumeric(right)) return Number(left) / Number(right);
  return mismatch('/', left, right, at);
}

export function raise(left: Value, right: Value, at: number): number {
  if (isNumeric(left) && isNumeric(right)) return power(Number(left), Number(right));
  return mismatch('**', left, right, at);
}

export function modulo(left: Value, right: Value, at: number): bigint {
  if (typeof left !== 'bigint' || typeof right !== 'bigint') return mismatch('%', left, right, at);
  if (right === 0n) return fail(at, 'division by zero');
  return left % right;
}

export function negate(value: Value, at: number): Value {
  if (typeof value === 'number') return -value;
  if (typeof value === 'bigint') return wrap(-value);
  return fail(at, `- takes a number, found ${kindOf(value)}`);
}

/** Below, equal or above zero as left is before, at or after right; NaN where it is none of them. */
export function compare(left: Value, right: Value, at: number, operator: string): number {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return left < right ? -1 : Number(left > right);
  }
  if (isNumeric(left) && isNumeric(right)) return compareFloats(Number(left), Number(right));
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (left instanceof Moment && right instanceof Moment) return sign(left.nanos - right.nanos);
  if (left instanceof Duration && right instanceof Duration) return sign(left.nanos - right.nanos);
  return mismatch(operator, left, right, at);
}

function compareFloats(left: number, right: number): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : Number.NaN;
}

const sign = (value: bigint): number => (value < 0n ? -1 : Number(value > 0n));

/** By characters, as UTF-8 sorts them; UTF-16 would put an emoji before some of the ideographs. */
function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    if (left.charCodeAt(index) !== right.charCodeAt(index)) {
      const one = rank(left.charCodeAt(index));
      const other = rank(right.charCodeAt(index));
      return one < other ? -1 : 1;
    }
  }
  return Math.sign(left.length - right.length);
}

/** Surrogates stand for what comes after all other units. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
