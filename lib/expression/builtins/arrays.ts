import { compare, toInt } from '../arithmetic.ts';
import { grow, spend } from '../budget.ts';
import { isEqual } from '../equality.ts';
import { fail, refuse } from '../errors.ts';
import { MAX_VALUE_DEPTH } from '../limits.ts';
import { keyIn } from '../lookup.ts';
import { directionOf } from '../sorting.ts';
import {
  ARRAY,
  ELEMENT,
  INT,
  isUnknown,
  type StaticType,
  STRING,
  STRINGS,
  typeName,
} from '../types.ts';
import { imported, isArray, isMap, kindOf, type Value } from '../values.ts';
import {
  type Builtin,
  type Builtins,
  checkCount,
  checkKind,
  signed,
  type Surroundings,
} from './builtin.ts';

function arrayIn(value: Value | undefined, name: string, at: number): readonly Value[] {
  const given = value ?? null;
  return isArray(given) ? given : fail(at, `${name} takes an array, found ${kindOf(given)}`);
}

/** A builtin of one array that gives another. */
function arrayToArray(
  name: string,
  run: (array: readonly Value[], surroundings: Surroundings, at: number) => readonly Value[],
): Builtin {
  return {
    check: (types, at) => {
      checkCount(name, types, 1, at);
      checkKind(name, types[0], ['array'], at);
      return ARRAY;
    },
    run: ([array], surroundings, at) => run(arrayIn(array, name, at), surroundings, at),
    sure: true,
    sameItems: name !== 'flatten',
  };
}

/** The first or last element, nil where there is none. */
function end(name: 'first' | 'last', index: number): Builtin {
  return {
    check: (types, at) => {
      checkCount(name, types, 1, at);
      const [type = ELEMENT] = types;
      if (type.kind === 'array') return type.packed === true ? STRING : ELEMENT;
      return isUnknown(type)
        ? ELEMENT
        : refuse(at, `${name} takes an array, found ${typeName(type)}`);
    },
    run: ([array = null]) => (isArray(array) ? (array.at(index) ?? null) : null),
  };
}

function flatten(array: readonly Value[], surroundings: Surroundings, at: number): Value[] {
  const flat: Value[] = [];
  const visit = (elements: readonly Value[], depth: number): void => {
    if (depth > MAX_VALUE_DEPTH) fail(at, 'flatten was given arrays that are nested too deeply');
    spend(surroundings, elements.length + 1, at);
    for (const element of elements) {
      if (isArray(element)) visit(element, depth + 1);
      else flat.push(element);
    }
  };
  visit(array, 0);
  grow(surroundings, flat.length, at);
  return flat;
}

function unique(array: readonly Value[], surroundings: Surroundings, at: number): Value[] {
  const kept: Value[] = [];
  for (const value of array) {
    spend(surroundings, kept.length + 1, at);
    if (!kept.some((other) => isEqual(value, other, { budget: surroundings, at }))) {
      kept.push(value);
    }
  }
  return kept;
}

function sorted(values: readonly Value[], surroundings: Surroundings, at: number): Value {
  const [array, order = 'asc'] = values;
  const elements = arrayIn(array, 'sort', at);
  const direction = directionOf(order, at);
  grow(surroundings, elements.length, at);
  return elements.toSorted((one, other) => {
    spend(surroundings, 1, at);
    return direction * compare(one, other, at, 'sort') || 0;
  });
}

const take: Builtin = {
  check: (types, at) => {
    checkCount('take', types, 2, at);
    checkKind('take', types[0], ['array'], at);
    checkKind('take', types[1], ['int'], at);
    const [type = ARRAY] = types;
    return type.kind === 'array' && type.packed !== true ? ARRAY : type;
  },
  run: ([array, count = null], surroundings, at) => {
    const elements = arrayIn(array, 'take', at);
    if (typeof count !== 'bigint') return fail(at, `take takes an int, found ${kindOf(count)}`);
    if (count < 0n) return fail(at, 'take cannot take less than 0 elements');
    const taken = elements.slice(0, Number(count));
    spend(surroundings, taken.length, at);
    return taken;
  },
  sameItems: true,
};

const concat: Builtin = {
  check: (types, at) => {
    if (types.length === 0) refuse(at, 'concat takes at least one array');
    for (const type of types) checkKind('concat', type, ['array'], at);
    return ARRAY;
  },
  run: (values, surroundings, at) => {
    const arrays = values.map((value) => arrayIn(value, 'concat', at));
    grow(
      surroundings,
      arrays.reduce((sum, { length }) => sum + length, 0),
      at,
    );
    return arrays.flat(1);
  },
  sure: true,
};

/** Characters of a text, elements of an array or a map. */
const len: Builtin = {
  check: (types, at) => {
    checkCount('len', types, 1, at);
    checkKind('len', types[0], ['string', 'array', 'map'], at);
    return INT;
  },
  run: ([value = null], surroundings, at) => {
    if (isArray(value)) return BigInt(value.length);
    if (typeof value === 'string') {
      spend(surroundings, value.length / 16, at);
      return BigInt(Array.from(value).length);
    }
    const map = imported(value);
    return isMap(map) ? BigInt(map.size) : fail(at, `${kindOf(value)} has no length`);
  },
  sure: true,
};

/** `get(x, key)`: like `x[key]`, but nil where there is no such element. */
function get(values: readonly Value[], at: number): Value {
  const [base = null, key = null] = values;
  if (base === null) return null;
  if (isArray(base)) {
    const index = Number(toInt(key, at));
    return base[index < 0 ? base.length + index : index] ?? null;
  }
  const map = imported(base);
  return isMap(map) ? (map.get(keyIn(map, key, at)) ?? null) : null;
}

const sortable = (type: StaticType): StaticType[][] => [[type, STRING], [type]];

export const ARRAY_BUILTINS: Builtins = {
  first: end('first', 0),
  last: end('last', -1),
  take,
  len,
  concat,
  get: { check: () => ELEMENT, run: (values, _, at) => get(values, at) },
  flatten: arrayToArray('flatten', flatten),
  uniq: arrayToArray('uniq', unique),
  reverse: arrayToArray('reverse', (array, surroundings, at) => {
    grow(surroundings, array.length, at);
    return array.toReversed();
  }),
  sort: {
    ...signed(
      'sort',
      [...sortable(ARRAY), ...sortable(STRINGS)].map((takes) => ({ takes, gives: ARRAY })),
      sorted,
    ),
    sameItems: true,
  },
};
