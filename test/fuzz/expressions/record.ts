/**
 * Writes golden cases with the original's answers: `record.ts found < expressions` appends those on
 * stdin, one per line; `record.ts sample --count 1500` writes a fresh sample of random ones on which
 * both agree.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

import { agree, ourAnswer, type Question } from './answers.ts';
import type { Sort } from './forms.ts';
import { randomEnv, randomExpression, render } from './grammar.ts';
import { startOracle } from './oracle.ts';
import { createRandom } from './random.ts';

const golden = (name: string): URL =>
  new URL(`../../golden/expressions/${name}.jsonl`, import.meta.url);
const SAMPLE = 1500;
/** Longer ones are hard to read in a file and test little more. */
const LONGEST = 160;

const oracle = startOracle();
if (oracle === undefined) throw new Error('Go is not on the PATH');

async function answered(questions: readonly Question[]): Promise<readonly string[]> {
  const answers = await oracle?.ask(questions);
  return questions.flatMap((question, index) => {
    const { error: _, ...answer } = answers?.[index] ?? {};
    return agree(ourAnswer(question), answer) ? [JSON.stringify({ ...question, ...answer })] : [];
  });
}

if (process.argv[2] === 'found') {
  const env = randomEnv(createRandom(7));
  const lines = readFileSync(0, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const questions = lines.map((expr): Question => ({ expr, env, want: 'any' }));
  const cases = await answered(questions);
  process.stdout.write(`${cases.length} of ${questions.length} agree and are kept\n`);
  appendFileSync(golden('found'), cases.map((line) => `${line}\n`).join(''));
} else {
  const random = createRandom(20_261_121);
  const roots: readonly Sort[] = [
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
  const kept: string[] = [];
  const seen = new Set<string>();
  while (kept.length < SAMPLE) {
    const want = random.chance(0.4) ? 'number' : 'any';
    const tree = randomExpression(random, want === 'number' ? 'float' : random.pick(roots), 0.01);
    const question: Question = { expr: render(tree), env: randomEnv(random), want };
    const fits = question.expr.length > 12 && question.expr.length < LONGEST;
    const [line] = fits && !seen.has(question.expr) ? await answered([question]) : [];
    // Nine of ten are to have a value: what is refused says less.
    const wanted = line?.includes('"value"') === true || random.chance(0.15);
    if (line !== undefined && wanted) {
      kept.push(line);
      seen.add(question.expr);
    }
  }
  writeFileSync(golden('sample'), `${kept.join('\n')}\n`);
}
oracle.close();
