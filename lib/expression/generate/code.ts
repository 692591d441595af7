import type { Node } from '../ast.ts';
import { fail, FaultSignal } from '../errors.ts';
import { kindOf, type Value } from '../values.ts';

/** What one evaluation works with. One frame serves all evaluations of a program, one at a time. */
export interface Frame {
  env: Readonly<Record<string, Value | undefined>>;
  /** The tick's clock, in milliseconds since 1970. */
  now: number;
  /** What `let`, `#`, `#index` and `#acc` stand for; undefined where a metric is missing. */
  readonly slots: (Value | undefined)[];
  steps: number;
  memory: number;
}

export type Run<Result = Value> = (frame: Frame) => Result;

/** Which kinds of value a node can give at run time, as bits; the checker's types may be wider. */
const NO_KIND = 0;
export const INT_KIND = 1;
export const FLOAT_KIND = 2;
export const NUMBER_KIND = INT_KIND | FLOAT_KIND;
export const BOOL_KIND = 4;
export const STRING_KIND = 8;
export const OTHER_KIND = 16;
export const ANY_KIND = 31;

/** A node made runnable. */
export interface Code {
  readonly kinds: number;
  /** Gives the value; throws a FaultSignal where it comes upon a missing metric. */
  readonly run: Run;
  /** Gives the value as a float; there whenever it can be nothing but a number. */
  readonly float?: Run<number>;
  /** The kinds of its elements, where it gives an array. */
  readonly items?: number;
  /** The value itself, where it is known already. */
  readonly literal?: Value;
  /** Where it may rest on a missing metric: gives undefined for that, and what is missing. */
  readonly lenient?: { readonly run: Run<Value | undefined>; readonly label: string };
}

/** What stands around the node in hand. */
export interface Generator {
  readonly lets: { readonly name: string; readonly code: Code }[];
  /** Predicates around, innermost last: the code of `#`, `#index` and `#acc`. */
  readonly pointers: Readonly<Record<string, Code>>[];
  readonly kept: Map<Node, Code>;
  /** All names of the scope. */
  readonly scope: readonly string[];
  /** Those that have been used. */
  readonly names: Set<string>;
  slots: number;
  readonly visit: (node: Node, generator: Generator) => Code;
}

export function newSlot(generator: Generator): number {
  generator.slots += 1;
  return generator.slots - 1;
}

/** The metric `label` has no value, and a value is needed. */
export function missing(label: string, at: number): never {
  const instead = label.includes('.') ? label.replace('.', '?.') : label;
  throw new FaultSignal({
    code: 'METRIC_MISSING',
    what: `${label} has no value`,
    advice: `See why its source failed, or say what to take instead: ${instead} ?? 0.`,
    at,
  });
}

export function constant(value: Value): Code {
  const run = (): Value => value;
  if (typeof value === 'number' || typeof value === 'bigint') {
    const float = Number(value);
    const kinds = typeof value === 'number' ? FLOAT_KIND : INT_KIND;
    return { kinds, run, float: () => float, literal: value };
  }
  if (typeof value === 'boolean') return { kinds: BOOL_KIND, run, literal: value };
  if (typeof value === 'string') return { kinds: STRING_KIND, run, literal: value };
  return { kinds: OTHER_KIND, run, literal: value };
}

export const floatCode = (float: Run<number>): Code => ({ kinds: FLOAT_KIND, run: float, float });

export const intCode = (run: Run<bigint>): Code => ({
  kinds: INT_KIND,
  run,
  float: (frame) => Number(run(frame)),
});

export const boolCode = (run: Run<boolean>): Code => ({ kinds: BOOL_KIND, run });

export const anyCode = (run: Run): Code => ({ kinds: ANY_KIND, run });

/** A condition; whatever is not a bool has no place in one. */
export function test(code: Code, at: number): Run<boolean> {
  const { run } = code;
  if (code.kinds === BOOL_KIND) return run as Run<boolean>;
  return (frame) => {
    const value = run(frame);
    return typeof value === 'boolean' ? value : notABool(value, at);
  };
}

function notABool(value: Value, at: number): never {
  return fail(at, `expected a bool, found ${kindOf(value)}`);
}

export const isOnly = (code: Code, kinds: number): boolean =>
  code.kinds !== NO_KIND && (code.kinds & ~kinds) === 0;
