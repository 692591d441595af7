import { type Budget, spend } from './budget.ts';
import { fail } from './errors.ts';
import { MAX_VALUE_DEPTH } from './limits.ts';
import { keyIn } from './lookup.ts';
import {
  CalendarName,
  Duration,
  imported,
  isArray,
  isMap,
  isNil,
  Moment,
  type Value,
  type ValueMap,
  Zone,
} from './values.ts';

interface Comparison {
  readonly budget: Budget;
  readonly at: number | undefined;
}

/** `==`: numbers by value, whatever their type; arrays by their elements; the rest by identity. */
export function isEqual(left: Value, right: Value, comparison: Comparison): boolean {
  if (typeof left === 'number' || typeof left === 'bigint') {
    if (typeof right === 'number' || typeof right === 'bigint') return sameNumber(left, right);
    return false;
  }
  if (left === null || typeof left !== 'object') return left === right || bothNil(left, right);
  return isSameObject(left, right, { ...comparison, strict: false, depth: 0 });
}

const bothNil = (left: Value, right: Value): boolean => isNil(left) && isNil(right);

const sameNumber = (left: number | bigint, right: number | bigint): boolean =>
  typeof left === typeof right ? left === right : Number(left) === Number(right);

interface DeepComparison extends Comparison {
  /** Inside maps an int is not equal to a float. */
  readonly strict: boolean;
  readonly depth: number;
}

function isSameObject(left: Value, right: Value, comparison: DeepComparison): boolean {
  if (isArray(left)) {
    return isArray(right) ? sameArray(left, right, comparison) : bothNil(left, right);
  }
  if (isMap(left)) return isMap(right) && sameMap(left, right, comparison);
  if (left instanceof Moment) return right instanceof Moment && left.nanos === right.nanos;
  if (left instanceof Duration) return right instanceof Duration && left.nanos === right.nanos;
  if (left instanceof Zone) return right instanceof Zone && left.name === right.name;
  if (left instanceof CalendarName) {
    return (
      right instanceof CalendarName && left.kind === right.kind && left.number === right.number
    );
  }
  return false;
}

function deeper(left: Value, right: Value, comparison: DeepComparison): boolean {
  const { strict, depth, at } = comparison;
  if (depth > MAX_VALUE_DEPTH) fail(at, 'values are nested too deeply to compare');
  if (typeof left === 'object' && left !== null) {
    return isSameObject(left, right, { ...comparison, depth: depth + 1 });
  }
  if (!strict) return isEqual(left, right, comparison);
  return left === right;
}

function sameArray(
  left: readonly Value[],
  right: readonly Value[],
  comparison: DeepComparison,
): boolean {
  if (left.length !== right.length) return false;
  spend(comparison.budget, left.length + 1, comparison.at);
  return left.every((value, index) => deeper(value, right[index] ?? null, comparison));
}

function sameMap(left: ValueMap, right: ValueMap, comparison: DeepComparison): boolean {
  if (left.size !== right.size) return false;
  spend(comparison.budget, left.size + 1, comparison.at);
  for (const [key, value] of left) {
    const other = right.get(key);
    if (other === undefined || !deeper(value, other, { ...comparison, strict: true })) return false;
  }
  return true;
}

/** `needle in haystack`: an element of an array or a key of a map. */
export function contains(needle: Value, haystack: Value, comparison: Comparison): boolean {
  if (haystack === null) return false;
  if (isArray(haystack)) {
    spend(comparison.budget, haystack.length, comparison.at);
    return haystack.some((value) => isEqual(value, needle, comparison));
  }
  const map = imported(haystack);
  if (isMap(map)) return map.has(keyIn(map, needle, comparison.at));
  return fail(comparison.at, 'in looks into arrays and maps, found something else');
}
