import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Deployer } from '../../../../lib/act/deployer.ts';
import { createKubernetesApi, type KubernetesApi, status } from '../../../fake/kubernetes-api.ts';
import { acting, createTestClock, deployerAt, deployment, listOf, target } from './bench.ts';

const APPS = '/apis/apps/v1/namespaces/shop';

describe('reading targets', () => {
  let api: KubernetesApi;
  let deployer: Deployer;
  beforeEach(async () => {
    api = await createKubernetesApi();
    deployer = deployerAt(api, createTestClock());
  });
  afterEach(async () => {
    await deployer.close();
    await api.close();
  });
  const asked = () => api.seen.map(({ path, query }) => `${path}?${query.toString()}`);

  test('takes one list for all targets of a namespace and kind', async () => {
    api.on(`GET ${APPS}/deployments`, listOf(deployment('a'), deployment('b', { replicas: 0 })));
    api.on(`GET ${APPS}/statefulsets`, listOf(deployment('a', { replicas: 9 })));
    const sets = { ...target('a'), resource: 'apps/v1/StatefulSet' };
    const readings = await deployer.read([target('b'), sets, target('a')], acting);
    expect(readings).toMatchObject([
      { state: { wanted: { replicas: 0 } } },
      { state: { wanted: { replicas: 9 } } },
      { state: { wanted: { replicas: 2 }, fence: 'uid-of-a 4 2 100' } },
    ]);
    expect(asked()).toEqual([
      `${APPS}/deployments?limit=500`,
      `${APPS}/statefulsets?fieldSelector=metadata.name%3Da&limit=500`,
    ]);
  });

  test('lets the server pick out a single target', async () => {
    api.on(`GET ${APPS}/deployments`, listOf(deployment('orders')));
    await deployer.read([target(), target()], acting);
    expect(asked()).toEqual([`${APPS}/deployments?fieldSelector=metadata.name%3Dorders&limit=500`]);
  });

  test('goes on from page to page', async () => {
    const page = (name: string, more?: string) => ({
      status: 200,
      body: { metadata: more === undefined ? {} : { continue: more }, items: [deployment(name)] },
    });
    api.on(`GET ${APPS}/deployments`, page('a', 'first='), page('b', 'second='), page('c'));
    const readings = await deployer.read([target('a'), target('b'), target('c')], acting);
    expect(readings.map(({ found }) => found)).toEqual(['yes', 'yes', 'yes']);
    expect(api.seen.map(({ query }) => query.get('continue'))).toEqual([null, 'first=', 'second=']);
  });

  test('gives up on a server that always has one more page', async () => {
    const body = { metadata: { continue: 'again' }, items: [] };
    api.on(`GET ${APPS}/deployments`, { status: 200, body });
    const [reading] = await deployer.read([target()], acting);
    expect(reading).toMatchObject({
      found: 'unknown',
      error: { code: 'REFUSED', message: expect.stringContaining('more than 50000 deployments') },
    });
    expect(api.seen).toHaveLength(100);
  });

  test('knows nothing of targets whose list ended in the middle (410)', async () => {
    const body = { metadata: { continue: 'first' }, items: [deployment('a')] };
    const expired = status(410, 'Expired', 'The provided continue parameter is too old');
    api.on(`GET ${APPS}/deployments`, { status: 200, body }, expired);
    const readings = await deployer.read([target('a'), target('b')], acting);
    expect(readings).toMatchObject([
      { found: 'unknown', error: { code: 'PLATFORM_FAILED' } },
      { found: 'unknown', error: { code: 'PLATFORM_FAILED' } },
    ]);
  });

  test('names the nearest one there is for a target that is not there', async () => {
    api.on(`GET ${APPS}/deployments`, listOf(deployment('orders-worker'), deployment('billing')));
    const [reading] = await deployer.read([target('order-worker'), target('billing')], acting);
    expect(reading).toMatchObject({
      found: 'absent',
      error: {
        code: 'TARGET_NOT_FOUND',
        message:
          'kubernetes:prod/shop/order-worker (apps/v1/Deployment) does not exist (did you mean "orders-worker"?). Check the rule: was the target renamed or deleted, and is the namespace right?',
      },
    });
  });

  test.for([
    { name: 'is 1 where it is left out', spec: {}, wanted: 1 },
    { name: 'is 0 where it is 0', spec: { replicas: 0 }, wanted: 0 },
  ])('spec.replicas $name', async ({ spec, wanted }) => {
    api.on(`GET ${APPS}/deployments`, listOf({ ...deployment('orders'), spec }));
    const [reading] = await deployer.read([target()], acting);
    expect(reading).toMatchObject({ state: { wanted: { replicas: wanted } } });
  });

  test('what is ready is that and not what exists', async () => {
    const counts = { observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 1 };
    api.on(`GET ${APPS}/deployments`, listOf({ ...deployment('orders'), status: counts }));
    const [reading] = await deployer.read([target()], acting);
    expect(reading).toMatchObject({ state: { wanted: { replicas: 2 }, ready: { replicas: 1 } } });
  });

  test.for(['2', -1, 1.5])(
    'one with %j replicas is unknown, and its neighbour is not',
    async (replicas) => {
      api.on(`GET ${APPS}/deployments`, listOf(deployment('a', { replicas }), deployment('b')));
      const [broken, sound] = await deployer.read([target('a'), target('b')], acting);
      expect(broken).toMatchObject({ found: 'unknown', error: { code: 'PLATFORM_FAILED' } });
      expect(sound?.found).toBe('yes');
    },
  );

  test('takes a call for each of a kind of which only the scale is known, and a first to find it', async () => {
    const resource = 'argoproj.io/v1alpha1/Rollout';
    const root = '/apis/argoproj.io/v1alpha1';
    const resources = [
      { name: 'rollouts', kind: 'Rollout' },
      { name: 'rollouts/status', kind: 'Rollout' },
      { name: 'rollouts/scale', kind: 'Scale' },
    ];
    const scale = { kind: 'Scale', metadata: { uid: 'u', resourceVersion: '7' }, spec: {} };
    api.on(`GET ${root}`, { status: 200, body: { kind: 'APIResourceList', resources } });
    api.on(`GET ${root}/namespaces/shop/rollouts/a/scale`, { status: 200, body: scale });
    api.on(`GET ${root}/namespaces/shop/rollouts/b/scale`, status(500, 'Error', 'broken'));
    api.on(`GET ${root}/namespaces/shop/rollouts/c/scale`, status(404, 'NotFound', 'no c'));
    const targets = ['a', 'b', 'c'].map((name) => target(name, 'shop', resource));
    await deployer.read(targets.slice(0, 1), acting);
    expect(await deployer.read(targets, acting)).toMatchObject([
      { state: { wanted: { replicas: 0 }, busy: undefined, fence: 'u - 0 7' } },
      { found: 'unknown', error: { code: 'PLATFORM_FAILED' } },
      { found: 'absent', error: { code: 'TARGET_NOT_FOUND' } },
    ]);
    expect(api.seen.filter(({ path }) => path === root)).toHaveLength(1);
  });
});
