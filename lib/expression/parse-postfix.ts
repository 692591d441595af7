import type { Node } from './ast.ts';
import { type Cursor, current, expect, is, made, take, unexpected } from './cursor.ts';
import { parseArguments, type Parsers } from './parse-call.ts';

/** What may follow a value: `.name`, `?.name`, `[index]`, `?.[index]`, `[from:to]` and `.name(…)`. */
export function parsePostfix(cursor: Cursor, start: Node, parsers: Parsers): Node {
  let node = start;
  for (;;) {
    if (is(cursor, '[')) {
      node = parseIndex(cursor, node, false, parsers);
    } else if (is(cursor, '.') || is(cursor, '?.')) {
      const optional = take(cursor).text === '?.';
      node =
        optional && is(cursor, '[')
          ? parseIndex(cursor, node, true, parsers)
          : parseField(cursor, node, optional, parsers);
    } else {
      return node;
    }
  }
}

/** Operators that are words (`not`, `matches`) are names of fields as well. */
const WORD = /^[\p{L}_$][\p{L}_$\p{Nd}]*$/u;

function parseField(cursor: Cursor, start: Node, optional: boolean, parsers: Parsers): Node {
  const token = current(cursor);
  const named = token.kind === 'name' || (token.kind === 'operator' && WORD.test(token.text));
  if (!named) unexpected(cursor, 'Expected the name of a field here.');
  take(cursor);
  const { at, text } = token;
  const property = made(cursor, { kind: 'string', at, value: text });
  // `a?.b.c` is one chain: without an `a` neither `b` nor `c` is looked for.
  const chained = start.kind === 'chain';
  const base = chained ? start.body : start;
  const member = made(cursor, { kind: 'member', at, base, property, optional });
  const body = is(cursor, '(')
    ? made(cursor, {
        kind: 'call',
        at,
        callee: member,
        arguments: parseArguments(cursor, [], parsers),
      })
    : member;
  return chained || optional ? made(cursor, { kind: 'chain', at, body }) : body;
}

function parseIndex(cursor: Cursor, base: Node, optional: boolean, parsers: Parsers): Node {
  const { at } = expect(cursor, '[');
  const from = is(cursor, ':') ? undefined : parsers.expression(cursor);
  if (is(cursor, ':')) {
    take(cursor);
    const to = is(cursor, ']') ? undefined : parsers.expression(cursor);
    expect(cursor, ']');
    return made(cursor, { kind: 'slice', at, base, from, to });
  }
  expect(cursor, ']');
  if (from === undefined) return unexpected(cursor);
  const member = made(cursor, { kind: 'member', at, base, property: from, optional });
  return optional ? made(cursor, { kind: 'chain', at, body: member }) : member;
}
