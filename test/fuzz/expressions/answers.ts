import {
  compile,
  type Scope,
  type StaticType,
  type Value,
} from '../../../lib/expression/compile.ts';
import { ExpressionError } from '../../../lib/expression/errors.ts';
import { epochMillis } from '../../../lib/model/units.ts';
import { canonical } from './canonical.ts';

/** One expression put to both. */
export interface Question {
  readonly expr: string;
  readonly env: Readonly<Record<string, unknown>>;
  readonly want: 'number' | 'any';
}

/** A value in canonical form, or the stage at which there was none. */
export interface Answer {
  readonly value?: string;
  readonly stage?: string;
  readonly error?: string;
}

/** What ours makes of it. */
export function ourAnswer({ expr, env, want }: Question): Answer {
  try {
    const program = compile(expr, scopeOf(env), want);
    return { value: canonical(program.evaluate(valuesOf(env), epochMillis(0))) };
  } catch (error) {
    if (error instanceof ExpressionError) return { stage: error.stage, error: error.message };
    throw new Error(`${expr} is a bug: ${String(error)}`, { cause: error });
  }
}

function scopeOf(env: Readonly<Record<string, unknown>>): Scope {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, typeFor(value)]));
}

function typeFor(value: unknown): StaticType {
  if (typeof value === 'number') return { kind: 'float' };
  if (typeof value === 'string') return { kind: 'string' };
  if (typeof value === 'boolean') return { kind: 'bool' };
  if (value === null) return { kind: 'nil' };
  if (Array.isArray(value)) return { kind: 'array', item: { kind: 'any', declared: true } };
  return { kind: 'map', fields: scopeOf(value as Record<string, unknown>) };
}

const valuesOf = (env: Readonly<Record<string, unknown>>): Readonly<Record<string, Value>> =>
  env as Readonly<Record<string, Value>>;

/** Whether two answers say the same: the same value, or none at the same stage. */
export function agree(ours: Answer, theirs: Answer): boolean {
  // One that never ends in the original is stopped here, and there is nothing to compare.
  if (theirs.stage === 'timeout') return true;
  if (theirs.stage === 'crash') return ours.stage !== undefined;
  return ours.value === theirs.value && ours.stage === theirs.stage;
}
