import type { BinaryNode, BuiltinNode, LiteralNode, Node, UnaryNode } from './ast.ts';
import { refuse } from './errors.ts';
import { wrap } from './int64.ts';
import { power } from './power.ts';
import { rebuild } from './rebuild.ts';
import { shorten } from './shortcuts.ts';
import { BOOL, FLOAT, INT, STRING } from './types.ts';

/**
 * Works out what does not depend on any metric, and takes the shortcuts of the original. It is not
 * for speed alone: `x and false` does not look at x there, `5 % (3 - 3)` is refused before it runs,
 * and a sum of an array is added up from the right.
 */
export function fold(tree: Node): Node {
  return rebuild(rebuild(tree, foldNode), shorten);
}

function foldNode(node: Node): Node {
  if (node.kind === 'unary') return foldUnary(node);
  if (node.kind === 'binary') return foldBinary(node);
  if (node.kind === 'builtin') return foldFilters(node);
  if (node.kind === 'array' && node.items.length > 0 && node.items.every(isPlain)) {
    return { kind: 'constant', at: node.at, items: node.items, ...typed(node) };
  }
  return node;
}

const typed = (node: Node): Pick<Node, 'type'> =>
  node.type === undefined ? {} : { type: node.type };

const isPlain = (node: Node): node is LiteralNode =>
  node.kind === 'int' || node.kind === 'float' || node.kind === 'string' || node.kind === 'bool';

const int = (at: number, value: bigint): LiteralNode => ({
  kind: 'int',
  at,
  value: wrap(value),
  type: INT,
});
const float = (at: number, value: number): LiteralNode => ({
  kind: 'float',
  at,
  value,
  type: FLOAT,
});
const bool = (at: number, value: boolean): LiteralNode => ({ kind: 'bool', at, value, type: BOOL });

function foldUnary(node: UnaryNode): Node {
  const { operand, operator, at } = node;
  if (operator === 'not') return operand.kind === 'bool' ? bool(at, !operand.value) : node;
  if (operand.kind !== 'int' && operand.kind !== 'float') return node;
  if (operator === '+') return { ...operand, at };
  return operand.kind === 'int' ? int(at, -operand.value) : float(at, -operand.value);
}

function foldBinary(node: BinaryNode): Node {
  const { left, right, operator, at } = node;
  if (operator === 'and' || operator === 'or') return foldLogic(node);
  if (left.kind === 'int' && right.kind === 'int') return foldInts(node, left.value, right.value);
  const numbers = isNumeric(left) && isNumeric(right);
  if (numbers) return foldFloats(node, Number(left.value), Number(right.value));
  if (left.kind === 'string' && right.kind === 'string') {
    if (operator === '+') {
      return { kind: 'string', at, value: left.value + right.value, type: STRING };
    }
    return operator === '==' ? bool(at, left.value === right.value) : node;
  }
  if (left.kind === 'bool' && right.kind === 'bool' && operator === '==') {
    return bool(at, left.value === right.value);
  }
  return node;
}

const isNumeric = (node: Node): node is Extract<LiteralNode, { kind: 'int' | 'float' }> =>
  node.kind === 'int' || node.kind === 'float';

const INTS: Readonly<Record<string, (left: bigint, right: bigint) => bigint>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '%': (left, right) => left % right,
};

const FLOATS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '**': power,
};

function foldInts(node: BinaryNode, left: bigint, right: bigint): Node {
  const { operator, at } = node;
  if (operator === '%' && right === 0n) refuse(at, 'division by zero');
  if (operator === '==') return bool(at, left === right);
  const work = INTS[operator];
  return work === undefined
    ? foldFloats(node, Number(left), Number(right))
    : int(at, work(left, right));
}

function foldFloats(node: BinaryNode, left: number, right: number): Node {
  const work = FLOATS[node.operator];
  return work === undefined ? node : float(node.at, work(left, right));
}

/** A side that is known decides, or leaves the other; neither then looks at what it leaves out. */
function foldLogic(node: BinaryNode): Node {
  const { left, right, operator, at } = node;
  const decisive = operator === 'or';
  const is = (side: Node, value: boolean): boolean => side.kind === 'bool' && side.value === value;
  if (is(left, !decisive)) return right;
  if (is(right, !decisive)) return left;
  return is(left, decisive) || is(right, decisive) ? bool(at, decisive) : node;
}

/** A filter of a filter is one filter. */
function foldFilters(node: BuiltinNode): Node {
  const [inner, outerPredicate] = node.arguments;
  if (node.name !== 'filter' || inner?.kind !== 'builtin' || inner.name !== 'filter') return node;
  const [collection, innerPredicate] = inner.arguments;
  if (outerPredicate?.kind !== 'predicate' || innerPredicate?.kind !== 'predicate') return node;
  if (collection === undefined) return node;
  const body: BinaryNode = {
    kind: 'binary',
    operator: 'and',
    at: outerPredicate.at,
    left: innerPredicate.body,
    right: outerPredicate.body,
    type: BOOL,
  };
  return { ...node, arguments: [collection, { ...outerPredicate, body: foldBinary(body) }] };
}
