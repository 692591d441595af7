import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedStore,
  startEmbeddedStore,
} from '../../../infra/dev/dynalite.ts';
import { createTables } from '../../../infra/tables.ts';
import { millis, epochMillis } from '../../../lib/model/units.ts';
import { createDynamoClient } from '../../../lib/store/dynamodb/client.ts';
import { createDynamoLeaseStore } from '../../../lib/store/dynamodb/lease-store.ts';
import { createDynamoRuleStore } from '../../../lib/store/dynamodb/rule-store.ts';

const { signal } = new AbortController();
const NAMES = { rules: 'rules', state: 'state' };
let folder = '';
const open: EmbeddedStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rubato-embedded-'));
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function start(options: { readonly port?: number } = {}): Promise<EmbeddedStore> {
  const store = await startEmbeddedStore({ folder, port: 0, ...options });
  open.push(store);
  return store;
}

const clientOf = ({ endpoint }: EmbeddedStore) =>
  createDynamoClient({ endpoint, region: EMBEDDED_REGION, credentials: EMBEDDED_CREDENTIALS });

describe('the embedded store', () => {
  test('a second start goes on where the first ended', async () => {
    const first = await start();
    const client = clientOf(first);
    await createTables(client, NAMES);
    await createDynamoRuleStore({ client, tableName: 'rules' }).put(
      { id: 'orders', attributes: { min: 1 } },
      signal,
    );
    const request = { name: 'leader', owner: 'a', duration: millis(10), now: epochMillis(1000) };
    await createDynamoLeaseStore({ client, tableName: 'state' }).acquire(request, signal);
    await first.close();

    const again = clientOf(await start());
    await createTables(again, NAMES);
    const rules = createDynamoRuleStore({ client: again, tableName: 'rules' });
    expect(await rules.list(signal)).toEqual([
      { id: 'orders', attributes: { min: 1 }, status: undefined },
    ]);
    const leases = createDynamoLeaseStore({ client: again, tableName: 'state' });
    const attempt = await leases.acquire({ ...request, now: epochMillis(2000) }, signal);
    expect(attempt).toMatchObject({ held: true, lease: { token: 2, before: 1000 } });
  });

  test('closing twice, and while a client is in the middle of a request, is quick', async () => {
    const store = await start();
    await createTables(clientOf(store), NAMES);
    const socket = net.connect(Number(new URL(store.endpoint).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"half');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    await Promise.all([store.close(), store.close()]);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(existsSync(path.join(folder, 'lock'))).toBe(false);
  });

  test('is reached from this machine only', async () => {
    const { port } = new URL((await start()).endpoint);
    const others = Object.values(os.networkInterfaces())
      .flat()
      .filter((each) => each?.family === 'IPv4' && !each.internal);
    for (const other of others) {
      const reached = await new Promise((resolve) => {
        const socket = net.connect(Number(port), other?.address ?? '', () => resolve(true));
        socket.on('error', () => resolve(false));
      });
      expect(reached).toBe(false);
    }
    expect((await start2(port)).message).toContain(`Port ${port} of 127.0.0.1 is already in use`);
  });

  async function start2(port: string): Promise<Error> {
    try {
      const store = await startEmbeddedStore({ port: Number(port) });
      open.push(store);
    } catch (error) {
      return error as Error;
    }
    throw new Error('expected the port to be taken');
  }

  test('a folder in use is refused with what to do, and is free again afterwards', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(
      `${folder} is in use by process ${process.pid}. Stop that one first`,
    );
    await first.close();
    await expect(start()).resolves.toBeDefined();
  });

  test('a folder whose port was taken is free again', async () => {
    const { endpoint } = await startEmbeddedStore({ port: 0 }).then((store) => {
      open.push(store);
      return store;
    });
    await expect(start({ port: Number(new URL(endpoint).port) })).rejects.toThrow(/already in use/);
    await expect(start()).resolves.toBeDefined();
  });

  test('a lock of a process that is gone is taken over', async () => {
    // No system gives a pid this great: Linux ends at 4,194,304.
    writeFileSync(path.join(folder, 'lock'), '4194999\n');
    await expect(start()).resolves.toBeDefined();
  });

  test('a client that hangs up in the middle of a request does not end this process', async () => {
    const store = await start();
    const { port } = new URL(store.endpoint);
    await new Promise<void>((resolve) => {
      const socket = net.connect(Number(port), '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"half');
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => setTimeout(resolve, 100));
    });
    await expect(createTables(clientOf(store), NAMES)).resolves.toBeUndefined();
  });

  test('data outlives a process that was killed', { timeout: 30_000 }, async () => {
    const child = await writeAndWait(folder);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const client = clientOf(await start());
    const rules = createDynamoRuleStore({ client, tableName: 'rules' });
    expect(await rules.list(signal)).toHaveLength(1);
  });
});

/** A process of its own that opens the folder, writes a rule, says so and stays. */
async function writeAndWait(at: string): Promise<ChildProcess> {
  const root = path.resolve(import.meta.dirname, '../../..');
  const script = `
    import { startEmbeddedStore } from '${root}/infra/dev/dynalite.ts';
    import { createTables } from '${root}/infra/tables.ts';
    import { createDynamoClient } from '${root}/lib/store/dynamodb/client.ts';
    import { createDynamoRuleStore } from '${root}/lib/store/dynamodb/rule-store.ts';
    const { endpoint } = await startEmbeddedStore({ folder: ${JSON.stringify(at)}, port: 0 });
    const client = createDynamoClient({ endpoint, region: 'local',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
    await createTables(client, { rules: 'rules', state: 'state' });
    await createDynamoRuleStore({ client, tableName: 'rules' })
      .put({ id: 'orders', attributes: {} }, new AbortController().signal);
    console.log('written');`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it wrote`)));
  });
  return child;
}

describe('making the tables', () => {
  test('twice is once, and both are ready when it ends', async () => {
    const client = clientOf(await start());
    await createTables(client, NAMES);
    await Promise.all([createTables(client, NAMES), createTables(client, NAMES)]);
    const rules = createDynamoRuleStore({ client, tableName: 'rules' });
    expect(await rules.list(signal)).toEqual([]);
  });

  test('a table of something else is not taken for ours', async () => {
    const client: DynamoDBClient = clientOf(await start());
    await createTables(client, NAMES);
    await expect(createTables(client, { rules: 'other', state: 'rules' })).rejects.toThrow(
      'Table rules has the key id (HASH), expected pk (HASH), sk (RANGE). It belongs to something else',
    );
  });
});
