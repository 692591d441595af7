/**
 * What an expression is known to be before it runs. `any` is known only at run time; with
 * `declared` it is the element of a container of anything, which the original tells from a plain
 * unknown when the branches of a condition are joined.
 */
export type StaticType =
  | { readonly kind: 'any'; readonly declared?: boolean }
  | { readonly kind: Exclude<ScalarKind, 'any'> }
  | {
      readonly kind: 'array';
      readonly item: StaticType;
      /** An array of nothing but strings (`split`), which is another type than an array of any. */
      readonly packed?: boolean;
    }
  | {
      readonly kind: 'map';
      /** All the fields there are; without it any field may be asked for. */
      readonly fields?: Readonly<Record<string, StaticType>>;
      /** What keys may be; strings unless said otherwise. */
      readonly keys?: 'any';
      /** What values are; any unless said otherwise. */
      readonly values?: StaticType;
    };

type ScalarKind =
  | 'int'
  | 'float'
  | 'bool'
  | 'string'
  | 'nil'
  | 'any'
  | 'time'
  | 'duration'
  | 'zone'
  | 'month'
  | 'weekday';

/** The names an expression may use, and what each is. */
export type Scope = Readonly<Record<string, StaticType>>;

export const ANY: StaticType = { kind: 'any' };
export const ELEMENT: StaticType = { kind: 'any', declared: true };
export const INT: StaticType = { kind: 'int' };
export const FLOAT: StaticType = { kind: 'float' };
export const BOOL: StaticType = { kind: 'bool' };
export const STRING: StaticType = { kind: 'string' };
export const NIL: StaticType = { kind: 'nil' };
export const TIME: StaticType = { kind: 'time' };
export const DURATION: StaticType = { kind: 'duration' };
export const ZONE: StaticType = { kind: 'zone' };
export const MONTH: StaticType = { kind: 'month' };
export const WEEKDAY: StaticType = { kind: 'weekday' };
export const ARRAY: StaticType = { kind: 'array', item: ELEMENT };
export const STRINGS: StaticType = { kind: 'array', item: STRING, packed: true };
export const MAP: StaticType = { kind: 'map' };
export const ANY_MAP: StaticType = { kind: 'map', keys: 'any' };
export const GROUPS: StaticType = { kind: 'map', keys: 'any', values: ARRAY };

export const arrayOf = (item: StaticType): StaticType => ({ kind: 'array', item });

export const isUnknown = (type: StaticType): boolean => type.kind === 'any';
export const isNumber = (type: StaticType): boolean => type.kind === 'int' || type.kind === 'float';

/** The family the original sorts a type into; two members of one array share it. */
export function familyOf(type: StaticType): string {
  switch (type.kind) {
    case 'any':
      return type.declared === true ? 'any' : 'nothing';
    case 'nil':
      return 'nothing';
    case 'month':
    case 'weekday':
      return 'int';
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'time':
    case 'duration':
    case 'zone':
    case 'array':
    case 'map':
      return type.kind;
    default: {
      const never: never = type;
      return never;
    }
  }
}

/** What tells two types of one family apart. */
function identityOf(type: StaticType): string {
  if (type.kind === 'array') return type.packed === true ? 'array of string' : 'array';
  if (type.kind === 'map') return `map ${type.keys ?? 'string'} ${type.values?.kind ?? 'any'}`;
  return type.kind;
}

/** Whether a value of one type may stand where the other is declared. */
export function isAssignable(from: StaticType, to: StaticType): boolean {
  const anything = to.kind === 'any' && to.declared === true;
  if (from.kind === 'nil') return anything || ['map', 'array', 'zone'].includes(to.kind);
  const blank = (type: StaticType): boolean => familyOf(type) === 'nothing';
  if (blank(from) || blank(to)) return false;
  return anything || (familyOf(from) === familyOf(to) && identityOf(from) === identityOf(to));
}

/** Whether `==` makes sense between the two. */
export function isComparable(left: StaticType, right: StaticType): boolean {
  const either = (kind: StaticType['kind']): boolean => left.kind === kind || right.kind === kind;
  if (either('any') || either('nil')) return true;
  if (isNumber(left) && isNumber(right)) return true;
  return (left.kind === 'array' && right.kind === 'array') || isAssignable(left, right);
}

/** How messages call a type. */
export function typeName(type: StaticType): string {
  if (type.kind === 'array') {
    return isUnknown(type.item) ? 'array' : `array of ${typeName(type.item)}`;
  }
  if (type.kind === 'map' && type.fields !== undefined) {
    return `map of ${Object.keys(type.fields).join(', ')}`;
  }
  return type.kind;
}
