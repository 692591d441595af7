import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { onFreePort } from '../../../../infra/dev/embedded.ts';
import { announce, findRunningStack } from '../../../../infra/dev/running.ts';

const freshFolder = () => mkdtempDisposableSync(join(tmpdir(), 'rubato-running-'));

test('a stack is found from its announcement until it takes that back', () => {
  using folder = freshFolder();
  expect(findRunningStack(folder.path)).toBeUndefined();
  const retract = announce(folder.path, { endpoint: 'http://127.0.0.1:4567', moved: {} });
  expect(findRunningStack(folder.path)).toMatchObject({
    pid: process.pid,
    endpoint: 'http://127.0.0.1:4567',
  });
  retract();
  expect(findRunningStack(folder.path)).toBeUndefined();
});

test('what a stack that was killed left behind does not count, even if its pid is used again', () => {
  using folder = freshFolder();
  const left = { pid: process.pid, birth: 'long ago', endpoint: 'http://127.0.0.1:1', moved: {} };
  writeFileSync(join(folder.path, 'running.json'), JSON.stringify(left));
  expect(findRunningStack(folder.path)).toBeUndefined();
});

test('the next free port is taken where the first is in use', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => {
    taken.listen(0, '127.0.0.1', resolve);
  });
  const { port } = taken.address() as AddressInfo;
  const tried: number[] = [];
  const server = await onFreePort(
    port,
    (free) =>
      new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
        tried.push(free);
        const one = createServer();
        one.once('error', reject);
        one.listen(free, '127.0.0.1', () => {
          resolve(one);
        });
      }),
  );
  expect(tried[0]).toBe(port);
  expect((server.address() as AddressInfo).port).toBe(tried.at(-1));
  expect(tried.length).toBeGreaterThan(1);
  server.close();
  taken.close();
});

test('another fault than a taken port is not tried away', async () => {
  let tries = 0;
  const start = async () => {
    tries += 1;
    throw new Error('no disk');
  };
  await expect(onFreePort(4567, start)).rejects.toThrow('no disk');
  expect(tries).toBe(1);
});
