import { nearest } from '../model/nearest.ts';
import { type ConditionalNode, type LetNode, type Node, typeOf } from './ast.ts';
import { checkBuiltin } from './check-builtins.ts';
import type { CheckContext } from './check-context.ts';
import { checkCall, checkIndexing, checkMember } from './check-members.ts';
import { binaryType } from './check-operators.ts';
import { refuse } from './errors.ts';
import { matcher } from './extras.ts';
import {
  ANY,
  ARRAY,
  arrayOf,
  BOOL,
  familyOf,
  FLOAT,
  INT,
  isAssignable,
  isNumber,
  isUnknown,
  MAP,
  NIL,
  type Scope,
  type StaticType,
  STRING,
  typeName,
} from './types.ts';

/**
 * Gives every node of a tree its type, or throws a FaultSignal at the first that makes no sense.
 * The rules are expr-lang 1.17.8's, its loose ends included (the branches of `?:` are joined only
 * where one may stand for the other, an array has the type of its last element), for what one
 * checker accepts the other must accept too.
 */
export function check(tree: Node, scope: Scope, functions: readonly string[]): StaticType {
  const isBuiltin = (name: string): boolean => functions.includes(name);
  const context: CheckContext = { scope, isBuiltin, functions, lets: [], predicates: [], visit };
  return visit(tree, context);
}

function visit(node: Node, context: CheckContext): StaticType {
  const type = typeFor(node, context);
  node.type = type;
  return type;
}

function typeFor(node: Node, context: CheckContext): StaticType {
  switch (node.kind) {
    case 'nil':
      return NIL;
    case 'int':
      return INT;
    case 'float':
      return FLOAT;
    case 'bool':
      return BOOL;
    case 'string':
      return STRING;
    case 'name':
      return checkName(node.name, node.at, context);
    case 'unary':
      return checkUnary(node.operator, visit(node.operand, context), node.at);
    case 'binary':
      return checkBinary(node, context);
    case 'chain':
    case 'keep':
      return visit(node.body, context);
    case 'kept':
      return typeOf(node.of);
    case 'member':
      return checkMember(node, context);
    case 'slice':
      return checkSlice(node, context);
    case 'call':
      return checkCall(node, context);
    case 'builtin':
      return checkBuiltin(node, context);
    case 'pointer':
      return checkPointer(node.name, node.at, context);
    case 'let':
      return checkLet(node, context);
    case 'sequence':
      return node.nodes.map((part) => visit(part, context)).at(-1) ?? NIL;
    case 'conditional':
      return checkConditional(node, context);
    case 'array':
      return checkArray(node.items, context);
    case 'map':
      for (const { key, value } of node.pairs) {
        visit(key, context);
        visit(value, context);
      }
      return MAP;
    case 'predicate':
    case 'constant':
      throw new Error(`${node.kind} is not checked on its own`);
    default: {
      const never: never = node;
      return never;
    }
  }
}

function checkName(name: string, at: number, context: CheckContext): StaticType {
  const bound = context.lets.findLast((binding) => binding.name === name);
  if (bound !== undefined) return bound.type;
  if (name === '$env') return ANY;
  const known = Object.hasOwn(context.scope, name) ? context.scope[name] : undefined;
  if (known !== undefined) return known;
  if (context.isBuiltin(name)) {
    refuse(at, `${name} is a function`, `Call it: ${name}(…).`);
  }
  const names = [...Object.keys(context.scope), ...context.lets.map((binding) => binding.name)];
  const advice = names.length === 0 ? 'No metric is defined here.' : `Known are ${list(names)}.`;
  return refuse(at, `unknown name ${name}${nearest(name, names)}`, advice);
}

/** More names than this in one message help nobody. */
const MOST_NAMES = 12;

function list(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

function checkUnary(operator: '-' | '+' | 'not', operand: StaticType, at: number): StaticType {
  if (operator === 'not') {
    if (operand.kind === 'bool' || isUnknown(operand)) return BOOL;
    return refuse(at, `not takes a bool, found ${typeName(operand)}`);
  }
  if (isNumber(operand)) return operand;
  if (isUnknown(operand)) return ANY;
  return refuse(at, `${operator} takes a number, found ${typeName(operand)}`);
}

function checkBinary(node: Extract<Node, { kind: 'binary' }>, context: CheckContext): StaticType {
  const left = visit(node.left, context);
  const right = visit(node.right, context);
  const type = binaryType(node.operator, left, right);
  if (node.operator === 'matches' && node.right.kind === 'string') {
    // A pattern that can be read now is, even where it would never be used.
    matcher(node.right.value, node.right.at);
  }
  if (type !== undefined) return type;
  const advice =
    node.operator === '%' && isNumber(left) && isNumber(right)
      ? '% takes ints, and metrics are floats: write int(x) % n.'
      : '';
  return refuse(
    node.at,
    `${node.operator} does not work on ${typeName(left)} and ${typeName(right)}`,
    advice,
  );
}

function checkSlice(node: Extract<Node, { kind: 'slice' }>, context: CheckContext): StaticType {
  const base = visit(node.base, context);
  for (const bound of [node.from, node.to]) {
    if (bound === undefined) continue;
    const type = visit(bound, context);
    // Of what is not known yet the original asks nothing, so a float is cut to an int there.
    if (!isUnknown(base)) checkIndexing(type, bound.at);
  }
  if (isUnknown(base)) return ANY;
  if (base.kind === 'string' || base.kind === 'array') return base;
  return refuse(node.at, `only arrays and texts can be sliced, found ${typeName(base)}`);
}

function checkPointer(name: string, at: number, context: CheckContext): StaticType {
  const predicate = context.predicates.at(-1);
  if (predicate === undefined) return refuse(at, '# means something only inside a predicate');
  if (name === '') return predicate.item;
  const type = Object.hasOwn(predicate.pointers, name) ? predicate.pointers[name] : undefined;
  if (type !== undefined) return type;
  const known = ['#', ...Object.keys(predicate.pointers).map((pointer) => `#${pointer}`)];
  return refuse(at, `unknown pointer #${name}`, `Known here are ${known.join(' and ')}.`);
}

function checkLet(node: LetNode, context: CheckContext): StaticType {
  const { name, at } = node;
  const taken = Object.hasOwn(context.scope, name)
    ? 'a metric'
    : context.isBuiltin(name)
      ? 'a function'
      : context.lets.some((binding) => binding.name === name)
        ? 'another let'
        : undefined;
  if (taken !== undefined) refuse(at, `${name} is ${taken} already`, 'Choose another name.');
  const type = visit(node.value, context);
  context.lets.push({ name, type });
  const body = visit(node.body, context);
  context.lets.pop();
  return body;
}

function checkConditional(node: ConditionalNode, context: CheckContext): StaticType {
  const condition = visit(node.condition, context);
  if (condition.kind !== 'bool' && !isUnknown(condition)) {
    refuse(node.condition.at, `a condition is a bool, found ${typeName(condition)}`);
  }
  const whenTrue = node.whenTrue === undefined ? condition : visit(node.whenTrue, context);
  const whenFalse = visit(node.whenFalse, context);
  return joined(whenTrue, whenFalse);
}

function joined(whenTrue: StaticType, whenFalse: StaticType): StaticType {
  if (whenTrue.kind === 'nil') return whenFalse;
  if (whenFalse.kind === 'nil') return whenTrue;
  if (!isAssignable(whenTrue, whenFalse)) return ANY;
  if (whenTrue.kind === 'array' && whenFalse.kind === 'array') {
    const { item: one } = whenTrue;
    const { item: other } = whenFalse;
    if (!isAssignable(one, other) || !isAssignable(other, one)) return ARRAY;
  }
  return whenTrue;
}

function checkArray(items: readonly Node[], context: CheckContext): StaticType {
  const types = items.map((item) => visit(item, context));
  const families = new Set(types.map((type) => familyOf(type)));
  return families.size <= 1 ? arrayOf(types.at(-1) ?? ANY) : ARRAY;
}
