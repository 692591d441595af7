import '../../lib/expression/load-everything.ts';
import { readFileSync } from 'node:fs';

import { build } from 'esbuild';

import { compile, type Program, type Scope } from '../../lib/expression/compile.ts';
import { epochMillis } from '../../lib/model/units.ts';
import { type Oracle, startOracle } from '../fuzz/expressions/oracle.ts';

/*
 * How fast expressions are evaluated: each of the 1,500 golden expressions that have a value is run
 * in a loop of its own, after all of them have run, so that no call site knows only one of them. The
 * middle one is the figure that counts. With Go on the PATH the original's machine does the same
 * loops in the same run. Also what compiling costs, and what the code weighs in a bundle.
 */
const EVALUATIONS_BAR = 5_000_000;
const WARM_UP_ROUNDS = 2000;
const REPEATS = 20_000;
/** Two cores are shared with whatever else runs, so the best of three loops counts, for both. */
const LOOPS = 3;

interface Vector {
  readonly expr: string;
  readonly env: Readonly<Record<string, number>>;
  readonly result?: unknown;
}

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar?: number;
  readonly ok: boolean;
}

let failed = false;

function print(figure: Figure): void {
  failed ||= !figure.ok;
  process.stdout.write(`${JSON.stringify({ bench: 'expressions', ...figure })}\n`);
}

const NOW = epochMillis(0);

const scopeOf = (env: object): Scope =>
  Object.fromEntries(Object.keys(env).map((name) => [name, { kind: 'float' as const }]));

/** The middle of some figures. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

interface Case {
  readonly vector: Vector;
  readonly program: Program;
}

/** Evaluations a second of one program. The results are summed up, so that none is left out. */
function rate({ program, vector }: Case): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let loop = 0; loop < LOOPS; loop += 1) {
    let sum = 0;
    const start = performance.now();
    for (let turn = 0; turn < REPEATS; turn += 1) {
      sum += program.evaluate(vector.env, NOW) as number;
    }
    fastest = Math.min(fastest, performance.now() - start);
    sink += sum;
  }
  return (REPEATS / fastest) * 1000;
}

let sink = 0;

function measureOurs(cases: readonly Case[]): readonly number[] {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    for (const { program, vector } of cases) {
      sink += program.evaluate(vector.env, NOW) as number;
    }
  }
  return cases.map(rate);
}

async function measureTheirs(oracle: Oracle, cases: readonly Case[]): Promise<readonly number[]> {
  const rates: number[] = [];
  for (const { vector } of cases) {
    const question = { expr: vector.expr, env: vector.env, want: 'number', repeat: REPEATS };
    const answers = await oracle.ask(Array.from({ length: LOOPS }, () => question));
    const nanos = Math.min(...answers.map((answer) => answer.nanos ?? Number.POSITIVE_INFINITY));
    rates.push((REPEATS / nanos) * 1e9);
  }
  return rates;
}

function measureCompile(vectors: readonly Vector[]): number {
  const start = performance.now();
  for (const { expr, env } of vectors) {
    // Another space is another text, so that the cache does not answer.
    compile(`${expr} `, scopeOf(env), 'number');
  }
  return (vectors.length / (performance.now() - start)) * 1000;
}

async function bundleBytes(): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { compile, toCount } from './lib/expression/compile.ts';",
      resolveDir: new URL('../..', import.meta.url).pathname,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return outputFiles.reduce((sum, file) => sum + file.contents.length, 0);
}

const vectors = readFileSync(
  new URL('../golden/expressions/vectors.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector)
  .filter(({ result }) => result !== undefined);
const cases = vectors.map((vector) => ({
  vector,
  program: compile(vector.expr, scopeOf(vector.env), 'number'),
}));

const ours = median(measureOurs(cases));
print({
  name: 'median expression, ours',
  value: Math.round(ours),
  unit: 'evaluations/s',
  bar: EVALUATIONS_BAR,
  ok: ours >= EVALUATIONS_BAR,
});

const oracle = startOracle();
if (oracle !== undefined) {
  const theirs = median(await measureTheirs(oracle, cases));
  oracle.close();
  print({
    name: 'median expression, expr-lang in Go',
    value: Math.round(theirs),
    unit: 'evaluations/s',
    ok: true,
  });
  const ratio = ours / theirs;
  print({
    name: 'ours over Go',
    value: Number(ratio.toFixed(2)),
    unit: 'times',
    bar: 1,
    ok: ratio > 1,
  });
}

print({
  name: 'compile without the cache',
  value: Math.round(measureCompile(vectors)),
  unit: 'expressions/s',
  ok: true,
});
print({ name: 'bundle, minified', value: await bundleBytes(), unit: 'bytes', ok: true });
process.exitCode = failed ? 1 : 0;
