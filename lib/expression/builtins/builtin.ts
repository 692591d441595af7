import type { Budget } from '../budget.ts';
import { refuse } from '../errors.ts';
import { type Overload, checkSignature } from '../signature.ts';
import { type StaticType, typeName } from '../types.ts';
import type { Value } from '../values.ts';

/** What a builtin may use while it runs. */
export interface Surroundings extends Budget {
  /** The tick's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** A function of the language. */
export interface Builtin {
  /** The type of its result for arguments of these types; refuses what it cannot take. */
  readonly check: (types: readonly StaticType[], at: number) => StaticType;
  readonly run: (values: readonly Value[], surroundings: Surroundings, at: number) => Value;
  /** Whether the type found by the checker is what comes out for certain. */
  readonly sure?: boolean;
  /** Whether the elements of its result are elements of its first argument. */
  readonly sameItems?: boolean;
}

export type Builtins = Readonly<Record<string, Builtin>>;

/** A builtin with fixed signatures, which fully tell the type of its result. */
export function signed(name: string, overloads: readonly Overload[], run: Builtin['run']): Builtin {
  return { check: (types, at) => checkSignature({ name, at, overloads }, types), run, sure: true };
}

/** Refuses a call with another number of arguments. */
export function checkCount(
  name: string,
  types: readonly StaticType[],
  wanted: number,
  at: number,
): void {
  if (types.length === wanted) return;
  const plural = wanted === 1 ? 'argument' : 'arguments';
  refuse(at, `${name} takes ${wanted} ${plural}, found ${types.length}`);
}

/** Refuses an argument that is none of these kinds; what is not known yet passes. */
export function checkKind(
  name: string,
  type: StaticType | undefined,
  kinds: readonly StaticType['kind'][],
  at: number,
): void {
  if (type === undefined || type.kind === 'any' || kinds.includes(type.kind)) return;
  refuse(at, `${name} takes ${kinds.join(' or ')}, found ${typeName(type)}`);
}
