import type { StaticType } from './types.ts';

/** What the checker found a node to be; it fills this in, and everything behind it may rely on it. */
interface Typed {
  type?: StaticType;
}

export type Literal =
  | { readonly kind: 'nil' }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string };

export type LiteralNode = Typed & { readonly at: number } & Literal;

/** Array of literals, put together once when an expression is compiled. */
export interface ConstantNode extends Typed {
  readonly kind: 'constant';
  readonly at: number;
  readonly items: readonly LiteralNode[];
}

export interface NameNode extends Typed {
  readonly kind: 'name';
  readonly at: number;
  readonly name: string;
}

export interface UnaryNode extends Typed {
  readonly kind: 'unary';
  readonly at: number;
  readonly operator: '-' | '+' | 'not';
  readonly operand: Node;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'and'
  | 'or'
  | 'in'
  | 'matches'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | '..'
  | '??';

export interface BinaryNode extends Typed {
  readonly kind: 'binary';
  readonly at: number;
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
}

/** What a `?.` inside may end early with nil. */
export interface ChainNode extends Typed {
  readonly kind: 'chain';
  readonly at: number;
  readonly body: Node;
}

export interface MemberNode extends Typed {
  readonly kind: 'member';
  readonly at: number;
  readonly base: Node;
  readonly property: Node;
  readonly optional: boolean;
}

export interface SliceNode extends Typed {
  readonly kind: 'slice';
  readonly at: number;
  readonly base: Node;
  readonly from: Node | undefined;
  readonly to: Node | undefined;
}

/** Call of something that is no builtin: a method, or a mistake. */
export interface CallNode extends Typed {
  readonly kind: 'call';
  readonly at: number;
  readonly callee: Node;
  readonly arguments: readonly Node[];
}

export interface BuiltinNode extends Typed {
  readonly kind: 'builtin';
  readonly at: number;
  readonly name: string;
  readonly arguments: readonly Node[];
  /** `filter`: what each element that passes is replaced by. */
  readonly map?: Node;
  /** `find` and `findLast`: nothing found is an error (they stand for `filter(…)[0]`). */
  readonly throws?: boolean;
  /** `count`: no need to go on counting from here. */
  readonly enough?: bigint;
}

export interface PredicateNode extends Typed {
  readonly kind: 'predicate';
  readonly at: number;
  readonly body: Node;
}

/** `#`, `#index`, `#acc` of the innermost predicate. */
export interface PointerNode extends Typed {
  readonly kind: 'pointer';
  readonly at: number;
  readonly name: string;
}

export interface LetNode extends Typed {
  readonly kind: 'let';
  readonly at: number;
  readonly name: string;
  readonly value: Node;
  readonly body: Node;
}

export interface SequenceNode extends Typed {
  readonly kind: 'sequence';
  readonly at: number;
  readonly nodes: readonly Node[];
}

export interface ConditionalNode extends Typed {
  readonly kind: 'conditional';
  readonly at: number;
  readonly condition: Node;
  /** Undefined for `a ?: b`, which gives `a` itself. */
  readonly whenTrue: Node | undefined;
  readonly whenFalse: Node;
}

export interface ArrayNode extends Typed {
  readonly kind: 'array';
  readonly at: number;
  readonly items: readonly Node[];
}

export interface MapNode extends Typed {
  readonly kind: 'map';
  readonly at: number;
  readonly pairs: readonly { readonly key: Node; readonly value: Node }[];
}

/** The middle of `a < b < c`: worked out once, kept for the second comparison. */
export interface KeepNode extends Typed {
  readonly kind: 'keep';
  readonly at: number;
  readonly body: Node;
}

export interface KeptNode extends Typed {
  readonly kind: 'kept';
  readonly at: number;
  readonly of: KeepNode;
}

export type Node =
  | LiteralNode
  | ConstantNode
  | NameNode
  | UnaryNode
  | BinaryNode
  | ChainNode
  | MemberNode
  | SliceNode
  | CallNode
  | BuiltinNode
  | PredicateNode
  | PointerNode
  | LetNode
  | SequenceNode
  | ConditionalNode
  | ArrayNode
  | MapNode
  | KeepNode
  | KeptNode;

/** The type the checker gave a node. */
export function typeOf(node: Node): StaticType {
  if (node.type === undefined) throw new Error(`${node.kind} at ${node.at} was not checked`);
  return node.type;
}
