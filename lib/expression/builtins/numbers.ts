import { compare, toFloat } from '../arithmetic.ts';
import { spend } from '../budget.ts';
import { fail, refuse } from '../errors.ts';
import { truncate, wrap } from '../int64.ts';
import { MAX_VALUE_DEPTH } from '../limits.ts';
import { roundHalfAway } from '../rounding.ts';
import { ELEMENT, FLOAT, INT, type StaticType } from '../types.ts';
import { CalendarName, Duration, isArray, kindOf, type Value } from '../values.ts';
import {
  type Builtin,
  type Builtins,
  checkCount,
  checkKind,
  type Surroundings,
} from './builtin.ts';
import { parseFloatText, parseIntText } from './number-texts.ts';
import { ramp } from './ramp.ts';

/** What counts as a number to the checker, though not all of it does at run time. */
const NUMERIC: readonly StaticType['kind'][] = ['int', 'float', 'duration', 'month', 'weekday'];

function rounding(name: string, round: (value: number) => number): Builtin {
  return {
    check: (types, at) => {
      checkCount(name, types, 1, at);
      checkKind(name, types[0], NUMERIC, at);
      return FLOAT;
    },
    run: ([value = null], _, at) => round(toFloat(value, at)),
    sure: true,
  };
}

function conversion(
  name: string,
  type: StaticType,
  convert: (value: Value, at: number) => Value,
): Builtin {
  return {
    check: (types, at) => {
      checkCount(name, types, 1, at);
      checkKind(name, types[0], [...NUMERIC, 'string'], at);
      return type;
    },
    run: ([value = null], _, at) => convert(value, at),
    sure: true,
  };
}

function toIntValue(value: Value, at: number): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return truncate(value);
  if (typeof value === 'string') return parseIntText(value, at);
  if (value instanceof Duration) return value.nanos;
  if (value instanceof CalendarName) return BigInt(value.number);
  return fail(at, `int takes a number or a text, found ${kindOf(value)}`);
}

const toFloatValue = (value: Value, at: number): number =>
  typeof value === 'string' ? parseFloatText(value, at) : toFloat(value, at);

function absolute(value: Value, at: number): Value {
  if (typeof value === 'bigint') return value < 0n ? wrap(-value) : value;
  const number = toFloat(value, at);
  return number < 0 ? -number : number;
}

/** Any number of numbers and arrays of them; one of them unknown makes the result so. */
function checkAggregate(name: string, types: readonly StaticType[], at: number): StaticType {
  const [first] = types;
  if (first === undefined) return refuse(at, `${name} takes at least one number or array`);
  for (const type of types) {
    if (type.kind === 'any' || type.kind === 'array') return ELEMENT;
    checkKind(name, type, [...NUMERIC, 'array'], at);
  }
  return first;
}

interface Walk {
  readonly name: string;
  readonly surroundings: Surroundings;
  readonly at: number;
}

/** A number, or what is one underneath: a duration in nanoseconds, a month or weekday by its place. */
function asNumber(value: Value, name: string, at: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Duration) return Number(value.nanos);
  if (value instanceof CalendarName) return value.number;
  return fail(at, `${name} takes numbers, found ${kindOf(value)}`);
}

/** Every element that is no array itself, however deep in arrays. */
function leavesOf(values: readonly Value[], walk: Walk): Value[] {
  const leaves: Value[] = [];
  const visit = (elements: readonly Value[], depth: number): void => {
    const { name, surroundings, at } = walk;
    if (depth > MAX_VALUE_DEPTH) fail(at, `${name} was given arrays that are nested too deeply`);
    spend(surroundings, elements.length, at);
    for (const element of elements) {
      if (isArray(element)) visit(element, depth + 1);
      else leaves.push(element);
    }
  };
  visit(values, 0);
  return leaves;
}

/** Durations can be compared as arguments, but not as elements of an array. */
function checkComparable(name: string, value: Value, inArray: boolean, at: number): void {
  const number = typeof value === 'number' || typeof value === 'bigint';
  const fits = number || (!inArray && value instanceof Duration);
  if (!fits) fail(at, `${name} takes numbers, found ${kindOf(value)}`);
}

function extreme(name: 'min' | 'max'): Builtin {
  const better = name === 'max' ? -1 : 1;
  return {
    check: (types, at) => checkAggregate(name, types, at),
    run: (values, surroundings, at) => {
      // A single argument that is neither number nor array comes back as it is.
      const [only = null] = values;
      if (values.length === 1 && !isArray(only)) return only;
      let best: Value | undefined;
      for (const value of values) {
        const inArray = isArray(value);
        for (const leaf of leavesOf(inArray ? value : [value], { name, surroundings, at })) {
          checkComparable(name, leaf, inArray, at);
          if (best === undefined || compare(best, leaf, at, '<') === better) best = leaf;
        }
      }
      return best ?? null;
    },
  };
}

const mean: Builtin = {
  check: (types, at) => checkAggregate('mean', types, at),
  run: (values, surroundings, at) => {
    let count = 0;
    const walk = { name: 'mean', surroundings, at };
    /** Goes on from a sum; nested arrays are summed by themselves, which the last bit shows. */
    const sumFrom = (start: number, elements: readonly Value[], depth: number): number => {
      if (depth > MAX_VALUE_DEPTH) fail(at, 'mean was given arrays that are nested too deeply');
      spend(walk.surroundings, elements.length, at);
      let sum = start;
      for (const element of elements) {
        if (isArray(element)) sum += sumFrom(0, element, depth + 1);
        else {
          sum += asNumber(element, 'mean', at);
          count += 1;
        }
      }
      return sum;
    };
    let sum = 0;
    for (const value of values) sum = sumFrom(sum, isArray(value) ? value : [value], 0);
    return count === 0 ? 0 : sum / count;
  },
};

const median: Builtin = {
  check: (types, at) => checkAggregate('median', types, at),
  run: (values, surroundings, at) => {
    const walk = { name: 'median', surroundings, at };
    // NaN sorts before everything, as Go's sort has it.
    const numbers = leavesOf(values, walk).map((value) => asNumber(value, 'median', at));
    const sorted = numbers.toSorted((one, other) =>
      Number.isNaN(one) ? -1 : Number.isNaN(other) ? 1 : one - other,
    );
    const half = Math.floor(sorted.length / 2);
    const upper = sorted[half];
    if (upper === undefined) return 0;
    return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
  },
};

const rampBuiltin: Builtin = {
  check: (types, at) => {
    checkCount('ramp', types, 4, at);
    for (const type of types) checkKind('ramp', type, ['int', 'float'], at);
    return FLOAT;
  },
  run: (values, _, at) => {
    const [value = 0, one = 0, full = 0, max = 0] = values.map((each) => toFloat(each, at));
    return ramp({ value, one, full, max });
  },
  sure: true,
};

export const NUMBER_BUILTINS: Builtins = {
  abs: {
    check: (types, at) => {
      checkCount('abs', types, 1, at);
      checkKind('abs', types[0], NUMERIC, at);
      return types[0] ?? FLOAT;
    },
    run: ([value = null], _, at) => absolute(value, at),
  },
  ceil: rounding('ceil', Math.ceil),
  floor: rounding('floor', Math.floor),
  round: rounding('round', roundHalfAway),
  int: conversion('int', INT, toIntValue),
  float: conversion('float', FLOAT, toFloatValue),
  max: extreme('max'),
  min: extreme('min'),
  mean,
  median,
  ramp: rampBuiltin,
};
