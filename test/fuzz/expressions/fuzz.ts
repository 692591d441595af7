/**
 * Puts random expressions to ours and to the original and tells where they differ, cut down to what
 * makes the difference. `node test/fuzz/expressions/fuzz.ts [--count 200000] [--seed 1]
 * [--grammar all|formulas|tokens|patterns|dates] [--keep]`;
 * with `--keep` what was found goes into the golden file, with the original's answer.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { agree, ourAnswer, type Answer, type Question } from './answers.ts';
import type { Sort } from './forms.ts';
import { randomEnv, randomExpression, render, type Tree } from './grammar.ts';
import { isIntended } from './intended.ts';
import { dateTest, patternTest, tokenSoup } from './more-grammars.ts';
import { startOracle, type Oracle } from './oracle.ts';
import { createRandom, type Random } from './random.ts';
import { shrink } from './shrink.ts';

const FOUND = new URL('../../golden/expressions/found.jsonl', import.meta.url);

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    shown: { type: 'string', default: '20' },
    grammar: { type: 'string', default: 'all' },
    keep: { type: 'boolean', default: false },
  },
});

/** What an expression is meant to give, by how often: formulas first, the rest to test the rest. */
const ROOTS: readonly Sort[] = [
  'float',
  'float',
  'float',
  'int',
  'bool',
  'string',
  'floats',
  'ints',
  'strings',
  'mixed',
  'map',
  'duration',
  'time',
  'any',
];

/** Grammars for corners of their own; with `all` one of four expressions is of one of them. */
const GRAMMARS: Readonly<Record<string, (random: Random) => Tree>> = {
  tokens: tokenSoup,
  patterns: patternTest,
  dates: dateTest,
  0: tokenSoup,
  1: patternTest,
  2: dateTest,
};

/** Questions asked at once; more only takes memory. */
const BATCH = 1000;

interface Case {
  readonly tree: Tree;
  readonly question: Question;
}

async function main(oracle: Oracle): Promise<number> {
  const random = createRandom(Number(options.seed));
  const count = Number(options.count);
  const tally = { asked: 0, values: 0, compile: 0, run: 0, differing: 0 };
  const shown = new Set<string>();
  while (tally.asked < count) {
    const cases = Array.from({ length: Math.min(BATCH, count - tally.asked) }, (): Case => {
      // One in ten has a part of the wrong type now and then.
      const illTyped = random.chance(0.1) ? 0.15 : 0.003;
      const other = GRAMMARS[options.grammar === 'all' ? random.below(12) : options.grammar];
      if (other !== undefined) {
        const tree = other(random);
        return { tree, question: { expr: render(tree), env: randomEnv(random), want: 'any' } };
      }
      const want = random.chance(0.5) ? 'number' : 'any';
      const root = want === 'number' && random.chance(0.7) ? 'float' : random.pick(ROOTS);
      const tree = randomExpression(random, root, illTyped);
      return { tree, question: { expr: render(tree), env: randomEnv(random), want } };
    }).filter(({ question }) => question.expr.length < 3000);
    const theirs = await oracle.ask(cases.map(({ question }) => question));
    const differing = cases.filter((one, index) => differs(tally, one, theirs[index] ?? {}));
    for (const one of differing) {
      if (shown.size < Number(options.shown)) await tell(one, oracle, shown);
    }
  }
  print(JSON.stringify({ seed: Number(options.seed), ...tally }));
  return tally.differing === 0 ? 0 : 1;
}

interface Tally {
  asked: number;
  values: number;
  compile: number;
  run: number;
  differing: number;
}

/** Counts an answer of the original, and tells whether ours is another one without being meant so. */
function differs(tally: Tally, { question }: Case, theirs: Answer): boolean {
  const ours = ourAnswer(question);
  if (theirs.stage === 'timeout') print(`the original does not end: ${question.expr}`);
  tally.asked += 1;
  if (theirs.value !== undefined) tally.values += 1;
  else if (theirs.stage === 'compile') tally.compile += 1;
  else tally.run += 1;
  const differing = !agree(ours, theirs) && !isIntended(question.expr, ours, theirs);
  if (differing) tally.differing += 1;
  return differing;
}

async function tell({ tree, question }: Case, oracle: Oracle, shown: Set<string>): Promise<void> {
  const ask = async (candidate: Tree): Promise<readonly [Question, Answer, Answer]> => {
    const asked = { ...question, expr: render(candidate) };
    const [theirs = {}] = await oracle.ask([asked]);
    return [asked, ourAnswer(asked), theirs];
  };
  const [, first, firstTheirs] = await ask(tree);
  const kindOfDifference = (ours: Answer, theirs: Answer): string =>
    `${ours.stage ?? 'value'}/${theirs.stage ?? 'value'}`;
  const kind = kindOfDifference(first, firstTheirs);
  const cut = await shrink(tree, async (candidate) => {
    const [, ours, theirs] = await ask(candidate);
    if (agree(ours, theirs) || isIntended(render(candidate), ours, theirs)) return false;
    return kindOfDifference(ours, theirs) === kind;
  });
  const [asked, ours, theirs] = await ask(cut);
  if (shown.has(asked.expr)) return;
  shown.add(asked.expr);
  print(
    `${asked.want}: ${asked.expr}\n  ours   ${JSON.stringify(ours)}\n  theirs ${JSON.stringify(theirs)}`,
  );
  if (options.keep) {
    const { error: _, ...answer } = theirs;
    appendFileSync(FOUND, `${JSON.stringify({ ...asked, ...answer })}\n`);
  }
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const oracle = startOracle();
if (oracle === undefined) {
  print('Go is not on the PATH, and without it there is nothing to compare with.');
  process.exitCode = 2;
} else {
  process.exitCode = await main(oracle);
  oracle.close();
}
