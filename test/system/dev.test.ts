import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { type Born, isRunning } from '../../lib/act/process/birth.ts';
import { createLedger } from '../../lib/act/process/ledger.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'lib/cli/main.ts');
const PATIENCE_MS = 60_000;

/** Does at once what is asked of it, whatever the example's queue is doing. */
const STEADY = `
id: steady
target: { kind: process, connection: workers, name: steady }
replicas: 2
interval: 1s
`;

let folder: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rubato-dev-'));
  copyFileSync(join(ROOT, 'connections.yml'), join(folder, 'connections.yml'));
  symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'));
  writeFileSync(join(folder, 'steady.yaml'), STEADY);
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const { pid } of copies().filter(isRunning)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const ledger = () => createLedger(join(folder, '.rubato/processes'));
const copies = (): readonly Born[] => ledger().roster().copies;
const working = (group: string): number => ledger().roster().running[`workers/${group}`] ?? 0;

interface Ran {
  readonly child: ChildProcess;
  /** All it has printed. */
  readonly printed: () => string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
}

function rubato(...words: string[]): Ran {
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => code as number | null);
  return { child, ended, printed: () => text };
}

const dev = () => rubato('dev', '--port', '0');

async function until(what: string, met: () => boolean, said: () => string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!met()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}:\n${said()}`);
    await wait(100);
  }
}

const ready = ({ printed }: Ran) =>
  until('it is ready', () => printed().includes('Ctrl-C ends all'), printed);

/** What a failed test shows beside the exit code is what was printed. */
const outcome = async ({ ended, printed }: Ran) => {
  const code = await ended;
  return { code, said: printed() };
};
const ENDED_WELL = { code: 0, said: expect.any(String) as string };

async function put(): Promise<void> {
  expect(await outcome(rubato('rules', 'put', 'steady.yaml'))).toEqual(ENDED_WELL);
}

test('load brings workers, Ctrl-C ends them all, and a second start goes on where the first ended', async () => {
  const first = dev();
  await until('the example has workers', () => working('mail') > 0, first.printed);
  expect(first.printed()).toContain('now has the examples mail and thumbnails');
  const line = /mail: 0 → \d, done; queue \d+; evaluate: ceil\(queue \/ 8\)/;
  await until('it is told', () => line.test(first.printed()), first.printed);
  const running = copies();
  expect(running.filter(isRunning)).toEqual(running);

  first.child.kill('SIGINT');
  expect(await outcome(first)).toEqual(ENDED_WELL);
  expect(running.filter(isRunning)).toEqual([]);
  expect(copies()).toEqual([]);
  expect(existsSync(join(folder, '.rubato/running.json'))).toBe(false);

  const second = dev();
  await ready(second);
  expect(second.printed()).not.toContain('now has the examples');
  const explain = rubato('explain', 'mail', '--json');
  expect([0, 1]).toContain(await explain.ended);
  const { changes } = JSON.parse(explain.printed()) as {
    readonly changes: readonly { readonly capacity: object }[];
  };
  expect(changes.at(-1)).toMatchObject({ capacity: { replicas: { from: 0 } }, outcome: 'done' });
  second.child.kill('SIGINT');
  expect(await outcome(second)).toEqual(ENDED_WELL);
});

test('a rule written from another terminal is followed by the next tick, as are its edits', async () => {
  const stack = dev();
  await ready(stack);
  await put();
  await until('two copies run', () => working('steady') === 2, stack.printed);
  writeFileSync(join(folder, 'steady.yaml'), STEADY.replace('replicas: 2', 'replicas: 3'));
  await put();
  await until('three copies run', () => working('steady') === 3, stack.printed);

  const tick = rubato('tick', '--dry-run', '--only', 'steady', '--json');
  expect(await outcome(tick)).toEqual(ENDED_WELL);
  expect(JSON.parse(tick.printed())).toMatchObject({
    decisions: [{ rule: 'steady', capacity: { replicas: { from: 3, to: 3 } }, outcome: 'done' }],
  });
  stack.child.kill('SIGTERM');
  expect(await outcome(stack)).toEqual(ENDED_WELL);
  expect(copies()).toEqual([]);
});

test('copies of a stack that was killed are gone or ended by the next, which runs as many again', async () => {
  const killed = dev();
  await ready(killed);
  await put();
  await until('two copies run', () => working('steady') === 2, killed.printed);
  const orphans = copies();
  killed.child.kill('SIGKILL');
  await killed.ended;

  const next = dev();
  await until(
    'two other copies run',
    () => working('steady') === 2 && isOther(orphans),
    next.printed,
  );
  expect(orphans.filter(isRunning)).toEqual([]);
  // A tick of the next one works although the killed one may have held the lease.
  writeFileSync(join(folder, 'steady.yaml'), STEADY.replace('replicas: 2', 'replicas: 1'));
  await put();
  await until('one copy runs', () => working('steady') === 1, next.printed);
  next.child.kill('SIGINT');
  expect(await outcome(next)).toEqual(ENDED_WELL);
});

const isOther = (orphans: readonly Born[]): boolean =>
  copies().every(({ pid }) => !orphans.some((orphan) => orphan.pid === pid));

test('a second stack in the same folder is refused in one clear sentence', async () => {
  const first = dev();
  await ready(first);
  const second = dev();
  expect(await second.ended).toBe(1);
  expect(second.printed()).toMatch(
    new RegExp(`^The local stack already runs on .*process ${first.child.pid},.*Ctrl-C.*\\n$`),
  );
  first.child.kill('SIGINT');
  expect(await outcome(first)).toEqual(ENDED_WELL);
});
