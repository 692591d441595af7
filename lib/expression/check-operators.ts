import type { BinaryOperator } from './ast.ts';
import {
  ANY,
  arrayOf,
  BOOL,
  DURATION,
  FLOAT,
  INT,
  isAssignable,
  isComparable,
  isNumber,
  isUnknown,
  NIL,
  type StaticType,
  STRING,
  TIME,
} from './types.ts';

type Kind = StaticType['kind'];

const NUMBERS: readonly Kind[] = ['int', 'float'];
const ORDERED: readonly Kind[] = ['int', 'float', 'string', 'time', 'duration'];

/** Whether one side is unknown and the other unknown as well or of one of these kinds. */
function maybe(left: StaticType, right: StaticType, kinds: readonly Kind[]): boolean {
  if (isUnknown(left)) return isUnknown(right) || kinds.includes(right.kind);
  return isUnknown(right) && kinds.includes(left.kind);
}

const both = (left: StaticType, right: StaticType, kind: Kind): boolean =>
  left.kind === kind && right.kind === kind;

/**
 * What a binary operator gives for operands of two types, or undefined where it gives nothing
 * sensible: the table of expr-lang 1.17.8. Only the reasons differ between operators, so this
 * is one case for each family of them.
 */
export function binaryType(
  operator: BinaryOperator,
  left: StaticType,
  right: StaticType,
): StaticType | undefined {
  switch (operator) {
    case '==':
    case '!=':
      return isComparable(left, right) ? BOOL : undefined;
    case 'and':
    case 'or':
      return both(left, right, 'bool') || maybe(left, right, ['bool']) ? BOOL : undefined;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return isOrdered(left, right) ? BOOL : undefined;
    case '+':
      return addition(left, right);
    case '-':
      return subtraction(left, right);
    case '*':
      return multiplication(left, right);
    case '/':
    case '**':
      return numbers(left, right) || maybe(left, right, NUMBERS) ? FLOAT : undefined;
    case '%':
      return both(left, right, 'int') || maybe(left, right, ['int']) ? INT : undefined;
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return both(left, right, 'string') || maybe(left, right, ['string']) ? BOOL : undefined;
    case '..':
      return both(left, right, 'int') || maybe(left, right, ['int']) ? arrayOf(INT) : undefined;
    case 'in':
      return isContainable(left, right) ? BOOL : undefined;
    case '??':
      return coalesced(left, right);
    default: {
      const never: never = operator;
      return never;
    }
  }
}

const numbers = (left: StaticType, right: StaticType): boolean => isNumber(left) && isNumber(right);

const promoted = (left: StaticType, right: StaticType): StaticType =>
  left.kind === 'float' || right.kind === 'float' ? FLOAT : INT;

function isOrdered(left: StaticType, right: StaticType): boolean {
  if (numbers(left, right)) return true;
  if (left.kind === right.kind && ['string', 'time', 'duration'].includes(left.kind)) return true;
  return maybe(left, right, ORDERED);
}

function addition(left: StaticType, right: StaticType): StaticType | undefined {
  if (numbers(left, right)) return promoted(left, right);
  if (both(left, right, 'string')) return STRING;
  if (both(left, right, 'duration')) return DURATION;
  if (left.kind === 'time' && right.kind === 'duration') return TIME;
  if (left.kind === 'duration' && right.kind === 'time') return TIME;
  return maybe(left, right, ORDERED) ? ANY : undefined;
}

function subtraction(left: StaticType, right: StaticType): StaticType | undefined {
  if (numbers(left, right)) return promoted(left, right);
  if (both(left, right, 'time') || both(left, right, 'duration')) return DURATION;
  if (left.kind === 'time' && right.kind === 'duration') return TIME;
  return maybe(left, right, ['int', 'float', 'time', 'duration']) ? ANY : undefined;
}

function multiplication(left: StaticType, right: StaticType): StaticType | undefined {
  if (numbers(left, right)) return promoted(left, right);
  const scalable = (type: StaticType): boolean => isNumber(type) || type.kind === 'duration';
  if (scalable(left) && scalable(right)) return DURATION;
  return maybe(left, right, ['int', 'float', 'duration']) ? ANY : undefined;
}

function isContainable(left: StaticType, right: StaticType): boolean {
  if (right.kind === 'map') {
    return isUnknown(left) || isAssignable(left, right.keys === 'any' ? ELEMENT_KEY : STRING);
  }
  if (right.kind === 'array') return isComparable(left, right.item);
  return isUnknown(right) || (isUnknown(left) && right.kind === 'string');
}

const ELEMENT_KEY: StaticType = { kind: 'any', declared: true };

function coalesced(left: StaticType, right: StaticType): StaticType {
  if (left.kind === 'nil') return right.kind === 'nil' ? NIL : right;
  if (right.kind === 'nil' || isAssignable(right, left)) return left;
  return ANY;
}
