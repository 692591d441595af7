import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { compile, type Scope } from '../../../lib/expression/compile.ts';
import { ExpressionError } from '../../../lib/expression/errors.ts';
import { epochMillis } from '../../../lib/model/units.ts';

interface Vector {
  readonly expr: string;
  readonly env: Readonly<Record<string, number>>;
  readonly result?: number | 'NaN' | '+Inf' | '-Inf';
  readonly error?: string;
  readonly stage?: 'compile' | 'run';
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

const vectors = readFileSync(new URL('vectors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

/** The stage an expression fails at, or its value. */
function outcome({ expr, env }: Vector): unknown {
  const scope: Scope = Object.fromEntries(
    Object.keys(env).map((name) => [name, { kind: 'float' }]),
  );
  try {
    return compile(expr, scope, 'number').evaluate(env, epochMillis(0));
  } catch (error) {
    if (error instanceof ExpressionError) return error.stage;
    throw error;
  }
}

describe('the 1,750 expressions answered by expr-lang 1.17.8', () => {
  test('the file is whole: 1,500 answers and 250 errors', () => {
    expect(vectors.filter(({ result }) => result !== undefined)).toHaveLength(1500);
    expect(vectors.filter(({ stage }) => stage !== undefined)).toHaveLength(250);
  });

  test('every answer is the same to the last bit', () => {
    const differing = vectors
      .filter(({ result }) => result !== undefined)
      .map((vector) => ({ vector, ours: outcome(vector) }))
      .filter(({ vector: { result }, ours }) => {
        // The file was written without the sign of -0, so that it tells 0 from nothing but numbers.
        const unsigned = ours === 0 ? 0 : ours;
        return !Object.is(unsigned, typeof result === 'string' ? SPECIAL[result] : result);
      });
    expect(differing).toEqual([]);
  });

  test('every error is an error at the same stage', () => {
    const differing = vectors
      .filter(({ stage }) => stage !== undefined)
      .map((vector) => ({ vector, ours: outcome(vector) }))
      .filter(({ vector: { stage }, ours }) => ours !== stage);
    expect(differing).toEqual([]);
  });
});
