import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { execPath } from 'node:process';

import type { Clock } from '../../model/clock.ts';
import { later, type Millis, millis } from '../../model/units.ts';
import { birthOf, type Born, isRunning, signalGroup } from './birth.ts';
import { type Group, groupKey } from './ledger.ts';

/** What is kept of the output of a group's copies; beyond it the file starts anew. */
const LARGEST_LOG_BYTES = 1024 * 1024;
/** How often a copy that was asked to end is looked at. */
const LOOK_EVERY = millis(25);

export interface CopyOptions {
  /** Where the logs of copies are kept. */
  readonly folder: string;
  /** Where copies run: relative paths in commands start here. */
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** One running copy of a command. */
export interface Copy {
  readonly born: Born;
  /** Resolves once it has ended and is no zombie. */
  readonly gone: Promise<void>;
}

/**
 * Starts one copy; `ended` is told once how it ended, in words, also where it never started, for
 * which the answer is undefined.
 *
 * The copy leads a process group of its own, so that Ctrl-C in the terminal reaches only us. Its
 * stdin is a pipe that closes when we die, however we die, so that it can notice. Its output goes
 * to `logs/<connection>-<name>.log`.
 */
export function startCopy(
  options: CopyOptions,
  group: Group,
  [program = '', ...args]: readonly string[],
  ended: (how: string) => void,
): Copy | undefined {
  const log = openLog(options.folder, group);
  const { PATH = '' } = options.environment;
  const child = spawn(program, args, {
    cwd: options.workingFolder,
    detached: true,
    stdio: ['pipe', log, log],
    env: {
      ...options.environment,
      // A command that begins with `node` runs on the same Node as we do.
      PATH: `${dirname(execPath)}${delimiter}${PATH}`,
      RUBATO_GROUP: groupKey(group),
    },
  });
  closeSync(log);
  // Writing is not ours to do; a copy that closes its end is free to.
  child.stdin?.on('error', () => {});
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve();
      ended(signal === null ? `with exit code ${code}` : `by ${signal}`);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve();
      if (child.pid === undefined) ended(`because it could not be started (${error.code})`);
    });
  });
  const birth = child.pid === undefined ? undefined : birthOf(child.pid);
  if (child.pid === undefined || birth === undefined) return undefined;
  return { gone, born: { pid: child.pid, birth } };
}

function openLog(folder: string, { connection, name }: Group): number {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const path = join(folder, 'logs', `${encodeURIComponent(`${connection}-${name}`)}.log`);
  const file = openSync(path, 'a');
  if (statSync(path).size > LARGEST_LOG_BYTES) truncateSync(path);
  return file;
}

/**
 * Asks processes to end, and ends by force what still runs of them and of what they started, at
 * the latest after `stopAfter`.
 */
export async function endAll(
  copies: readonly Born[],
  stopAfter: Millis,
  clock: Clock,
): Promise<void> {
  const alive = () => copies.filter(isRunning);
  const groups = alive();
  for (const { pid } of groups) signalGroup(pid, 'SIGTERM');
  const deadline = later(clock.now(), stopAfter);
  while (alive().length > 0 && clock.now() < deadline) await clock.sleep(LOOK_EVERY);
  // A group outlives its leader while it has members, and its id is not given to others so long.
  for (const { pid } of groups) signalGroup(pid, 'SIGKILL');
}
