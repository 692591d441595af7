import { fail } from '../errors.ts';
import { wrap } from '../int64.ts';
import { INT } from '../types.ts';
import { kindOf, type Value } from '../values.ts';
import { type Builtins, signed } from './builtin.ts';

function intIn(value: Value | undefined, name: string, at: number): bigint {
  if (typeof value === 'bigint') return value;
  return fail(at, `${name} takes ints, found ${kindOf(value ?? null)}`);
}

function bitwise(
  name: string,
  combine: (one: bigint, other: bigint, at: number) => bigint,
): Builtins {
  const builtin = signed(name, [{ takes: [INT, INT], gives: INT }], ([one, other], _, at) =>
    wrap(combine(intIn(one, name, at), intIn(other, name, at), at)),
  );
  return { [name]: builtin };
}

/** From 64 places on nothing is left of an int, whatever the rest of the count says. */
function places(count: bigint, at: number): bigint {
  if (count < 0n) return fail(at, `an int cannot be shifted by ${count} places`);
  return count > 64n ? 64n : count;
}

export const BIT_BUILTINS: Builtins = {
  ...bitwise('bitand', (one, other) => one & other),
  ...bitwise('bitor', (one, other) => one | other),
  ...bitwise('bitxor', (one, other) => one ^ other),
  ...bitwise('bitnand', (one, other) => one & ~other),
  ...bitwise('bitshl', (one, count, at) => one << places(count, at)),
  ...bitwise('bitshr', (one, count, at) => one >> places(count, at)),
  ...bitwise('bitushr', (one, count, at) => BigInt.asUintN(64, one) >> places(count, at)),
  bitnot: signed(
    'bitnot',
    [{ takes: [INT], gives: INT }],
    ([value], _, at) => ~intIn(value, 'bitnot', at),
  ),
};
