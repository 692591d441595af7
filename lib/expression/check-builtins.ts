import type { BuiltinNode, Node } from './ast.ts';
import { builtinNamed } from './builtins/catalogue.ts';
import type { CheckContext } from './check-context.ts';
import { mapElement } from './check-members.ts';
import { refuse } from './errors.ts';
import { PREDICATE_BUILTINS } from './operators.ts';
import {
  ANY,
  ARRAY,
  arrayOf,
  BOOL,
  ELEMENT,
  GROUPS,
  INT,
  isUnknown,
  type StaticType,
  typeName,
} from './types.ts';

/** The type of a call of a builtin. */
export function checkBuiltin(node: BuiltinNode, context: CheckContext): StaticType {
  if (PREDICATE_BUILTINS.has(node.name)) return checkLoop(node, context);
  if (node.name === 'get') return checkGet(node, context);
  const types = node.arguments.map((argument) => context.visit(argument, context));
  const builtin = builtinNamed(node.name);
  if (builtin === undefined) return refuse(node.at, `unknown function ${node.name}`);
  return builtin.check(types, node.at);
}

/** `get(x, key)` gives nil where `x[key]` would fail; `get($env, "name")` asks for any name. */
function checkGet(node: BuiltinNode, context: CheckContext): StaticType {
  const [base, key] = node.arguments;
  if (base === undefined || key === undefined || node.arguments.length > 2) {
    return refuse(node.at, `get takes 2 arguments, found ${node.arguments.length}`);
  }
  const baseType = context.visit(base, context);
  const keyType = context.visit(key, context);
  if (base.kind === 'name' && base.name === '$env') {
    const name = key.kind === 'string' ? key.value : '';
    return (Object.hasOwn(context.scope, name) ? context.scope[name] : undefined) ?? ANY;
  }
  if (isUnknown(baseType)) return ANY;
  if (baseType.kind === 'map') {
    const { fields, ...open } = baseType;
    const type = mapElement(open, keyType, undefined, key.at);
    return fields === undefined ? type : ELEMENT;
  }
  if (baseType.kind === 'array') {
    if (keyType.kind !== 'int' && !isUnknown(keyType)) {
      refuse(key.at, `an index is an int, found ${typeName(keyType)}`);
    }
    return baseType.item;
  }
  return refuse(base.at, `get takes an array or a map, found ${typeName(baseType)}`);
}

/** Builtins whose predicate has to say yes or no. */
const DECIDING = new Set([
  'all',
  'none',
  'any',
  'one',
  'filter',
  'count',
  'find',
  'findLast',
  'findIndex',
  'findLastIndex',
]);

function checkLoop(node: BuiltinNode, context: CheckContext): StaticType {
  const { name } = node;
  const [collectionNode, predicate, third] = node.arguments;
  if (collectionNode === undefined) return refuse(node.at, `${name} takes an array`);
  const collection = context.visit(collectionNode, context);
  if (collection.kind !== 'array' && !isUnknown(collection)) {
    refuse(collectionNode.at, `${name} takes an array, found ${typeName(collection)}`);
  }
  const item = collection.kind === 'array' ? collection.item : ANY;
  const outcome =
    predicate === undefined ? undefined : checkPredicate(name, predicate, item, context);
  if (third !== undefined) checkThird(name, third, context);
  switch (name) {
    case 'filter':
      return collection.kind === 'array' ? arrayOf(item) : ARRAY;
    case 'map':
      return arrayOf(outcome ?? ANY);
    case 'count':
    case 'findIndex':
    case 'findLastIndex':
      return INT;
    case 'sum':
      return outcome === undefined ? item : declared(outcome);
    case 'find':
    case 'findLast':
      return item;
    case 'groupBy':
      return GROUPS;
    case 'sortBy':
      return collection;
    case 'reduce':
      return outcome ?? ANY;
    default:
      return BOOL;
  }
}

const declared = (type: StaticType): StaticType => (isUnknown(type) ? ELEMENT : type);

function checkPredicate(
  name: string,
  predicate: Node,
  item: StaticType,
  context: CheckContext,
): StaticType {
  if (predicate.kind !== 'predicate') throw new Error('The parser lets no such call pass');
  const index = name === 'map' || name === 'reduce' ? { index: INT } : {};
  const acc = name === 'reduce' ? { acc: ANY } : {};
  context.predicates.push({ item, pointers: { ...index, ...acc } });
  const outcome = context.visit(predicate.body, context);
  context.predicates.pop();
  if (outcome.kind === 'nil') refuse(predicate.at, `the predicate of ${name} gives nothing`);
  if (DECIDING.has(name) && outcome.kind !== 'bool' && !isUnknown(outcome)) {
    refuse(predicate.at, `the predicate of ${name} is a bool, found ${typeName(outcome)}`);
  }
  predicate.type = outcome;
  return outcome;
}

function checkThird(name: string, third: Node, context: CheckContext): void {
  const type = context.visit(third, context);
  if (name === 'sortBy' && type.kind !== 'string' && !isUnknown(type)) {
    refuse(third.at, `the order of sortBy is "asc" or "desc", found ${typeName(type)}`);
  }
}
