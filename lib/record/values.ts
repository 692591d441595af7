import type { Value } from '../expression/compile.ts';
import { ExpressionError } from '../expression/errors.ts';
import { lex, type Token } from '../expression/lex.ts';

/** What expressions see of each metric; undefined = missing. */
export type Measured = Readonly<Record<string, Value | undefined>>;

/**
 * An expression with the values of its metrics in place of their names, for people:
 * `ceil(orders.lag / 100)` is `ceil(1800 / 100)`. A metric that is missing is `nil`, as in the
 * language. A record that is used whole keeps its name.
 */
export function withValues(source: string, measured: Measured): string {
  const tokens = lexed(source);
  let text = '';
  let from = 0;
  for (const [at, token] of tokens.entries()) {
    const put = valueAt(tokens, at, measured);
    if (put === undefined) continue;
    text += source.slice(from, token.at) + put.text;
    from = put.end;
  }
  return text + source.slice(from);
}

function lexed(source: string): readonly Token[] {
  try {
    return lex(source);
  } catch (error) {
    // Of a rule that does not compile any more; it is shown as it stands.
    if (!(error instanceof Error)) throw error;
    return [];
  }
}

interface Put {
  readonly text: string;
  /** Where the source goes on. */
  readonly end: number;
}

function valueAt(tokens: readonly Token[], at: number, measured: Measured): Put | undefined {
  const token = tokens[at];
  if (token?.kind !== 'name' || !Object.hasOwn(measured, token.text)) return undefined;
  // After a dot it is a field, and before a colon it may be the key of a map.
  if (isAccess(tokens[at - 1]) || isKey(tokens, at)) return undefined;
  const value = measured[token.text];
  if (value === undefined) return { text: 'nil', end: token.end };
  if (typeof value === 'number') return { text: shownNumber(value), end: token.end };
  const field = isAccess(tokens[at + 1]) ? tokens[at + 2] : undefined;
  if (field?.kind !== 'name' || typeof value !== 'object' || value === null) return undefined;
  const figure = (value as Readonly<Record<string, unknown>>)[field.text];
  return typeof figure === 'number' ? { text: shownNumber(figure), end: field.end } : undefined;
}

const isKey = (tokens: readonly Token[], at: number): boolean =>
  tokens[at + 1]?.text === ':' && ['{', ','].includes(tokens[at - 1]?.text ?? '');

const isAccess = (token: Token | undefined): boolean =>
  token?.kind === 'operator' && (token.text === '.' || token.text === '?.');

/** A number as people read it: at most three digits after the point, whole ones whole. */
export const shownNumber = (value: number): string => String(Math.round(value * 1000) / 1000);

/** What an expression gives for these values, in words: a number, or `unknown`. */
export function answered(evaluate: () => Value): string {
  try {
    const value = evaluate();
    return typeof value === 'number' ? shownNumber(value) : 'unknown';
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return 'unknown';
  }
}
