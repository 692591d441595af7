import { BIT_BUILTINS } from './builtins/bits.ts';
import type { Builtins } from './builtins/builtin.ts';
import { DATE_BUILTINS } from './builtins/dates.ts';
import { ENCODING_BUILTINS } from './builtins/encodings.ts';
import { MAP_BUILTINS } from './builtins/maps.ts';
import { callMethod, methodsOf } from './builtins/methods.ts';
import { STRING_BUILTINS } from './builtins/strings.ts';
import { matchDynamic, matcher } from './regexp/matcher.ts';

/** What expressions rarely use; see extras.ts. */
export interface Everything {
  readonly builtins: Builtins;
  readonly methodsOf: typeof methodsOf;
  readonly callMethod: typeof callMethod;
  readonly matcher: typeof matcher;
  readonly matchDynamic: typeof matchDynamic;
}

export const EVERYTHING: Everything = {
  builtins: {
    ...MAP_BUILTINS,
    ...STRING_BUILTINS,
    ...DATE_BUILTINS,
    ...BIT_BUILTINS,
    ...ENCODING_BUILTINS,
  },
  methodsOf,
  callMethod,
  matcher,
  matchDynamic,
};
