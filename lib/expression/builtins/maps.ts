import { grow } from '../budget.ts';
import { fail } from '../errors.ts';
import { ANY_MAP, ARRAY } from '../types.ts';
import {
  imported,
  isArray,
  isKey,
  isMap,
  kindOf,
  LooseMap,
  type Value,
  type ValueMap,
} from '../values.ts';
import { type Builtin, type Builtins, checkCount, checkKind } from './builtin.ts';

/** A builtin of one map that gives an array. */
function mapToArray(name: string, run: (map: ValueMap) => readonly Value[]): Builtin {
  return {
    check: (types, at) => {
      checkCount(name, types, 1, at);
      checkKind(name, types[0], ['map'], at);
      return ARRAY;
    },
    run: ([value = null], surroundings, at) => {
      const map = imported(value);
      if (!isMap(map)) return fail(at, `${name} takes a map, found ${kindOf(value)}`);
      grow(surroundings, map.size, at);
      return run(map);
    },
    sure: true,
  };
}

function pairIn(value: Value, at: number): readonly [Value, Value] {
  if (!isArray(value) || value.length !== 2) {
    return fail(at, 'fromPairs takes pairs, each an array of a key and a value');
  }
  const [key = null, held = null] = value;
  return isKey(key) ? [key, held] : fail(at, `${kindOf(key)} cannot be a key`);
}

export const MAP_BUILTINS: Builtins = {
  keys: mapToArray('keys', (map) => [...map.keys()]),
  values: mapToArray('values', (map) => [...map.values()]),
  toPairs: mapToArray('toPairs', (map) => [...map].map(([key, value]) => [key, value])),
  fromPairs: {
    check: (types, at) => {
      checkCount('fromPairs', types, 1, at);
      checkKind('fromPairs', types[0], ['array'], at);
      return ANY_MAP;
    },
    run: ([value = null], surroundings, at) => {
      if (!isArray(value)) return fail(at, `fromPairs takes an array, found ${kindOf(value)}`);
      grow(surroundings, value.length, at);
      return new LooseMap(
        null,
        value.map((pair) => pairIn(pair, at)),
      );
    },
    sure: true,
  },
};
