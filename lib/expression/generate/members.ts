import { toInt } from '../arithmetic.ts';
import {
  type CallNode,
  type ChainNode,
  type MemberNode,
  type Node,
  type SliceNode,
  typeOf,
} from '../ast.ts';
import { grow } from '../budget.ts';
import { clamp, sliceText } from '../builtins/utf8.ts';
import { fail } from '../errors.ts';
import { callMethod } from '../extras.ts';
import { lookUp } from '../lookup.ts';
import { imported, isArray, isMap, isNil, kindOf, type Value } from '../values.ts';
import {
  ANY_KIND,
  anyCode,
  type Code,
  FLOAT_KIND,
  type Frame,
  type Generator,
  missing,
  type Run,
} from './code.ts';

/** What is left of a chain once a `?.` has found nothing: no value at all, not even nil. */
type Stopped = undefined;
type ChainRun = Run<Value | Stopped>;

export function generateMember(node: MemberNode, generator: Generator): Code {
  return metricFigure(node, generator) ?? anyCode(chainLink(node, generator) as Run);
}

/** `orders.lag`, read straight from what was handed in: by far the most usual member. */
function metricFigure(node: MemberNode, generator: Generator): Code | undefined {
  const { base, property, at } = node;
  if (base.kind !== 'name' || property.kind !== 'string') return undefined;
  if (base.name === '$env') return generator.visit({ ...property, ...scopeName(node) }, generator);
  const type = typeOf(base);
  const known = type.kind === 'map' ? type.fields : undefined;
  const local = generator.lets.some(({ name }) => name === base.name);
  if (local || known?.[property.value]?.kind !== 'float') return undefined;
  generator.names.add(base.name);
  const { name } = base;
  const field = property.value;
  const label = `${name}.${field}`;
  const lenient = (frame: Frame): Value | undefined => {
    const record = frame.env[name];
    if (record === undefined || record === null)
      return node.optional ? undefined : missing(name, at);
    return fieldOf(record, field);
  };
  const float: Run<number> = (frame) => {
    const value = lenient(frame);
    return typeof value === 'number' ? value : missing(label, at);
  };
  return { kinds: FLOAT_KIND, run: float, float, lenient: { run: lenient, label } };
}

/** `$env.name` and `$env["name"]` are the name itself; one that is not in the scope is nil. */
function scopeName(node: MemberNode): Node {
  const { property, at, optional } = node;
  const name = property.kind === 'string' ? property.value : '';
  const type = typeOf(node);
  const unknown = optional && type.kind === 'any' && type.declared !== true;
  return unknown ? { kind: 'nil', at, type } : { kind: 'name', at, name, type };
}

function fieldOf(record: Value, field: string): Value | undefined {
  if (isMap(record)) return record.get(field);
  const plain = record as Readonly<Record<string, Value>>;
  return Object.hasOwn(plain, field) ? plain[field] : undefined;
}

/** A chain gives nil when one of its `?.` stops it. */
export function generateChain(node: ChainNode, generator: Generator): Code {
  const { body, at } = node;
  if (body.kind === 'member') {
    const figure = metricFigure(body, generator);
    if (figure !== undefined) return figure;
  }
  const link = chainLink(body, generator);
  const label = missingLabel(body, generator);
  /** An empty group that a chain ends in is nil behind it. */
  const ended = (value: Value | Stopped): Value | Stopped =>
    value !== undefined && isNil(value) ? null : value;
  if (label === undefined) return anyCode((frame) => ended(link(frame)) ?? null);
  const lenient = (frame: Frame): Value | undefined => ended(link(frame));
  return {
    kinds: ANY_KIND,
    run: (frame) => lenient(frame) ?? missing(label, at),
    lenient: { run: lenient, label },
  };
}

/** The metric a chain starts from, which may be missing. */
function missingLabel(node: Node, generator: Generator): string | undefined {
  if (node.kind === 'member') return missingLabel(node.base, generator);
  if (node.kind === 'call') return missingLabel(node.callee, generator);
  if (node.kind !== 'name') return undefined;
  return generator.lets.some(({ name }) => name === node.name) ? undefined : node.name;
}

function chainLink(node: Node, generator: Generator): ChainRun {
  if (node.kind === 'call') return methodLink(node, generator);
  if (node.kind !== 'member') return generator.visit(node, generator).run;
  const base = baseOf(node, generator);
  const property = generator.visit(node.property, generator).run;
  const { at } = node;
  return (frame) => {
    const value = base(frame);
    return value === undefined ? undefined : fetch(value, property(frame), at);
  };
}

/** What a member is a member of; a `?.` stops at nil and at a metric that is missing. */
function baseOf(node: MemberNode, generator: Generator): ChainRun {
  const inner = node.base;
  const linked = inner.kind === 'member' || inner.kind === 'call';
  const figure = inner.kind === 'member' ? metricFigure(inner, generator) : undefined;
  const code =
    linked && figure === undefined ? undefined : (figure ?? generator.visit(inner, generator));
  const link = code?.run ?? chainLink(inner, generator);
  if (!node.optional) return link;
  const lenient = code?.lenient?.run ?? link;
  return (frame) => {
    const value = lenient(frame);
    return value === undefined || isNil(value) ? undefined : value;
  };
}

function fetch(base: Value, key: Value, at: number): Value {
  if (isArray(base)) return element(base, key, at);
  const map = imported(base);
  if (isMap(map)) return lookUp(map, key, at);
  return fail(
    at,
    `${kindOf(base)} has no ${typeof key === 'string' ? `field ${key}` : 'elements'}`,
  );
}

function element(base: readonly Value[], key: Value, at: number): Value {
  const index = Number(toInt(key, at));
  const found = base[index < 0 ? base.length + index : index];
  return found ?? (found === null ? null : outOfRange(index, base.length, at));
}

function outOfRange(index: number, length: number, at: number): never {
  return fail(at, `index ${index} is out of range, the array has ${length} elements`);
}

export function generateMethod(node: CallNode, generator: Generator): Code {
  return anyCode(methodLink(node, generator) as Run);
}

function methodLink(node: CallNode, generator: Generator): ChainRun {
  const { callee, at } = node;
  if (callee.kind !== 'member') throw new Error('The checker lets no other call pass');
  const base = baseOf(callee, generator);
  const name = callee.property.kind === 'string' ? callee.property.value : '';
  const runs = node.arguments.map((argument) => generator.visit(argument, generator).run);
  return (frame) => {
    const value = base(frame);
    if (value === undefined) return undefined;
    return callMethod(
      value,
      name,
      runs.map((run) => run(frame)),
      at,
    );
  };
}

export function generateSlice(node: SliceNode, generator: Generator): Code {
  const { at } = node;
  const base = generator.visit(node.base, generator);
  const from = node.from && generator.visit(node.from, generator).run;
  const to = node.to && generator.visit(node.to, generator).run;
  const run: Run = (frame) => {
    const value = base.run(frame);
    const start = from && Number(toInt(from(frame), at));
    const end = to && Number(toInt(to(frame), at));
    if (typeof value === 'string') return sliceText(value, start, end);
    if (!isArray(value))
      return fail(at, `only arrays and texts can be sliced, found ${kindOf(value)}`);
    const part = slice(value, start, end);
    grow(frame, part.length / 8, at);
    return part;
  };
  return { kinds: base.kinds, run, ...(base.items !== undefined && { items: base.items }) };
}

/** Bounds count from the end where they are negative, and are pulled in where they are outside. */
function slice(value: readonly Value[], start = 0, end = value.length): readonly Value[] {
  const [from, to] = clamp(value.length, start, end);
  return value.slice(from, to);
}
