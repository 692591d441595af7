import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Answer } from './answers.ts';

/** The original in a process of its own; answers come in the order of the questions. */
export interface Oracle {
  ask(questions: readonly object[]): Promise<readonly (Answer & { readonly nanos?: number })[]>;
  close(): void;
}

/** Builds the original from the Go module proxy and starts it, or answers undefined without Go. */
export function startOracle(): Oracle | undefined {
  const binary = build();
  if (binary === undefined) return undefined;
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((answer: Answer) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    waiting.shift()?.(JSON.parse(line) as Answer);
  });
  return {
    ask: async (questions) => {
      const answers = questions.map(
        () =>
          new Promise<Answer>((resolve) => {
            waiting.push(resolve);
          }),
      );
      child.stdin.write(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
      return await Promise.all(answers);
    },
    close: () => {
      child.stdin.end();
    },
  };
}

function build(): string | undefined {
  const folder = join(tmpdir(), 'rubato-expression-oracle');
  const binary = join(folder, 'oracle');
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const cwd = fileURLToPath(new URL('oracle', import.meta.url));
  execFileSync('go', ['build', '-o', binary, '.'], { cwd, stdio: 'inherit' });
  return binary;
}
