import type { Node } from '../expression/ast.ts';
import { BUILTIN_NAMES } from '../expression/builtins/catalogue.ts';
import { childrenOf } from '../expression/height.ts';
import { PREDICATE_BUILTINS } from '../expression/operators.ts';
import { parse } from '../expression/parse.ts';

const isBuiltin = (name: string): boolean =>
  BUILTIN_NAMES.includes(name) || PREDICATE_BUILTINS.has(name) || name === 'get';

/** The syntax tree of an expression that compiles; metrics never have a function's name. */
export const treeOf = (source: string): Node =>
  parse(source, { isOverridden: () => false, isBuiltin });

/** A node and all below it, and for each the conditions that have been asked before it. */
export function walk(
  node: Node,
  visit: (node: Node, guards: readonly Node[]) => void,
  guards: readonly Node[] = [],
): void {
  visit(node, guards);
  const inner = node.kind === 'conditional' ? [...guards, node.condition] : guards;
  for (const child of childrenOf(node)) {
    walk(child, visit, node.kind === 'conditional' && child === node.condition ? guards : inner);
  }
}

/** The metric or figure that a node is, `load` or `orders.lag`; undefined for anything else. */
export function metricIn(node: Node): string | undefined {
  if (node.kind === 'name') return node.name;
  if (node.kind === 'chain') return metricIn(node.body);
  if (node.kind !== 'member' || node.base.kind !== 'name') return undefined;
  return node.property.kind === 'string' ? `${node.base.name}.${node.property.value}` : undefined;
}

/** The number that a node is, where it is nothing but one. */
export function numberIn(node: Node | undefined): number | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'int') return Number(node.value);
  if (node.kind === 'float') return node.value;
  if (node.kind !== 'unary' || node.operator === 'not') return undefined;
  const operand = numberIn(node.operand);
  return operand === undefined ? undefined : node.operator === '-' ? -operand : operand;
}

const ROUNDING: ReadonlySet<string> = new Set(['ceil', 'floor', 'round', 'int', 'float']);

/** A number that a node's value is never above; infinite where nothing says so. */
export function mostOf(node: Node): number {
  const number = numberIn(node);
  if (number !== undefined) return number;
  if (node.kind === 'conditional' && node.whenTrue !== undefined) {
    return Math.max(mostOf(node.whenTrue), mostOf(node.whenFalse));
  }
  if (node.kind !== 'builtin') return Number.POSITIVE_INFINITY;
  const parts = node.arguments.map((argument) => mostOf(argument));
  if (node.name === 'min') return Math.min(...parts);
  if (node.name === 'max') return Math.max(...parts);
  const [only = Number.POSITIVE_INFINITY] = parts;
  return ROUNDING.has(node.name) ? Math.ceil(only) : Number.POSITIVE_INFINITY;
}

/** Figures that are 1 or more whenever they are known. */
const NEVER_ZERO = /\.partitions$/;

/** A number that a node's value is never below, metrics taken to be 0 or more. */
export function leastOf(node: Node): number {
  const number = numberIn(node);
  if (number !== undefined) return number;
  const metric = metricIn(node);
  if (metric !== undefined) return NEVER_ZERO.test(metric) ? 1 : 0;
  if (node.kind === 'binary' && node.operator === '+')
    return leastOf(node.left) + leastOf(node.right);
  if (node.kind === 'conditional' && node.whenTrue !== undefined) {
    return Math.min(leastOf(node.whenTrue), leastOf(node.whenFalse));
  }
  if (node.kind !== 'builtin') return Number.NEGATIVE_INFINITY;
  const parts = node.arguments.map((argument) => leastOf(argument));
  if (node.name === 'max') return Math.max(...parts);
  if (node.name === 'min') return Math.min(...parts);
  return ROUNDING.has(node.name) ? Math.floor(parts[0] ?? 0) : Number.NEGATIVE_INFINITY;
}
