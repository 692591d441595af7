import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import type { RuleItem } from '../store/rule-store.ts';
import { RuleUnknownError } from '../tick/errors.ts';
import type { Ports } from '../tick/ports.ts';
import type { ExitCode, Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { type Judged, type Judging, judgeText } from './rule-text.ts';
import { openSession } from './session.ts';
import { UsageError } from './usage-error.ts';

export type End = (code: ExitCode) => void;

/** Rules of a folder need no table beside them. */
export const storeFor = ({ rules }: CommonOptions): 'store' | 'no store' =>
  rules === undefined ? 'store' : 'no store';

/** Opens a session for some work and closes it whatever becomes of it. */
export async function inSession(
  { io, end, options }: { readonly io: Io; readonly end: End; readonly options: CommonOptions },
  needs: 'store' | 'no store',
  work: (ports: Ports) => Promise<ExitCode>,
): Promise<void> {
  const session = await openSession(options, io, needs);
  try {
    end(await work(session.app.ports));
  } finally {
    await session.close();
  }
}

/** The rule with this id, or a RuleUnknownError that names the nearest one. */
export async function readRule(id: string, { rules }: Ports, io: Io): Promise<RuleItem> {
  const item = await rules.get(id, io.signal);
  if (item !== undefined) return item;
  const items = await rules.list(io.signal);
  throw new RuleUnknownError(
    id,
    items.map((one) => one.id),
  );
}

/** The rules of all files, judged; `-` is stdin. */
export async function judgeFiles(
  files: readonly string[],
  ports: Judging,
  io: Io,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const file of files) {
    const text = file === '-' ? await io.read() : await readText(resolve(io.cwd, file));
    judged.push(...judgeText(file === '-' ? 'stdin' : basename(file), text, ports));
  }
  return judged;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new UsageError(`${file} cannot be read (${code})`, 'Check its name.', { cause: error });
  }
}
