import type { KeepNode, Node } from './ast.ts';

/** Rebuilds a tree from its leaves up; a `keep` and its `kept` stay each other's. */
export function rebuild(tree: Node, replace: (node: Node) => Node): Node {
  const keeps = new Map<KeepNode, KeepNode>();
  const visit = (node: Node): Node => {
    if (node.kind === 'kept') return { ...node, of: keeps.get(node.of) ?? node.of };
    const rebuilt = withChildren(node, visit);
    if (node.kind === 'keep' && rebuilt.kind === 'keep') keeps.set(node, rebuilt);
    return node.kind === 'keep' ? rebuilt : replace(rebuilt);
  };
  return visit(tree);
}

function withChildren(node: Node, visit: (child: Node) => Node): Node {
  switch (node.kind) {
    case 'unary':
      return { ...node, operand: visit(node.operand) };
    case 'binary':
      return { ...node, left: visit(node.left), right: visit(node.right) };
    case 'chain':
    case 'predicate':
    case 'keep':
      return { ...node, body: visit(node.body) };
    case 'member':
      return { ...node, base: visit(node.base), property: visit(node.property) };
    case 'slice':
      return {
        ...node,
        base: visit(node.base),
        from: node.from && visit(node.from),
        to: node.to && visit(node.to),
      };
    case 'call':
      return { ...node, callee: visit(node.callee), arguments: node.arguments.map(visit) };
    case 'builtin':
      return { ...node, arguments: node.arguments.map(visit) };
    case 'let':
      return { ...node, value: visit(node.value), body: visit(node.body) };
    case 'sequence':
      return { ...node, nodes: node.nodes.map(visit) };
    case 'conditional':
      return {
        ...node,
        condition: visit(node.condition),
        whenTrue: node.whenTrue && visit(node.whenTrue),
        whenFalse: visit(node.whenFalse),
      };
    case 'array':
      return { ...node, items: node.items.map(visit) };
    case 'map':
      return {
        ...node,
        pairs: node.pairs.map(({ key, value }) => ({ key: visit(key), value: visit(value) })),
      };
    case 'constant':
    case 'nil':
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'name':
    case 'pointer':
    case 'kept':
      return node;
    default: {
      const never: never = node;
      return never;
    }
  }
}
