import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { birthOf, type Born, isRunning } from '../../lib/act/process/birth.ts';

/** What a running local stack tells other processes of this machine. */
export interface RunningStack extends Born {
  /** Where its DynamoDB is reached. */
  readonly endpoint: string;
  /** URLs of connections that are served elsewhere than connections.yml says, by the URL there. */
  readonly moved: Readonly<Record<string, string>>;
}

const FILE = 'running.json';

/** The stack that runs on `folder` now; one that was killed has left a file that no longer counts. */
export function findRunningStack(folder: string): RunningStack | undefined {
  const found = read(join(folder, FILE));
  return found !== undefined && isRunning(found) ? found : undefined;
}

/** Tells others of the stack in this process. Answers how to take it back. */
export function announce(folder: string, stack: Pick<RunningStack, 'endpoint' | 'moved'>) {
  const file = join(folder, FILE);
  const { pid } = process;
  mkdirSync(folder, { recursive: true });
  const announced: RunningStack = { pid, birth: birthOf(pid) ?? '', ...stack };
  writeFileSync(`${file}.new`, JSON.stringify(announced));
  renameSync(`${file}.new`, file);
  return () => {
    rmSync(file, { force: true });
  };
}

function read(file: string): RunningStack | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunningStack;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
