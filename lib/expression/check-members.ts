import { nearest } from '../model/nearest.ts';
import type { CallNode, MemberNode } from './ast.ts';
import type { CheckContext } from './check-context.ts';
import { refuse } from './errors.ts';
import { methodsOf } from './extras.ts';
import { checkSignature } from './signature.ts';
import {
  ANY,
  ELEMENT,
  isAssignable,
  isUnknown,
  type StaticType,
  STRING,
  typeName,
} from './types.ts';

/** An index or a bound of a slice has to be a whole number. */
export function checkIndexing(type: StaticType, at: number): void {
  if (type.kind !== 'int' && !isUnknown(type)) {
    refuse(at, `an index is an int, found ${typeName(type)}`, 'Write int(x) to cut a float.');
  }
}

/** `base.field`, `base[index]` and their `?.` forms. */
export function checkMember(node: MemberNode, context: CheckContext): StaticType {
  const { base, property } = node;
  if (base.kind === 'name' && base.name === '$env') {
    base.type = ANY;
    context.visit(property, context);
    return property.kind === 'string' ? scopeField(node, property.value, context) : ANY;
  }
  const baseType = context.visit(base, context);
  const propertyType = context.visit(property, context);
  if (isUnknown(baseType)) return ANY;
  const field = property.kind === 'string' ? property.value : undefined;
  if (baseType.kind === 'map') return mapElement(baseType, propertyType, field, property.at);
  if (baseType.kind === 'array' && field === undefined) {
    checkIndexing(propertyType, property.at);
    return baseType.item;
  }
  if (field === undefined) {
    return refuse(node.at, `${typeName(baseType)} has no elements to index`);
  }
  if (Object.hasOwn(methodsOf(baseType.kind), field)) {
    return refuse(node.at, `${field} is a method`, `Call it: .${field}().`);
  }
  return refuse(node.at, `${typeName(baseType)} has no field ${field}`);
}

/** `$env.name`: `$env?.name` asks for what may not be there, and so is no mistake. */
function scopeField(node: MemberNode, name: string, context: CheckContext): StaticType {
  const known = Object.hasOwn(context.scope, name) ? context.scope[name] : undefined;
  if (known !== undefined || node.optional) return known ?? ANY;
  return refuse(
    node.property.at,
    `unknown name ${name}${nearest(name, Object.keys(context.scope))}`,
  );
}

/** The type of one element of a map, by field name or computed key. */
export function mapElement(
  base: Extract<StaticType, { kind: 'map' }>,
  key: StaticType,
  field: string | undefined,
  at: number,
): StaticType {
  const keyType = base.keys === 'any' ? ELEMENT : STRING;
  if (!isUnknown(key) && !isAssignable(key, keyType)) {
    refuse(at, `the keys of this map are texts, found ${typeName(key)}`);
  }
  if (base.fields === undefined) return base.values ?? ELEMENT;
  if (field === undefined) return ELEMENT;
  const known = Object.hasOwn(base.fields, field) ? base.fields[field] : undefined;
  if (known !== undefined) return known;
  const names = Object.keys(base.fields);
  const hint = nearest(field, names);
  return refuse(at, `unknown field ${field}${hint}`, `Known are ${names.join(', ')}.`);
}

/** A call of a method of a date or duration; nothing else has any. */
export function checkCall(node: CallNode, context: CheckContext): StaticType {
  const { callee } = node;
  if (callee.kind === 'member' && !(callee.base.kind === 'name' && callee.base.name === '$env')) {
    const base = context.visit(callee.base, context);
    context.visit(callee.property, context);
    callee.type = ANY;
    const types = node.arguments.map((argument) => context.visit(argument, context));
    if (isUnknown(base)) return ANY;
    const name = callee.property.kind === 'string' ? callee.property.value : '';
    const methods = methodsOf(base.kind);
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method !== undefined) {
      return checkSignature({ name, at: node.at, overloads: [method] }, types);
    }
    const hint = nearest(name, Object.keys(methods));
    return refuse(node.at, `${typeName(base)} has no method ${name}${hint}`);
  }
  if (callee.kind === 'name' && !Object.hasOwn(context.scope, callee.name)) {
    const bound = context.lets.some((binding) => binding.name === callee.name);
    if (!bound && callee.name !== '$env') {
      const hint = nearest(callee.name, context.functions);
      refuse(callee.at, `unknown function ${callee.name}${hint}`, 'See docs/expressions.md.');
    }
  }
  const type = context.visit(callee, context);
  return refuse(node.at, `${typeName(type)} is no function and cannot be called`);
}
