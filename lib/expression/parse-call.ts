import type { Node } from './ast.ts';
import { type Cursor, current, expect, is, made, take, unexpected } from './cursor.ts';
import { refuse } from './errors.ts';
import type { Token } from './lex.ts';
import { PREDICATE_BUILTINS } from './operators.ts';

/** The parts of the parser that arguments are made of. */
export interface Parsers {
  readonly expression: (cursor: Cursor) => Node;
  readonly sequence: (cursor: Cursor) => Node;
}

interface CallForm {
  /** The first argument, where it stands left of a pipe. */
  readonly left?: Node;
  /** `::name(…)`: the builtin, though the scope has such a name too. */
  readonly builtinOnly?: boolean;
  readonly parsers: Parsers;
}

/** Parses the arguments of a call whose name has been taken. */
export function parseCall(cursor: Cursor, name: Token, form: CallForm): Node {
  const { text, at } = name;
  const first = form.left === undefined ? [] : [form.left];
  const overridden = form.builtinOnly !== true && cursor.isOverridden(text);
  const signature = PREDICATE_BUILTINS.get(text);
  if (signature !== undefined && !overridden) {
    const parsed = parsePredicateArguments(cursor, name, first, form.parsers);
    return made(cursor, { kind: 'builtin', at, name: text, arguments: parsed });
  }
  const parsed = parseArguments(cursor, first, form.parsers);
  if (cursor.isBuiltin(text) && !overridden) {
    return made(cursor, { kind: 'builtin', at, name: text, arguments: parsed });
  }
  const callee = made(cursor, { kind: 'name', at, name: text });
  return made(cursor, { kind: 'call', at, callee, arguments: parsed });
}

/** `(a, b, c)`; a comma may stand behind the last. */
export function parseArguments(cursor: Cursor, first: readonly Node[], parsers: Parsers): Node[] {
  const parsed = [...first];
  expect(cursor, '(');
  while (!is(cursor, ')')) {
    if (parsed.length > first.length) {
      expect(cursor, ',');
      if (is(cursor, ')')) break;
    }
    parsed.push(parsers.expression(cursor));
  }
  expect(cursor, ')');
  return parsed;
}

function parsePredicateArguments(
  cursor: Cursor,
  name: Token,
  first: readonly Node[],
  parsers: Parsers,
): Node[] {
  const wanted = (PREDICATE_BUILTINS.get(name.text) ?? []).slice(first.length);
  const parsed = [...first];
  expect(cursor, '(');
  for (const [index, argument] of wanted.entries()) {
    if (is(cursor, ')')) {
      if (argument.endsWith('?')) break;
      refuse(name.at, `${name.text} lacks its ${argument}`, usage(name.text));
    }
    if (index > 0) expect(cursor, ',');
    parsed.push(
      argument.startsWith('value') ? parsers.expression(cursor) : parsePredicate(cursor, parsers),
    );
  }
  if (is(cursor, ',')) take(cursor);
  if (!is(cursor, ')')) unexpected(cursor, usage(name.text));
  take(cursor);
  return parsed;
}

const usage = (name: string): string => `It is called as ${name}(array, predicate).`;

/** `{…}` or a bare expression, in which `#` is the element in hand. */
function parsePredicate(cursor: Cursor, parsers: Parsers): Node {
  const { at } = current(cursor);
  const braced = is(cursor, '{');
  if (braced) take(cursor);
  cursor.predicates += 1;
  const body = braced ? parsers.sequence(cursor) : parsers.expression(cursor);
  cursor.predicates -= 1;
  if (braced) expect(cursor, '}');
  else if (is(cursor, ';')) unexpected(cursor, 'Put { and } around a predicate of several steps.');
  return made(cursor, { kind: 'predicate', at, body });
}
