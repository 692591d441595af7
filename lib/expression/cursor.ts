import type { Node } from './ast.ts';
import { refuse } from './errors.ts';
import type { Token } from './lex.ts';
import { MAX_DEPTH, MAX_NODES } from './limits.ts';

/** Where a parser stands, and the limits it keeps. */
export interface Cursor {
  readonly tokens: readonly Token[];
  position: number;
  /** Brackets, calls and unary operators that are open. */
  depth: number;
  /** Predicates that are open; only inside one do `#` and `.field` mean something. */
  predicates: number;
  nodes: number;
  /** Whether a call of this name means the scope's own name and not the builtin. */
  readonly isOverridden: (name: string) => boolean;
  readonly isBuiltin: (name: string) => boolean;
}

const END: Token = { kind: 'end', text: '', at: 0, end: 0 };

export const current = (cursor: Cursor): Token => cursor.tokens[cursor.position] ?? END;

export const is = (cursor: Cursor, text: string): boolean => {
  const token = current(cursor);
  return token.text === text && (token.kind === 'operator' || token.kind === 'bracket');
};

/** Takes the current word and goes on to the next. */
export function take(cursor: Cursor): Token {
  const token = current(cursor);
  if (token.kind !== 'end') cursor.position += 1;
  return token;
}

/** Takes this very word, or refuses what stands in its place. */
export function expect(cursor: Cursor, text: string): Token {
  if (!is(cursor, text)) unexpected(cursor, `Expected ${text} here.`);
  return take(cursor);
}

export function expectName(cursor: Cursor): Token {
  if (current(cursor).kind !== 'name') unexpected(cursor, 'Expected a name here.');
  return take(cursor);
}

export function unexpected(cursor: Cursor, advice = ''): never {
  const token = current(cursor);
  if (token.kind === 'end') refuse(token.at, 'the expression ends too early', advice);
  return refuse(token.at, `unexpected ${JSON.stringify(token.text)}`, advice);
}

/** Counts a node, so that no expression grows past what is sure to be handled. */
export function made<N extends Node>(cursor: Cursor, node: N): N {
  cursor.nodes += 1;
  if (cursor.nodes > MAX_NODES) {
    refuse(node.at, `the expression has more than ${MAX_NODES} parts`, 'Make it simpler.');
  }
  return node;
}

/** Parses something one level further in. */
export function nested<Result>(cursor: Cursor, parse: () => Result): Result {
  cursor.depth += 1;
  if (cursor.depth > MAX_DEPTH) {
    refuse(
      current(cursor).at,
      `the expression is nested more than ${MAX_DEPTH} levels deep`,
      'Name its parts with let.',
    );
  }
  const result = parse();
  cursor.depth -= 1;
  return result;
}
