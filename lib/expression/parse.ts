import type { BinaryOperator, Node } from './ast.ts';
import {
  type Cursor,
  current,
  expect,
  expectName,
  is,
  made,
  nested,
  take,
  unexpected,
} from './cursor.ts';
import { refuse } from './errors.ts';
import { heightOf } from './height.ts';
import { lex, type Token } from './lex.ts';
import { MAX_HEIGHT } from './limits.ts';
import { BINARY, COMPARISONS, NEGATABLE, UNARY } from './operators.ts';
import { parseCall, type Parsers } from './parse-call.ts';
import { parseLiteral } from './parse-literal.ts';
import { parsePostfix } from './parse-postfix.ts';

/** What the parser has to know of the world: which names are functions, and which hide them. */
export interface Names {
  readonly isOverridden: (name: string) => boolean;
  readonly isBuiltin: (name: string) => boolean;
}

/** The syntax tree of an expression, by the grammar of expr-lang 1.17.8. Throws a FaultSignal. */
export function parse(source: string, names: Names): Node {
  const cursor: Cursor = {
    tokens: lex(source),
    position: 0,
    depth: 0,
    predicates: 0,
    nodes: 0,
    ...names,
  };
  const tree = parseSequence(cursor);
  if (current(cursor).kind !== 'end') unexpected(cursor, 'The expression is complete before it.');
  if (heightOf(tree) > MAX_HEIGHT) {
    refuse(undefined, `the expression has more than ${MAX_HEIGHT} steps that build on each other`);
  }
  return tree;
}

/** `a; b; c`, whose value is that of the last. */
function parseSequence(cursor: Cursor): Node {
  const first = parseExpression(cursor, 0);
  const nodes = [first];
  while (is(cursor, ';')) {
    take(cursor);
    if (current(cursor).kind === 'end') break;
    nodes.push(parseExpression(cursor, 0));
  }
  return nodes.length === 1 ? first : made(cursor, { kind: 'sequence', at: first.at, nodes });
}

function parseExpression(cursor: Cursor, precedence: number): Node {
  if (precedence === 0 && is(cursor, 'let')) return nested(cursor, () => parseLet(cursor));
  if (precedence === 0 && is(cursor, 'if')) return nested(cursor, () => parseIf(cursor));
  const node = parseBinary(cursor, parsePrimary(cursor), precedence);
  return precedence === 0 ? parseTernary(cursor, node) : node;
}

function parseLet(cursor: Cursor): Node {
  expect(cursor, 'let');
  const { text: name, at } = expectName(cursor);
  expect(cursor, '=');
  const value = parseExpression(cursor, 0);
  expect(cursor, ';');
  const body = parseSequence(cursor);
  return made(cursor, { kind: 'let', at, name, value, body });
}

function parseIf(cursor: Cursor): Node {
  const { at } = expect(cursor, 'if');
  const condition = parseExpression(cursor, 0);
  const whenTrue = parseBlock(cursor);
  expect(cursor, 'else');
  const whenFalse = is(cursor, 'if') ? nested(cursor, () => parseIf(cursor)) : parseBlock(cursor);
  return made(cursor, { kind: 'conditional', at, condition, whenTrue, whenFalse });
}

function parseBlock(cursor: Cursor): Node {
  expect(cursor, '{');
  const body = nested(cursor, () => parseSequence(cursor));
  expect(cursor, '}');
  return body;
}

function parseTernary(cursor: Cursor, start: Node): Node {
  let node = start;
  while (is(cursor, '?')) {
    const { at } = take(cursor);
    const condition = node;
    const whenTrue = is(cursor, ':') ? undefined : nested(cursor, () => parseExpression(cursor, 0));
    expect(cursor, ':');
    const whenFalse = nested(cursor, () => parseExpression(cursor, 0));
    node = made(cursor, { kind: 'conditional', at, condition, whenTrue, whenFalse });
  }
  return node;
}

/** Takes operators that bind at least as tight as `precedence`, with what stands right of each. */
function parseBinary(cursor: Cursor, start: Node, precedence: number): Node {
  let node = start;
  let previous = '';
  for (;;) {
    const negated = is(cursor, 'not');
    const token = negated ? cursor.tokens[cursor.position + 1] : current(cursor);
    if (token?.kind !== 'operator') {
      if (negated) unexpected(cursor);
      return node;
    }
    if (negated && !NEGATABLE.has(token.text)) unexpected(cursor);
    const operator = BINARY.get(token.text);
    if (operator === undefined || operator.precedence < precedence) return node;
    if (negated) take(cursor);
    take(cursor);
    if (operator.as === '|') {
      node = parseCall(cursor, expectName(cursor), { left: node, parsers: PARSERS });
    } else {
      if (previous === '??' && token.text !== '??') refuseMix(token);
      node = COMPARISONS.has(operator.as)
        ? parseComparison(cursor, node, token)
        : parseRight(cursor, node, token);
      if (negated) {
        node = made(cursor, { kind: 'unary', at: token.at, operator: 'not', operand: node });
      }
    }
    previous = token.text;
  }
}

function refuseMix(token: Token): never {
  refuse(
    token.at,
    `${token.text} and ?? do not mix without brackets`,
    'Put brackets around the part with ??.',
  );
}

function parseRight(cursor: Cursor, left: Node, token: Token): Node {
  const operator = BINARY.get(token.text);
  if (operator === undefined || operator.as === '|') return unexpected(cursor);
  const { as, precedence } = operator;
  const right = operator.right
    ? nested(cursor, () => parseExpression(cursor, precedence))
    : parseExpression(cursor, precedence + 1);
  return made(cursor, { kind: 'binary', at: token.at, operator: as, left, right });
}

/** `a < b <= c` means `a < b and b <= c`, with `b` worked out once. */
function parseComparison(cursor: Cursor, start: Node, first: Token): Node {
  let node: Node | undefined;
  let left = start;
  let token = first;
  for (;;) {
    const { precedence } = BINARY.get(token.text) ?? { precedence: 0 };
    let right = parseExpression(cursor, precedence + 1);
    const last = !COMPARISONS.has(current(cursor).text) || current(cursor).kind !== 'operator';
    if (!last && !isLiteral(right)) {
      right = made(cursor, { kind: 'keep', at: right.at, body: right });
    }
    const operator = token.text as BinaryOperator;
    const comparison = made(cursor, { kind: 'binary', at: token.at, operator, left, right });
    node =
      node === undefined
        ? comparison
        : made(cursor, {
            kind: 'binary',
            at: token.at,
            operator: 'and',
            left: node,
            right: comparison,
          });
    if (last) return node;
    left = right.kind === 'keep' ? made(cursor, { kind: 'kept', at: right.at, of: right }) : right;
    token = take(cursor);
  }
}

const isLiteral = (node: Node): boolean =>
  node.kind === 'int' || node.kind === 'float' || node.kind === 'string';

function parsePrimary(cursor: Cursor): Node {
  const token = current(cursor);
  const unary = token.kind === 'operator' ? UNARY.get(token.text) : undefined;
  if (unary !== undefined) {
    take(cursor);
    const operand = nested(cursor, () => parseExpression(cursor, unary.precedence));
    const node = made(cursor, { kind: 'unary', at: token.at, operator: unary.as, operand });
    return parsePostfix(cursor, node, PARSERS);
  }
  if (is(cursor, '(')) {
    take(cursor);
    const node = nested(cursor, () => parseSequence(cursor));
    expect(cursor, ')');
    return parsePostfix(cursor, node, PARSERS);
  }
  if (cursor.predicates > 0 && (is(cursor, '#') || is(cursor, '.'))) {
    return parsePostfix(cursor, parsePointer(cursor), PARSERS);
  }
  if (is(cursor, '::')) {
    take(cursor);
    const call = parseCall(cursor, expectName(cursor), { builtinOnly: true, parsers: PARSERS });
    return parsePostfix(cursor, call, PARSERS);
  }
  return parseLiteral(cursor, PARSERS);
}

/** `#`, `#index`, `#acc`; a leading `.field` is short for `#.field` and leaves the dot in place. */
function parsePointer(cursor: Cursor): Node {
  const { at } = current(cursor);
  let name = '';
  if (is(cursor, '#')) {
    take(cursor);
    if (current(cursor).kind === 'name') name = take(cursor).text;
  }
  return made(cursor, { kind: 'pointer', at, name });
}

const PARSERS: Parsers = {
  expression: (cursor) => nested(cursor, () => parseExpression(cursor, 0)),
  sequence: (cursor) => nested(cursor, () => parseSequence(cursor)),
};
