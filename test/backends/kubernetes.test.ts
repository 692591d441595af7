import { expect, test } from 'vitest';

import { at, listAt, textAt } from '../../lib/act/kubernetes/json.ts';
import type { ActOutcome } from '../../lib/model/target.ts';
import { deployerContract } from '../contract/deployer.contract.ts';
import { paths, template, until } from './kubernetes-admin.ts';
import { merge } from './kubernetes-bench.ts';
import { onCluster, onKubernetes } from './kubernetes-cluster.ts';

onKubernetes((open) => deployerContract('Kubernetes', open));

onCluster((cluster) => {
  test('runs pods, says when they are ready, and ends them', async () => {
    const { bench, read, scale, pods } = cluster();
    const target = await bench.create('orders', 0);
    await scale(target, 3);
    await until(
      () => read(target),
      ({ ready }) => ready['replicas'] === 3,
      'ready',
    );
    expect(await pods()).toBe(3);
    await scale(target, 0);
    await until(pods, (count) => count === 0, 'ended');
    await until(
      () => read(target),
      ({ ready }) => ready['replicas'] === 0,
      'no longer ready',
    );
  });

  test('is not disturbed by the controller, which writes its status right after a creation', async () => {
    const { bench, read, scale } = cluster();
    const outcomes: ActOutcome[] = [];
    const met = () =>
      outcomes.some((each) => each.kind === 'done' && each.note?.includes('attempt') === true);
    // Whether a write meets the controller's is chance; this goes on until one has.
    for (let round = 0; round < 200 && !met(); round += 1) {
      const target = await bench.create(`new-${round}`, 0);
      outcomes.push(await scale(target, 1));
      expect(outcomes.at(-1)?.kind).toBe('done');
      expect((await read(target)).wanted).toEqual({ replicas: 1 });
    }
    expect(met(), 'no write met one of the controller').toBe(true);
  });

  test('says who scaled it', async () => {
    const { bench, scale, get } = cluster();
    const target = await bench.create('orders', 0);
    await scale(target, 2);
    const fields = listAt(await get(target), 'metadata', 'managedFields');
    const ours = fields.find((entry) => textAt(entry, 'manager') === 'rubato');
    expect(textAt(ours, 'subresource')).toBe('scale');
  });

  test('never takes its own scaling for a rollout, up or down', async () => {
    const { bench, read, scale } = cluster();
    const target = await bench.create('orders', 1);
    await bench.settled(target);
    for (const replicas of [6, 2, 9, 0, 4]) {
      await scale(target, replicas);
      for (let look = 0; look < 15; look += 1) {
        expect((await read(target)).busy).toBeUndefined();
      }
    }
  });

  test('holds while a rollout is in progress, until it has ended (kubernetes#72775)', async () => {
    const { bench, read, patch } = cluster();
    const target = await bench.create('orders', 3);
    await bench.settled(target);
    // Pods of the new revision wait for a node that there is not.
    const stuck = { nodeSelector: { there: 'is-none' } };
    await patch(target, { spec: { template: { spec: stuck } } });
    // Held at once, also while the controller has not yet looked at the change.
    for (let look = 0; look < 15; look += 1) {
      expect((await read(target)).busy).toBeDefined();
    }
    const held = await until(
      () => read(target),
      ({ busy }) => busy?.includes('1 of 4 pods') === true,
      'busy',
    );
    expect(held.busy).toMatch(/1 of 4 pods .*at most 600 s without progress/);
    await patch(target, { spec: { template: { spec: { nodeSelector: null } } } });
    await until(
      () => read(target),
      ({ busy }) => busy === undefined,
      'free again',
    );
  });

  test('no longer holds once the rollout is stuck beyond its deadline', async () => {
    const { bench, read, scale, patch } = cluster();
    const target = await bench.create('orders', 2);
    await bench.settled(target);
    const stuck = { nodeSelector: { there: 'is-none' } };
    await patch(target, { spec: { progressDeadlineSeconds: 2, template: { spec: stuck } } });
    await until(
      () => read(target),
      ({ busy }) => busy?.includes('at most 2 s') === true,
      'busy',
    );
    await until(
      () => read(target),
      ({ busy }) => busy === undefined,
      'free again',
    );
    expect(await scale(target, 3)).toMatchObject({ kind: 'done' });
  });

  test('does not hold a new workload whose pods never become ready', async () => {
    const { bench, read, scale, get, patch } = cluster();
    const target = await bench.create('orders', 0);
    await patch(target, { spec: { template: { spec: { nodeSelector: { there: 'is-none' } } } } });
    await bench.settled(target);
    await scale(target, 2);
    await until(
      () => get(target),
      (seen) => at(seen, 'status', 'replicas') === 2,
      'created',
    );
    const state = await read(target);
    expect(state).toMatchObject({ wanted: { replicas: 2 }, ready: { replicas: 0 } });
    expect(state.busy).toBeUndefined();
  });

  test('scales a StatefulSet, and holds while it replaces its pods', async () => {
    const { admin, bench, namespace, read, scale } = cluster();
    const target = { ...bench.target('store'), resource: 'apps/v1/StatefulSet' };
    const path = `${paths.statefulSets(namespace)}/store`;
    await admin.call('POST', paths.statefulSets(namespace), {
      metadata: { name: 'store' },
      spec: {
        replicas: 0,
        serviceName: 'store',
        selector: { matchLabels: { app: 'store' } },
        template: template('store'),
      },
    });
    expect(await scale(target, 3)).toMatchObject({ kind: 'done' });
    for (let looks = 0, ready = 0; ready < 3; looks += 1) {
      const state = await read(target);
      expect(state.busy).toBeUndefined();
      ready = state.ready['replicas'] ?? 0;
      expect(looks).toBeLessThan(2000);
    }
    const stuck = { nodeSelector: { there: 'is-none' } };
    await admin.call('PATCH', path, { spec: { template: { spec: stuck } } }, merge);
    await until(
      () => read(target),
      ({ busy }) => busy?.includes('rollout is in progress') === true,
      'busy',
    );
  });
});
