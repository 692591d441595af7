import type { Node } from './ast.ts';
import { type Cursor, current, expect, is, made, take, unexpected } from './cursor.ts';
import { refuse } from './errors.ts';
import { INT_MAX } from './int64.ts';
import type { Token } from './lex.ts';
import { parseCall, type Parsers } from './parse-call.ts';
import { parsePostfix } from './parse-postfix.ts';

/** Names, calls, literals, arrays and maps. */
export function parseLiteral(cursor: Cursor, parsers: Parsers): Node {
  const token = current(cursor);
  const { at, text } = token;
  if (token.kind === 'number') {
    take(cursor);
    return made(cursor, parseNumber(token));
  }
  if (token.kind === 'string') {
    take(cursor);
    const node = made(cursor, { kind: 'string', at, value: text });
    return parsePostfix(cursor, node, parsers);
  }
  if (token.kind === 'name') {
    take(cursor);
    if (text === 'nil') return made(cursor, { kind: 'nil', at });
    if (text === 'true' || text === 'false') {
      return made(cursor, { kind: 'bool', at, value: text === 'true' });
    }
    const node = is(cursor, '(')
      ? parseCall(cursor, token, { parsers })
      : made(cursor, { kind: 'name', at, name: text });
    return parsePostfix(cursor, node, parsers);
  }
  if (is(cursor, '[')) return parsePostfix(cursor, parseArray(cursor, parsers), parsers);
  if (is(cursor, '{')) return parsePostfix(cursor, parseMap(cursor, parsers), parsers);
  if (text === 'let' || text === 'if') {
    return unexpected(cursor, `Put brackets around the part with ${text}.`);
  }
  return unexpected(cursor);
}

/** The number a literal stands for: an int of 64 bits, or a float where it has a dot or exponent. */
function parseNumber(token: Token): Node {
  const { at } = token;
  const text = token.text.replaceAll('_', '').toLowerCase();
  const based = /^0[xob]/u.test(text);
  if (!text.startsWith('0x') && /[.e]/u.test(text)) {
    const value = Number(text);
    if (based || Number.isNaN(value)) refuse(at, `${token.text} is no number`);
    if (!Number.isFinite(value)) refuse(at, `${token.text} is beyond the largest float, 1.8e308`);
    return { kind: 'float', at, value };
  }
  if (based && !/^0(?:x[\da-f]+|o[0-7]+|b[01]+)$/u.test(text)) {
    refuse(at, `${token.text} is no number`);
  }
  const value = BigInt(text);
  if (value > INT_MAX) {
    refuse(at, `${token.text} is beyond the largest int, ${INT_MAX}`, 'Write it with a dot.');
  }
  return { kind: 'int', at, value };
}

function parseArray(cursor: Cursor, parsers: Parsers): Node {
  const { at } = expect(cursor, '[');
  const items: Node[] = [];
  while (!is(cursor, ']')) {
    if (items.length > 0) {
      expect(cursor, ',');
      if (is(cursor, ']')) break;
    }
    items.push(parsers.expression(cursor));
  }
  expect(cursor, ']');
  return made(cursor, { kind: 'array', at, items });
}

function parseMap(cursor: Cursor, parsers: Parsers): Node {
  const { at } = expect(cursor, '{');
  const pairs: { readonly key: Node; readonly value: Node }[] = [];
  while (!is(cursor, '}')) {
    if (pairs.length > 0) {
      expect(cursor, ',');
      if (is(cursor, '}')) break;
    }
    const key = parseKey(cursor, parsers);
    expect(cursor, ':');
    pairs.push({ key, value: parsers.expression(cursor) });
  }
  expect(cursor, '}');
  return made(cursor, { kind: 'map', at, pairs });
}

function parseKey(cursor: Cursor, parsers: Parsers): Node {
  const token = current(cursor);
  if (token.kind === 'number' || token.kind === 'string' || token.kind === 'name') {
    take(cursor);
    return made(cursor, { kind: 'string', at: token.at, value: token.text });
  }
  if (is(cursor, '(')) return parsers.expression(cursor);
  return unexpected(cursor, 'A key is a name, a text, a number, or an expression in brackets.');
}
