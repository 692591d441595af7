import type { BinaryOperator } from './ast.ts';

interface Operator {
  /** Binds tighter the higher it is. */
  readonly precedence: number;
  /** `a ** b ** c` is `a ** (b ** c)`. */
  readonly right?: boolean;
  /** What it is in the tree, where that is another word. */
  readonly as: BinaryOperator | '|';
}

const operator = (as: Operator['as'], precedence: number): Operator => ({ as, precedence });

/** Precedence and direction of every binary operator, as expr-lang 1.17.8 has them. */
export const BINARY: ReadonlyMap<string, Operator> = new Map([
  ['|', operator('|', 0)],
  ['or', operator('or', 10)],
  ['||', operator('or', 10)],
  ['and', operator('and', 15)],
  ['&&', operator('and', 15)],
  ['==', operator('==', 20)],
  ['!=', operator('!=', 20)],
  ['<', operator('<', 20)],
  ['>', operator('>', 20)],
  ['>=', operator('>=', 20)],
  ['<=', operator('<=', 20)],
  ['in', operator('in', 20)],
  ['matches', operator('matches', 20)],
  ['contains', operator('contains', 20)],
  ['startsWith', operator('startsWith', 20)],
  ['endsWith', operator('endsWith', 20)],
  ['..', operator('..', 25)],
  ['+', operator('+', 30)],
  ['-', operator('-', 30)],
  ['*', operator('*', 60)],
  ['/', operator('/', 60)],
  ['%', operator('%', 60)],
  ['**', { ...operator('**', 100), right: true }],
  ['^', { ...operator('**', 100), right: true }],
  ['??', operator('??', 500)],
]);

export const UNARY: ReadonlyMap<string, { readonly as: '-' | '+' | 'not'; precedence: number }> =
  new Map([
    ['not', { as: 'not', precedence: 50 }],
    ['!', { as: 'not', precedence: 50 }],
    ['-', { as: '-', precedence: 90 }],
    ['+', { as: '+', precedence: 90 }],
  ]);

export const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);

/** What `not` may stand before, as in `x not in xs`. */
export const NEGATABLE: ReadonlySet<string> = new Set([
  'in',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
]);

/** Arguments of the builtins that take a predicate: a value, a predicate, and what may be left out. */
export const PREDICATE_BUILTINS: ReadonlyMap<string, readonly PredicateArgument[]> = new Map<
  string,
  readonly PredicateArgument[]
>([
  ...['all', 'none', 'any', 'one', 'filter', 'map', 'find', 'findIndex'].map(
    (name) => [name, ['value', 'predicate']] as const,
  ),
  ...['findLast', 'findLastIndex', 'groupBy'].map(
    (name) => [name, ['value', 'predicate']] as const,
  ),
  ['count', ['value', 'predicate?']],
  ['sum', ['value', 'predicate?']],
  ['sortBy', ['value', 'predicate', 'value?']],
  ['reduce', ['value', 'predicate', 'value?']],
]);

export type PredicateArgument = 'value' | 'value?' | 'predicate' | 'predicate?';
