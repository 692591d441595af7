import {
  compile,
  type Scope,
  type StaticType,
  type Value,
} from '../../../lib/expression/compile.ts';
import { ExpressionError } from '../../../lib/expression/errors.ts';
import { epochMillis } from '../../../lib/model/units.ts';

export const FLOAT: StaticType = { kind: 'float' };
export const NOW = epochMillis(Date.parse('2026-11-27T06:00:00Z'));

type Env = Readonly<Record<string, Value | undefined>>;

/** Floats for numbers and missing metrics, maps of floats for records, by what the env holds. */
function scopeOf(env: Env): Scope {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      if (typeof value === 'string') return [name, { kind: 'string' }];
      if (Array.isArray(value)) return [name, { kind: 'array', item: FLOAT }];
      if (typeof value === 'object' && value !== null) {
        const fields = Object.keys(value).map((field) => [field, FLOAT] as const);
        return [name, { kind: 'map', fields: Object.fromEntries(fields) }];
      }
      return [name, FLOAT];
    }),
  );
}

/** Whatever an expression gives. */
export const value = (source: string, env: Env = {}): Value =>
  compile(source, scopeOf(env), 'any').evaluate(env, NOW);

/** The number a formula gives. */
export const number = (source: string, env: Env = {}): number =>
  compile(source, scopeOf(env), 'number').evaluate(env, NOW) as number;

/** The error of work that must fail with one. */
export function errorOf(work: () => unknown): ExpressionError {
  try {
    work();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('It was expected to fail');
}

export const numberError = (source: string, env: Env = {}): ExpressionError =>
  errorOf(() => number(source, env));
