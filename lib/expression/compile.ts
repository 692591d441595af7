import type { EpochMillis } from '../model/units.ts';
import { toFloat } from './arithmetic.ts';
import type { Node } from './ast.ts';
import { BUILTIN_NAMES } from './builtins/catalogue.ts';
import { check } from './check.ts';
import { ExpressionError, FaultSignal, type Fault } from './errors.ts';
import { fold } from './fold.ts';
import { type Code, type Frame, type Generator, type Run } from './generate/code.ts';
import { generate } from './generate/generate.ts';
import { MAX_CACHED_PROGRAMS, MAX_LENGTH, MEMORY_BUDGET, STEP_BUDGET } from './limits.ts';
import { PREDICATE_BUILTINS } from './operators.ts';
import { parse } from './parse.ts';
import { roundHalfAway } from './rounding.ts';
import { isNumber, isUnknown, type Scope, type StaticType, typeName } from './types.ts';
import type { Value } from './values.ts';

export type { Scope, StaticType } from './types.ts';
export type { Value } from './values.ts';

/** A compiled expression. */
export interface Program {
  readonly source: string;
  /** Names of the scope it refers to, each once, in the order of the text. */
  readonly names: readonly string[];
  /** What it is known to give before it runs. */
  readonly type: StaticType;
  /**
   * Evaluates it. A name that is absent or undefined in `env` is a missing metric; `now` is the
   * tick's clock. Gives a number when it was compiled for one. Throws an ExpressionError with
   * stage `run`; gives the same value for the same input always.
   */
  evaluate(env: Readonly<Record<string, Value | undefined>>, now: EpochMillis): Value;
}

const FUNCTIONS: readonly string[] = [...BUILTIN_NAMES, ...PREDICATE_BUILTINS.keys(), 'get'];

/**
 * Compiles an expression that may use the names of `scope`. With `expect: 'number'` whatever is
 * known to be no number is refused, and ints become floats. Throws an ExpressionError with stage
 * `compile`. Source: the expr-lang language 1.17.8 with AsFloat64; docs/expressions.md has the
 * differences.
 */
export function compile(source: string, scope: Scope, expect: 'number' | 'any'): Program {
  const key = `${expect}\n${keyOf(scope)}\n${source}`;
  const known = cache.get(key);
  if (known !== undefined) {
    // Taken out and put back, so that what is used stays and what is not falls out first.
    cache.delete(key);
    cache.set(key, known);
    return known;
  }
  const program = compileAnew(source, scope, expect);
  cache.set(key, program);
  const oldest = cache.keys().next();
  if (cache.size > MAX_CACHED_PROGRAMS && oldest.done !== true) cache.delete(oldest.value);
  return program;
}

const cache = new Map<string, Program>();
const scopeKeys = new WeakMap<Scope, string>();

function keyOf(scope: Scope): string {
  const known = scopeKeys.get(scope);
  if (known !== undefined) return known;
  const key = JSON.stringify(scope);
  scopeKeys.set(scope, key);
  return key;
}

function compileAnew(source: string, scope: Scope, expect: 'number' | 'any'): Program {
  return guarded(source, 'compile', () => {
    if (source === '') throw new FaultSignal(REQUIRED);
    if (source.length > MAX_LENGTH) throw new FaultSignal(TOO_LONG);
    const tree = parse(source, {
      isOverridden: (name) => Object.hasOwn(scope, name),
      isBuiltin: (name) => FUNCTIONS.includes(name),
    });
    const type = check(tree, scope, FUNCTIONS);
    if (expect === 'number' && !isNumber(type) && !isUnknown(type)) refuseResult(type);
    return programOf({ source, scope, expect }, fold(tree), type);
  });
}

interface Request {
  readonly source: string;
  readonly scope: Scope;
  readonly expect: 'number' | 'any';
}

function programOf({ source, scope, expect }: Request, tree: Node, type: StaticType): Program {
  const generator: Generator = {
    lets: [],
    pointers: [],
    kept: new Map(),
    scope: Object.keys(scope),
    names: new Set(),
    slots: 0,
    visit: generate,
  };
  const code = generate(tree, generator);
  const run = expect === 'number' ? numberRun(code) : code.run;
  const frame: Frame = { env: NOTHING, now: 0, slots: [], steps: 0, memory: 0 };
  return {
    source,
    names: [...generator.names],
    type,
    evaluate: (env, now) => {
      frame.env = env;
      frame.now = now;
      frame.steps = STEP_BUDGET;
      frame.memory = MEMORY_BUDGET;
      try {
        return run(frame);
      } catch (error) {
        throw explained(error, source, 'run');
      }
    },
  };
}

const NOTHING = {};

/** What is no number by now never will be: the cast that AsFloat64 puts behind every expression. */
function numberRun(code: Code): Run {
  const { float, run } = code;
  if (float !== undefined) return float;
  return (frame) => toFloat(run(frame), undefined);
}

function refuseResult(type: StaticType): never {
  throw new FaultSignal({
    code: 'EXPRESSION_INVALID',
    what: `a number is wanted, but this gives ${typeName(type)}`,
    advice: type.kind === 'bool' ? 'Choose between two numbers: (…) ? 1 : 0.' : '',
    at: undefined,
  });
}

const REQUIRED: Fault = {
  code: 'EXPRESSION_REQUIRED',
  what: 'expression required',
  advice: 'Write a formula such as ceil(lag / 100).',
  at: undefined,
};

const TOO_LONG: Fault = {
  code: 'EXPRESSION_INVALID',
  what: `the expression is longer than ${MAX_LENGTH} characters`,
  advice: 'Compute part of it at the source of the metric.',
  at: undefined,
};

function guarded<Result>(source: string, stage: 'compile' | 'run', work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw explained(error, source, stage);
  }
}

/** A fault with its source; anything else is a bug and stays as it is. */
function explained(error: unknown, source: string, stage: 'compile' | 'run'): unknown {
  if (!(error instanceof FaultSignal)) return error;
  return new ExpressionError(error.fault, source, stage);
}

/** As high as a count can be and still be added to and compared without loss. */
const HIGHEST_COUNT = Number.MAX_SAFE_INTEGER;

/**
 * A count of replicas or machines from the number an expression gave: half away from zero as Go's
 * math.Round, never negative. fly-autoscaler then converts to 64 bits, where 1e19 wraps to the
 * lowest int and a whole fleet is destroyed; here it stays as high as it is meant.
 */
export function toCount(value: number): number {
  if (Number.isNaN(value)) throw new ExpressionError(NOT_A_NUMBER, '', 'run');
  if (!Number.isFinite(value)) throw new ExpressionError(INFINITE, '', 'run');
  return Math.min(Math.max(0, roundHalfAway(value)), HIGHEST_COUNT);
}

const NOT_A_NUMBER: Fault = {
  code: 'EXPRESSION_NAN',
  what: 'expression returned NaN',
  advice: 'Guard the division: 0 / 0 has no value.',
  at: undefined,
};

const INFINITE: Fault = {
  code: 'EXPRESSION_INF',
  what: 'expression returned Inf',
  advice: 'Guard the division, or bound the result with min.',
  at: undefined,
};
