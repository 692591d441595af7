import type { Node } from './ast.ts';

/** The nodes right below a node, in the order in which they are written. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'chain':
    case 'predicate':
    case 'keep':
      return [node.body];
    case 'member':
      return [node.base, node.property];
    case 'slice':
      return [node.base, node.from, node.to].filter((part) => part !== undefined);
    case 'call':
      return [node.callee, ...node.arguments];
    case 'builtin':
      return node.map === undefined ? node.arguments : [...node.arguments, node.map];
    case 'let':
      return [node.value, node.body];
    case 'sequence':
      return node.nodes;
    case 'conditional':
      return [node.condition, node.whenTrue, node.whenFalse].filter((part) => part !== undefined);
    case 'array':
    case 'constant':
      return node.items;
    case 'map':
      return node.pairs.flatMap(({ key, value }) => [key, value]);
    case 'nil':
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'name':
    case 'pointer':
    case 'kept':
      return [];
    default: {
      const never: never = node;
      return never;
    }
  }
}

/** How many nodes lie on the longest way down; found without recursion, for the tree may be high. */
export function heightOf(tree: Node): number {
  let height = 0;
  let level: readonly Node[] = [tree];
  while (level.length > 0) {
    height += 1;
    level = level.flatMap((node) => childrenOf(node));
  }
  return height;
}
