import { ARRAY_BUILTINS } from './arrays.ts';
import { BIT_BUILTINS } from './bits.ts';
import type { Builtins } from './builtin.ts';
import { DATE_BUILTINS } from './dates.ts';
import { ENCODING_BUILTINS } from './encodings.ts';
import { MAP_BUILTINS } from './maps.ts';
import { NUMBER_BUILTINS } from './numbers.ts';
import { STRING_BUILTINS } from './strings.ts';
import { TYPE_BUILTINS } from './types.ts';

/** Every function of the language but those that take a predicate. */
export const BUILTINS: Builtins = {
  ...NUMBER_BUILTINS,
  ...ARRAY_BUILTINS,
  ...MAP_BUILTINS,
  ...STRING_BUILTINS,
  ...DATE_BUILTINS,
  ...BIT_BUILTINS,
  ...ENCODING_BUILTINS,
  ...TYPE_BUILTINS,
};
