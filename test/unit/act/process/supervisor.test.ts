import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { type Born, birthOf, isRunning } from '../../../../lib/act/process/birth.ts';
import { backoff } from '../../../../lib/act/process/crew.ts';
import { createLedger } from '../../../../lib/act/process/ledger.ts';
import { until } from './real-clock.ts';
import { supervise } from './supervised.ts';

const GROUP = { connection: 'workers', name: 'copies' };
const SLEEPER = ['sleep', '1000'];
/** Ends only by force. */
const STUBBORN = ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'];

const freshFolder = () => mkdtempDisposableSync(join(tmpdir(), 'rubato-processes-'));

async function start(folder: string, command: readonly string[], stopAfterMs = 1000) {
  const notes: string[] = [];
  const ledger = createLedger(folder);
  const note = (line: string) => {
    notes.push(line);
  };
  const supervisor = await supervise({ folder, command, stopAfterMs, note });
  return {
    ledger,
    notes,
    stop: () => supervisor.stop(),
    copies: () => ledger.roster().copies,
    want: (replicas: number) => ledger.want(GROUP, replicas, ledger.wanted(GROUP).generation),
    settled: (replicas: number) =>
      until(`${replicas} run`, () => {
        const { copies } = ledger.roster();
        return copies.length === replicas && copies.every(isRunning);
      }),
  };
}

test('there are as many real processes as wanted, up, down and to nothing', async () => {
  using folder = freshFolder();
  const { want, settled, copies, ledger, stop } = await start(folder.path, SLEEPER);
  want(3);
  await settled(3);
  expect(ledger.roster().running).toEqual({ 'workers/copies': 3 });
  const [oldest] = copies();
  want(1);
  await settled(1);
  expect(copies()).toEqual([oldest]);
  want(0);
  await settled(0);
  await stop();
});

test('stopping leaves no process behind and keeps how many were wanted', async () => {
  using folder = freshFolder();
  const first = await start(folder.path, SLEEPER);
  first.want(3);
  await first.settled(3);
  const copies = first.copies();
  await first.stop();
  expect(copies.filter(isRunning)).toEqual([]);
  expect(first.ledger.roster()).toEqual({ copies: [], running: { 'workers/copies': 0 } });
  const second = await start(folder.path, SLEEPER);
  await second.settled(3);
  await second.stop();
});

test('a copy that ignores SIGTERM is killed after stopAfter, its own children with it', async () => {
  using folder = freshFolder();
  const { want, settled, copies, stop } = await start(folder.path, STUBBORN, 300);
  want(1);
  await settled(1);
  const [leader] = copies();
  if (leader === undefined) throw new Error('no copy');
  let inner: Born | undefined;
  await until('it has started a process of its own', () => {
    inner = childrenOf(leader.pid)[0];
    return inner !== undefined;
  });
  const started = performance.now();
  await stop();
  expect(performance.now() - started).toBeGreaterThan(250);
  await until(
    'nothing of it is left',
    () => !isRunning(leader) && childrenOf(leader.pid).length === 0,
  );
});

test('what a copy started and left running ends with it, though it ignores SIGTERM', async () => {
  using folder = freshFolder();
  const stray = `trap "" TERM; sleep 1000 & echo $!; trap - TERM; wait`;
  const { want, settled, stop } = await start(folder.path, ['sh', '-c', stray]);
  want(1);
  await settled(1);
  const log = join(folder.path, 'logs', 'workers-copies.log');
  await until('it has said which', () => /\n/.test(readFileSync(log, 'utf8')));
  const pid = Number(readFileSync(log, 'utf8'));
  const born = { pid, birth: birthOf(pid) ?? '' };
  expect(isRunning(born)).toBe(true);
  await stop();
  await until('it is gone', () => !isRunning(born));
});

/** Children as the kernel lists them (proc(5)). */
function childrenOf(pid: number): readonly Born[] {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return pids
      .filter((text) => text !== '')
      .map((text) => ({ pid: Number(text), birth: birthOf(Number(text)) ?? '' }));
  } catch {
    return [];
  }
}

test('a copy that crashes is not at work, is reported, and starts again after a pause', async () => {
  using folder = freshFolder();
  const { want, settled, copies, ledger, notes, stop } = await start(folder.path, SLEEPER);
  want(1);
  await settled(1);
  const [first] = copies();
  process.kill(first?.pid ?? 0, 'SIGKILL');
  await until('it is not at work', () => ledger.roster().running['workers/copies'] === 0);
  expect(notes).toEqual(['workers/copies: a copy ended by SIGKILL; the next starts in 0.5 s']);
  await settled(1);
  expect(copies()).not.toEqual([first]);
  await stop();
});

test('a command that always fails is tried with growing pauses', async () => {
  using folder = freshFolder();
  const { want, notes, stop } = await start(folder.path, ['sh', '-c', 'exit 3']);
  want(1);
  await until('it failed twice', () => notes.length >= 2);
  await stop();
  expect(notes.slice(0, 2)).toEqual([
    'workers/copies: a copy ended with exit code 3; the next starts in 0.5 s',
    'workers/copies: a copy ended with exit code 3; the next starts in 1 s',
  ]);
});

test('pauses double up to half a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 1000].map(backoff)).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ]);
});

test('a program that does not exist is said to be so', async () => {
  using folder = freshFolder();
  const { want, notes, copies, stop } = await start(folder.path, ['no-such-program']);
  want(1);
  await until('it was reported', () => notes.length > 0);
  expect(notes[0]).toContain('because it could not be started (ENOENT)');
  expect(copies()).toEqual([]);
  await stop();
});

test('what copies print is kept in a file, not on the screen', async () => {
  using folder = freshFolder();
  const { want, settled, stop } = await start(folder.path, ['sh', '-c', 'echo hello; sleep 1000']);
  want(1);
  await settled(1);
  const log = join(folder.path, 'logs', 'workers-copies.log');
  await until('it was written', () => readFileSync(log, 'utf8') !== '');
  expect(readFileSync(log, 'utf8')).toBe('hello\n');
  await stop();
});

test('a command that begins with node runs on the Node that we run on', async () => {
  using folder = freshFolder();
  const command = ['node', '-e', 'console.log(process.version); setInterval(() => {}, 1000)'];
  const { want, stop } = await start(folder.path, command);
  want(1);
  const log = join(folder.path, 'logs', 'workers-copies.log');
  await until('it was written', () => existsSync(log) && readFileSync(log, 'utf8') !== '');
  expect(readFileSync(log, 'utf8').trim()).toBe(process.version);
  await stop();
});

test('a second supervisor of the same folder is refused while the first runs', async () => {
  using folder = freshFolder();
  const { stop } = await start(folder.path, SLEEPER);
  await expect(start(folder.path, SLEEPER)).rejects.toMatchObject({ code: 'REFUSED' });
  await stop();
  const again = await start(folder.path, SLEEPER);
  await again.stop();
});

async function killedSupervisor(
  folder: string,
  command: readonly string[],
): Promise<readonly Born[]> {
  const ledger = createLedger(folder);
  ledger.want(GROUP, 2, 0);
  const script = `import { supervise } from ${JSON.stringify(import.meta.resolve('./supervised.ts'))};
    await supervise(${JSON.stringify({ folder, command, stopAfterMs: 1000 })});`;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await until('both copies run', () => {
    const { copies } = ledger.roster();
    return copies.length === 2 && copies.every(isRunning);
  });
  const { copies } = ledger.roster();
  child.kill('SIGKILL');
  await once(child, 'exit');
  return copies;
}

test('copies of a supervisor that was killed are ended by the next one', async () => {
  using folder = freshFolder();
  const orphans = await killedSupervisor(folder.path, STUBBORN);
  expect(orphans.filter(isRunning)).toHaveLength(2);
  const next = await start(folder.path, SLEEPER, 100);
  expect(orphans.filter(isRunning)).toEqual([]);
  await next.settled(2);
  await next.stop();
});

test('copies that read their stdin end by themselves when the supervisor is killed', async () => {
  using folder = freshFolder();
  const orphans = await killedSupervisor(folder.path, ['sh', '-c', 'cat; exit 0']);
  await until('they ended', () => !orphans.some(isRunning));
  expect(orphans).toHaveLength(2);
});

test('a process that got the pid of an old copy is left alone', async () => {
  using folder = freshFolder();
  const innocent = spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
  const pid = innocent.pid ?? 0;
  const birth = birthOf(pid) ?? '';
  createLedger(folder.path).writeRoster({
    supervisor: { pid, birth: 'long ago' },
    copies: [{ pid, birth: 'long ago' }],
    running: {},
  });
  const { stop } = await start(folder.path, SLEEPER, 100);
  expect(isRunning({ pid, birth })).toBe(true);
  await stop();
  innocent.kill('SIGKILL');
});
