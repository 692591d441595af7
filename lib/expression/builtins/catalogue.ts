import { extraBuiltin } from '../extras.ts';
import { ARRAY_BUILTINS } from './arrays.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { EXTRA_NAMES } from './extra-names.ts';
import { NUMBER_BUILTINS } from './numbers.ts';
import { TYPE_BUILTINS } from './types.ts';

/** What formulas are usually made of; the rest is loaded when an expression names it. */
const USUAL: Builtins = { ...NUMBER_BUILTINS, ...ARRAY_BUILTINS, ...TYPE_BUILTINS };

/** Every function of the language by name, but those that take a predicate. */
export const BUILTIN_NAMES: readonly string[] = [...Object.keys(USUAL), ...EXTRA_NAMES];

export function builtinNamed(name: string): Builtin | undefined {
  if (Object.hasOwn(USUAL, name)) return USUAL[name];
  return EXTRA_NAMES.includes(name) ? extraBuiltin(name) : undefined;
}
