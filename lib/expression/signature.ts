import { refuse } from './errors.ts';
import { isAssignable, isUnknown, type StaticType, typeName } from './types.ts';

/** What a function takes and gives. */
export interface Overload {
  readonly takes: readonly StaticType[];
  readonly gives: StaticType;
}

interface Callable {
  readonly name: string;
  readonly at: number;
  readonly overloads: readonly Overload[];
}

/** The result of a call with arguments of these types; refuses one that no overload takes. */
export function checkSignature(callable: Callable, types: readonly StaticType[]): StaticType {
  const fitting = callable.overloads.find(
    ({ takes }) =>
      takes.length === types.length &&
      types.every((type, index) => fits(type, takes[index] ?? type)),
  );
  if (fitting !== undefined) return fitting.gives;
  const forms = callable.overloads.map(
    ({ takes }) => `${callable.name}(${takes.map((type) => typeName(type)).join(', ')})`,
  );
  return refuse(
    callable.at,
    `${callable.name} cannot be called with (${types.map((type) => typeName(type)).join(', ')})`,
    `It is called as ${[...new Set(forms)].join(' or ')}.`,
  );
}

function fits(type: StaticType, wanted: StaticType): boolean {
  if (type.kind === 'nil') return isUnknown(wanted) || wanted.kind === 'zone';
  return isUnknown(type) || isAssignable(type, wanted);
}
