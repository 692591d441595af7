import {
  compile,
  type Scope,
  type StaticType,
  toCount,
  type Value,
} from '../expression/compile.ts';
import { ExpressionError } from '../expression/errors.ts';
import type { EpochMillis } from '../model/units.ts';

export interface EvalRequest {
  /** The formula; not needed with `batch`. */
  readonly expression: string | undefined;
  /** `name=number`, `name.figure=number`, or `name=` for a metric that is missing. */
  readonly metrics: readonly string[];
  /** Read JSON lines `{"expr", "env"}` and answer each with a line. */
  readonly batch: boolean;
  readonly json: boolean;
  /** What `now()` gives. */
  readonly now: EpochMillis;
}

export interface EvalIo {
  /** Text as it comes, in pieces of any size. */
  readonly stdin: AsyncIterable<string>;
  /** One line each, without its end. */
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const DONE = 0;
const FAILED = 1;
const MISUSED = 2;

/** Longest line of a batch; an expression has 4096 characters at most, its metrics rarely more. */
const MAX_LINE = 1_000_000;

/**
 * Evaluates one formula, or one per line of stdin. Answers the exit code: 0 done, 1 the formula (or
 * a line of the batch that is no question) failed, 2 the command was called wrongly. In a batch an
 * expression without a value is an answer like any other: `{"error", "stage"}`.
 */
export async function runEval(request: EvalRequest, io: EvalIo): Promise<0 | 1 | 2> {
  if (request.batch) return await runBatch(request, io);
  if (request.expression === undefined || request.expression === '') {
    io.err(
      'There is no expression. Write one, such as: rubato eval "ceil(lag / 10)" --metric lag=95',
    );
    return MISUSED;
  }
  const given = readMetrics(request.metrics);
  if (typeof given === 'string') {
    io.err(given);
    return MISUSED;
  }
  const { scope, env } = given;
  try {
    const program = compile(request.expression, scope, 'number');
    const result = program.evaluate(env, request.now) as number;
    io.out(request.json ? JSON.stringify(withCount(result)) : String(shown(result)));
    return DONE;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    tellFault(error, request, io);
    return FAILED;
  }
}

function tellFault(error: ExpressionError, { json }: EvalRequest, io: EvalIo): void {
  const { message, stage, code, line, column } = error;
  if (json) {
    io.out(JSON.stringify({ error: message, stage, code, line, column }));
    return;
  }
  io.err(message);
  for (const text of error.excerpt === '' ? [] : error.excerpt.split('\n')) io.err(`  ${text}`);
}

/** NaN and the infinities have no JSON, so they are texts. */
function shown(result: number): number | string {
  if (Number.isNaN(result)) return 'NaN';
  if (!Number.isFinite(result)) return result > 0 ? '+Inf' : '-Inf';
  return result;
}

/** The number, and the count of replicas it comes to. */
function withCount(result: number): { result: number | string; count?: number } {
  return Number.isFinite(result)
    ? { result: shown(result), count: toCount(result) }
    : { result: shown(result) };
}

interface Given {
  readonly scope: Scope;
  readonly env: Readonly<Record<string, Value | undefined>>;
}

const METRIC = /^([\p{L}_$][\p{L}\p{Nd}_$]*)(?:\.([\p{L}_$][\p{L}\p{Nd}_$]*))?=(.*)$/u;

/** What `--metric` says, or what is wrong with it. */
function readMetrics(metrics: readonly string[]): Given | string {
  const numbers = new Map<string, number | undefined>();
  const records = new Map<string, Map<string, number>>();
  for (const metric of metrics) {
    const [, name, figure, text] = METRIC.exec(metric) ?? [];
    const value = text === '' ? undefined : numberOf(text ?? '');
    if (name === undefined || (text !== '' && value === undefined)) {
      return `${JSON.stringify(metric)} is no metric. Write it as lag=95, orders.lag=95, or lag= for one that is missing.`;
    }
    if (figure === undefined) numbers.set(name, value);
    else if (value !== undefined) {
      const record = records.get(name) ?? new Map<string, number>();
      records.set(name, record.set(figure, value));
    }
  }
  const both = [...records.keys()].find((name) => numbers.has(name));
  if (both !== undefined) return `${both} cannot be a number and have figures of its own.`;
  const recordEntries = [...records].map(
    ([name, record]) => [name, Object.fromEntries(record)] as const,
  );
  return {
    scope: Object.fromEntries([
      ...[...numbers.keys()].map((name) => [name, FLOAT] as const),
      ...recordEntries.map(
        ([name, record]) => [name, { kind: 'map', fields: fieldTypes(record) }] as const,
      ),
    ]),
    env: Object.fromEntries([...numbers, ...recordEntries]),
  };
}

const FLOAT: StaticType = { kind: 'float' };

const fieldTypes = (record: object): Readonly<Record<string, StaticType>> =>
  Object.fromEntries(Object.keys(record).map((name) => [name, FLOAT]));

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Inf: Number.POSITIVE_INFINITY,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

function numberOf(text: string): number | undefined {
  if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text];
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

async function runBatch({ now }: EvalRequest, io: EvalIo): Promise<0 | 1> {
  let code: 0 | 1 = DONE;
  for await (const line of linesOf(io.stdin)) {
    if (line.trim() !== '') {
      const answer = answerLine(line, now);
      if ('stage' in answer && answer.stage === 'input') code = FAILED;
      io.out(JSON.stringify(answer));
    }
  }
  return code;
}

type Answer =
  | { readonly result: number | string }
  | { readonly error: string; readonly stage: 'compile' | 'run' | 'input' };

function answerLine(line: string, now: EpochMillis): Answer {
  const question = readQuestion(line);
  if (question === undefined) {
    return {
      error: 'A line is a JSON object with "expr", a text, and "env", an object.',
      stage: 'input',
    };
  }
  const entries = Object.entries(question.env);
  const scope = Object.fromEntries(entries.map(([name, value]) => [name, typeFor(value)]));
  const env = Object.fromEntries(entries.map(([name, value]) => [name, valueOf(value)]));
  try {
    const result = compile(question.expr, scope, 'number').evaluate(env, now) as number;
    return { result: shown(result) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { error: error.message, stage: error.stage };
  }
}

interface Question {
  readonly expr: string;
  readonly env: object;
}

function readQuestion(line: string): Question | undefined {
  if (line.length > MAX_LINE) return undefined;
  try {
    const parsed = JSON.parse(line) as Partial<Question> | null;
    const { expr, env = {} } = parsed ?? {};
    const fits = typeof expr === 'string' && typeof env === 'object' && env !== null;
    return fits ? { expr, env } : undefined;
  } catch {
    return undefined;
  }
}

/** What a name of a batch's env is: numbers are floats, and what objects hold is not known. */
function typeFor(value: unknown): StaticType {
  if (typeof value === 'number') return FLOAT;
  if (typeof value === 'string') return { kind: 'string' };
  if (typeof value === 'boolean') return { kind: 'bool' };
  if (value === null) return { kind: 'nil' };
  if (Array.isArray(value)) return { kind: 'array', item: { kind: 'any', declared: true } };
  return { kind: 'map' };
}

/** Nesting of an env; JSON.parse takes any depth, and this goes down with it. */
const MAX_NESTING = 100;

function valueOf(value: unknown, depth = 0): Value {
  if (typeof value !== 'object' || value === null) return value as Value;
  if (depth > MAX_NESTING) return null;
  if (Array.isArray(value)) return value.map((each) => valueOf(each, depth + 1));
  return new Map(Object.entries(value).map(([key, each]) => [key, valueOf(each, depth + 1)]));
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    // A line that never ends is cut off where it is too long to be a question anyway.
    rest = (lines.pop() ?? '').slice(0, MAX_LINE + 1);
    yield* lines;
  }
  yield rest;
}
