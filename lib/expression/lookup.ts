import { fail } from './errors.ts';
import { isKey, kindOf, LooseMap, type Value, type ValueMap } from './values.ts';

/** The key under which a map holds what is asked for; refuses what no such map can hold. */
export function keyIn(map: ValueMap, key: Value, at: number | undefined): Value {
  if (map instanceof LooseMap) {
    return isKey(key) ? key : fail(at, `${kindOf(key)} cannot be a key`);
  }
  // The keys are texts, and the text that nil stands for is the empty one.
  if (key === null) return '';
  return typeof key === 'string'
    ? key
    : fail(at, `the keys of this map are texts, found ${kindOf(key)}`);
}

/** What a map holds under a key; nil, or an empty group, where it holds nothing. */
export function lookUp(map: ValueMap, key: Value, at: number): Value {
  return map.get(keyIn(map, key, at)) ?? (map instanceof LooseMap ? map.absent : null);
}
