import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, test } from 'vitest';

import { birthOf, isRunning, startTime } from '../../../../lib/act/process/birth.ts';

const stat = (name: string, state: string) =>
  `4711 (${name}) ${state} 1 4711 4711 0 -1 4194560 1 0 0 0 2 1 0 0 20 0 11 0 987654 7 8 9`;

test.for([
  { name: 'node', state: 'S', start: '987654' },
  { name: 'a b', state: 'R', start: '987654' },
  { name: 'evil) Z 1 2 (', state: 'S', start: '987654' },
  { name: 'node', state: 'Z', start: undefined },
  { name: 'node', state: 'X', start: undefined },
])('a process called "$name" in state $state started at $start', ({ name, state, start }) => {
  expect(startTime(stat(name, state))).toBe(start);
});

test('a process is the one meant only while it runs and only with its own birth', async () => {
  const child = spawn('sleep', ['100'], { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  const born = { pid, birth: birthOf(pid) ?? '' };
  expect(born.birth).not.toBe('');
  expect(isRunning(born)).toBe(true);
  expect(isRunning({ pid, birth: `${born.birth}0` })).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(born)).toBe(false);
});

test('no process has a birth where none runs', () => {
  expect(birthOf(2 ** 22 + 1)).toBeUndefined();
});
