import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { agree, type Answer, ourAnswer, type Question } from '../../fuzz/expressions/answers.ts';

type Case = Question & Answer;

const read = (name: string): readonly Case[] =>
  readFileSync(new URL(`${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);

/*
 * Answers of expr-lang 1.17.8, floats by their bits. `found` holds what the fuzzer or its author
 * came upon, `sample` is drawn at random; test/fuzz/expressions/record.ts writes both.
 */
describe.for(['found', 'sample'] as const)('%s expressions', (name) => {
  const cases = read(name);

  test('are there, most of them with a value', () => {
    const valued = cases.filter((one) => one.value !== undefined).length;
    expect(valued / cases.length).toBeGreaterThan(0.5);
  });

  test('give what they give in the original, or fail at the same stage', () => {
    const differing = cases
      .map((one) => ({ expr: one.expr, theirs: one.value ?? one.stage, ours: ourAnswer(one), one }))
      .filter(({ ours, one }) => !agree(ours, one))
      .map(({ expr, theirs, ours }) => ({ expr, theirs, ours }));
    expect(differing).toEqual([]);
  });
});
