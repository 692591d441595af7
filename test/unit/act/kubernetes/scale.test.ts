import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Deployer } from '../../../../lib/act/deployer.ts';
import {
  createKubernetesApi,
  type KubernetesApi,
  type Reaction,
  status,
} from '../../../fake/kubernetes-api.ts';
import {
  acting,
  createTestClock,
  deployerAt,
  deployment,
  target,
  type TestClock,
} from './bench.ts';

const OBJECT = '/apis/apps/v1/namespaces/shop/deployments/orders';
const conflict = status(409, 'Conflict', 'the object has been modified');
const shows = (shown: Parameters<typeof deployment>[1]): Reaction => ({
  status: 200,
  body: deployment('orders', { uid: 'u', ...shown }),
});

describe('scaling', () => {
  let api: KubernetesApi;
  let clock: TestClock;
  let deployer: Deployer;
  beforeEach(async () => {
    api = await createKubernetesApi();
    clock = createTestClock();
    deployer = deployerAt(api, clock);
  });
  afterEach(async () => {
    await deployer.close();
    await api.close();
  });
  const scale = (replicas = 3) =>
    deployer.scale(
      { target: target(), fence: 'u 4 2 100', to: { replicas }, decision: 'd' },
      acting,
    );
  const puts = () => api.seen.filter(({ method }) => method === 'PUT');

  test('is one PUT of the scale, with the version that was read and our name', async () => {
    api.on(`PUT ${OBJECT}/scale`, { status: 200 });
    expect(await scale()).toEqual({ kind: 'done' });
    expect(api.seen).toMatchObject([
      {
        path: `${OBJECT}/scale`,
        body: {
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: 'orders', namespace: 'shop', resourceVersion: '100' },
          spec: { replicas: 3 },
        },
      },
    ]);
    expect(api.seen[0]?.query.get('fieldManager')).toBe('rubato');
    expect(api.seen[0]?.headers['content-type']).toBe('application/json');
  });

  test('tries again with the new version when only the status moved', async () => {
    api.on(`PUT ${OBJECT}/scale`, conflict, conflict, { status: 200 });
    api.on(`GET ${OBJECT}`, shows({ version: '101' }), shows({ version: '102' }));
    expect(await scale()).toEqual({
      kind: 'done',
      note: 'written at attempt 3: its status moved in between',
    });
    expect(puts()).toMatchObject([
      { body: { metadata: { resourceVersion: '100' } } },
      { body: { metadata: { resourceVersion: '101' } } },
      { body: { metadata: { resourceVersion: '102' } } },
    ]);
    expect(clock.slept).toEqual([50, 100]);
  });

  test('gives up after four writes, with the conflict', async () => {
    api.on(`PUT ${OBJECT}/scale`, conflict);
    api.on(`GET ${OBJECT}`, shows({ version: '101' }));
    await expect(scale()).rejects.toMatchObject({
      code: 'CONFLICT',
      retry: 'next-tick',
      message: expect.stringContaining('answered 409: the object has been modified'),
    });
    expect(puts()).toHaveLength(4);
  });

  test.for([
    { name: 'the count', shown: { replicas: 5, generation: 5 }, because: /spec.replicas is 5 now/ },
    { name: 'its template', shown: { generation: 5 }, because: /generation 4, now 5/ },
    { name: 'all of it', shown: { uid: 'v' }, because: /created anew/ },
    {
      name: 'all of it, by one as large as wanted',
      shown: { uid: 'v', replicas: 3 },
      because: /created anew/,
    },
  ])('writes nothing when somebody else changed $name', async ({ shown, because }) => {
    api.on(`PUT ${OBJECT}/scale`, conflict);
    api.on(`GET ${OBJECT}`, shows(shown));
    expect(await scale()).toEqual({ kind: 'superseded', because: expect.stringMatching(because) });
    expect(puts()).toHaveLength(1);
  });

  test('is done when it was done already, by an answer that was lost', async () => {
    api.on(`PUT ${OBJECT}/scale`, conflict);
    api.on(`GET ${OBJECT}`, shows({ replicas: 3, generation: 5 }));
    expect(await scale()).toEqual({ kind: 'done', note: 'spec.replicas was 3 already' });
  });

  test('ends when the target is deleted in between, or being deleted', async () => {
    api.on(`PUT ${OBJECT}/scale`, conflict);
    await expect(scale()).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
    const body = deployment('orders', { uid: 'u' });
    const metadata = { ...body.metadata, deletionTimestamp: '2026-11-20T20:00:00Z' };
    api.on(`GET ${OBJECT}`, { status: 200, body: { ...body, metadata } });
    await expect(scale()).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
  });

  test('does not go on between two writes when the tick has ended', async () => {
    const end = new AbortController();
    api.on(`PUT ${OBJECT}/scale`, conflict);
    api.on(`GET ${OBJECT}`, shows({ version: '101' }));
    const ending = deployerAt(api, {
      now: () => clock.now(),
      async sleep(_, signal) {
        end.abort();
        signal?.throwIfAborted();
      },
    });
    const change = { target: target(), fence: 'u 4 2 100', to: { replicas: 3 }, decision: 'd' };
    await expect(ending.scale(change, end)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(puts()).toHaveLength(1);
    await ending.close();
  });

  test('compares count and object where there is no generation, and re-reads the scale', async () => {
    const path = '/api/v1/namespaces/shop/replicationcontrollers/orders/scale';
    const body = {
      kind: 'Scale',
      metadata: { uid: 'u', resourceVersion: '101' },
      spec: { replicas: 2 },
    };
    api.on(`PUT ${path}`, conflict, { status: 200 });
    api.on(`GET ${path}`, { status: 200, body });
    const change = {
      target: { ...target(), resource: 'v1/ReplicationController' },
      fence: 'u - 2 100',
      to: { replicas: 3 },
      decision: 'd',
    };
    expect(await deployer.scale(change, acting)).toMatchObject({ kind: 'done' });
    expect(puts()[1]).toMatchObject({ body: { metadata: { resourceVersion: '101' } } });
  });
});
