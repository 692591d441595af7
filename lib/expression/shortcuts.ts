import type { BinaryNode, BuiltinNode, MemberNode, Node, PredicateNode } from './ast.ts';
import { childrenOf } from './height.ts';
import { wrap } from './int64.ts';
import { BOOL, INT } from './types.ts';

/**
 * Shortcuts the original takes once an expression is checked. Each can be seen from outside: it
 * stops before an element that would have failed, does not make an array that would have been too
 * large, or adds in another order. So the same ones are taken here, in the same order.
 */
export function shorten(node: Node): Node {
  if (node.kind === 'binary') return countUpTo(anyOfCount(combinePredicates(inRange(node))));
  if (node.kind === 'member') return firstOrLast(node);
  if (node.kind !== 'builtin') return node;
  const filtered = filterThenMap(node);
  const counted = lengthOfFilter(filtered);
  const found = counted.kind === 'builtin' ? firstOrLastCall(counted) : counted;
  return found.kind === 'builtin' ? sums(found) : found;
}

/** The arguments of a call of this builtin with a predicate. */
function predicated(
  node: Node | undefined,
  name: string,
): { readonly node: BuiltinNode; readonly predicate: PredicateNode } | undefined {
  if (node?.kind !== 'builtin' || node.name !== name || node.arguments.length !== 2) {
    return undefined;
  }
  const predicate = node.arguments[1];
  return predicate?.kind === 'predicate' ? { node, predicate } : undefined;
}

/** `x in 1..9` makes no array. */
function inRange(node: BinaryNode): Node {
  const { left, right, at } = node;
  if (node.operator !== 'in' || left.type?.kind !== 'int') return node;
  if (right.kind !== 'binary' || right.operator !== '..') return node;
  if (right.left.kind !== 'int' || right.right.kind !== 'int') return node;
  // The left side stands in both comparisons, so it is worked out once and kept.
  const keep: Node = { kind: 'keep', at, body: left, type: INT };
  const kept: Node = { kind: 'kept', at, of: keep, type: INT };
  const low: Node = {
    kind: 'binary',
    operator: '>=',
    at,
    left: keep,
    right: right.left,
    type: BOOL,
  };
  const high: Node = { ...low, operator: '<=', left: kept, right: right.right };
  return { kind: 'binary', operator: 'and', at, left: low, right: high, type: BOOL };
}

/** `map(filter(xs, p), f)` goes through xs once. */
function filterThenMap(node: BuiltinNode): BuiltinNode {
  const mapping = predicated(node, 'map');
  const filter = predicated(node.arguments[0], 'filter');
  if (mapping === undefined || filter === undefined || filter.node.map !== undefined) return node;
  if (usesIndex(mapping.predicate)) return node;
  return { ...filter.node, map: mapping.predicate.body, ...typeOfNode(node) };
}

const typeOfNode = (node: Node): Pick<Node, 'type'> =>
  node.type === undefined ? {} : { type: node.type };

const usesIndex = (node: Node): boolean =>
  node.kind === 'pointer' ? node.name === 'index' : childrenOf(node).some(usesIndex);

/** `len(filter(xs, p))` counts; what would have been made of each is not looked at. */
function lengthOfFilter(node: BuiltinNode): BuiltinNode {
  const filter = predicated(node.arguments[0], 'filter');
  if (node.name !== 'len' || node.arguments.length !== 1 || filter === undefined) return node;
  const { arguments: parts, at } = filter.node;
  return { kind: 'builtin', name: 'count', at, arguments: parts, ...typeOfNode(node) };
}

/** `filter(xs, p)[0]` stops at the first, `filter(xs, p)[-1]` looks from the end. */
function firstOrLast(node: MemberNode): Node {
  const { property, optional } = node;
  const filter = predicated(node.base, 'filter');
  if (filter === undefined || optional || property.kind !== 'int') return node;
  if (property.value !== 0n && property.value !== -1n) return node;
  const name = property.value === 0n ? 'find' : 'findLast';
  return { ...filter.node, name, throws: true, ...typeOfNode(node) };
}

function firstOrLastCall(node: BuiltinNode): BuiltinNode {
  const filter = predicated(node.arguments[0], 'filter');
  if (filter === undefined || node.arguments.length !== 1) return node;
  if (node.name !== 'first' && node.name !== 'last') return node;
  const name = node.name === 'first' ? 'find' : 'findLast';
  return { ...filter.node, name, ...typeOfNode(node) };
}

/** `all(xs, p) and all(xs, q)` goes through xs once; likewise any with or, none with and. */
function combinePredicates(node: Node): Node {
  if (node.kind !== 'binary' || node.left.kind !== 'builtin') return node;
  const left = predicated(node.left, node.left.name);
  const right = predicated(node.right, node.left.name);
  const operator = COMBINED[`${node.left.name} ${node.operator}`];
  if (left === undefined || right === undefined || operator === undefined) return node;
  const [one, other] = [left.node.arguments[0], right.node.arguments[0]];
  if (one === undefined || other === undefined || outline(one) !== outline(other)) return node;
  const body = combinePredicates({
    kind: 'binary',
    operator,
    at: node.at,
    left: left.predicate.body,
    right: right.predicate.body,
    type: BOOL,
  });
  return { ...left.node, arguments: [one, { ...left.predicate, body }], type: BOOL };
}

const COMBINED: Readonly<Record<string, 'and' | 'or'>> = {
  'all and': 'and',
  'any or': 'or',
  'none and': 'or',
};

/** What a tree says, whatever its place in the text; a kept value is left out, for it is shared. */
function outline(node: Node): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'at' || key === 'type' || key === 'of') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

function sums(node: BuiltinNode): Node {
  if (node.name === 'reduce') return reducedRange(node);
  if (node.name !== 'sum') return node;
  const range = literalRange(node.arguments[0]);
  if (range !== undefined) {
    const total = summedRange(range, node.arguments[1]);
    return total === undefined ? node : { kind: 'int', at: node.at, value: total, type: INT };
  }
  const [array] = node.arguments;
  if (node.arguments.length > 1 || array === undefined) return node;
  if (array.kind === 'array' && array.items.length >= 2) return addedUp(array.items, node);
  const mapping = predicated(array, 'map');
  return mapping === undefined ? node : { ...node, arguments: mapping.node.arguments };
}

/** `sum([a, b, c])` is `a + (b + c)`. */
function addedUp(items: readonly Node[], node: BuiltinNode): Node {
  const [last, ...others] = items.toReversed();
  if (last === undefined) return node;
  let sum = last;
  for (const item of others) {
    sum = {
      kind: 'binary',
      operator: '+',
      at: node.at,
      left: item,
      right: sum,
      ...typeOfNode(node),
    };
  }
  return sum;
}

interface Range {
  readonly sum: bigint;
  readonly count: bigint;
}

function literalRange(node: Node | undefined): Range | undefined {
  if (node?.kind !== 'binary' || node.operator !== '..') return undefined;
  if (node.left.kind !== 'int' || node.right.kind !== 'int') return undefined;
  const [from, to] = [node.left.value, node.right.value];
  if (to < from) return undefined;
  const count = wrap(to - from + 1n);
  return { sum: wrap(count * wrap(from + to)) / 2n, count };
}

/** The sum of a range, each element as it is or with one literal added, taken away or multiplied. */
function summedRange({ sum, count }: Range, predicate: Node | undefined): bigint | undefined {
  if (predicate === undefined) return sum;
  const body = predicate.kind === 'predicate' ? predicate.body : predicate;
  if (isItem(body)) return sum;
  if (body.kind !== 'binary') return undefined;
  const itemFirst = isItem(body.left);
  const literal = itemFirst ? body.right : body.left;
  if (literal.kind !== 'int' || !isItem(itemFirst ? body.left : body.right)) return undefined;
  const { operator } = body;
  if (operator === '*') return wrap(literal.value * sum);
  if (operator === '+') return wrap(sum + count * literal.value);
  if (operator !== '-') return undefined;
  return wrap(itemFirst ? sum - count * literal.value : count * literal.value - sum);
}

const isItem = (node: Node): boolean => node.kind === 'pointer' && node.name === '';
const isAcc = (node: Node): boolean => node.kind === 'pointer' && node.name === 'acc';

/** `reduce(1..9, # + #acc)` is the sum of the range. */
function reducedRange(node: BuiltinNode): Node {
  const [collection, predicate, initial] = node.arguments;
  const range = literalRange(collection);
  if (range === undefined || predicate?.kind !== 'predicate') return node;
  const { body } = predicate;
  if (body.kind !== 'binary' || body.operator !== '+') return node;
  const adds = (isItem(body.left) && isAcc(body.right)) || (isAcc(body.left) && isItem(body.right));
  if (!adds || (initial !== undefined && initial.kind !== 'int')) return node;
  const value = wrap(range.sum + (initial?.value ?? 0n));
  return { kind: 'int', at: node.at, value, type: INT };
}

/** `count(xs, p) > 0` stops at the first. */
function anyOfCount(node: Node): Node {
  if (node.kind !== 'binary' || node.right.kind !== 'int') return node;
  const count = predicated(node.left, 'count');
  const { operator, right } = node;
  const some =
    (operator === '>' && right.value === 0n) || (operator === '>=' && right.value === 1n);
  return count === undefined || !some ? node : { ...count.node, name: 'any', type: BOOL };
}

/** `count(xs, p) > 3` stops at the fourth. */
function countUpTo(node: Node): Node {
  if (node.kind !== 'binary' || node.right.kind !== 'int' || node.right.value < 0n) return node;
  const count = predicated(node.left, 'count');
  const more = node.operator === '>' || node.operator === '<=' ? 1n : 0n;
  const enough = node.right.value + more;
  if (count === undefined || !['<', '<=', '>', '>='].includes(node.operator)) return node;
  return enough <= 1n ? node : { ...node, left: { ...count.node, enough } };
}
