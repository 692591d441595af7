import { expect, test } from 'vitest';

import { at, listAt, textAt } from '../../lib/act/kubernetes/json.ts';
import type { Target } from '../../lib/model/target.ts';
import type { Workload } from '../../lib/rule/rule.ts';
import { paths, until } from './kubernetes-admin.ts';
import { acting, onCluster } from './kubernetes-cluster.ts';

onCluster((cluster) => {
  const workload: Workload = {
    containers: [
      {
        name: 'main',
        image: 'example.org/orders:1',
        command: ['run'],
        args: ['--fast'],
        env: { TOPIC: 'orders', LEVEL: 'info' },
        requests: { cpu: '100m', memory: '64Mi' },
        limits: { memory: '128Mi' },
      },
    ],
    labels: { team: 'shop' },
    annotations: { note: 'from the rule' },
  };
  const [main] = workload.containers;
  const slim: Workload = { ...workload, containers: main ? [{ ...main, env: {} }] : [] };
  const deploy = async (target: Target, what: Workload) =>
    cluster().bench.deployer.deploy?.(target, what, acting);

  test('creates what the rule says, with labels on all three places that need them', async () => {
    const { bench, get } = cluster();
    const target = bench.target('orders');
    await deploy(target, workload);
    const marks = { 'app.kubernetes.io/managed-by': 'rubato', 'rubato/workload': 'orders' };
    expect(await get(target)).toMatchObject({
      metadata: { labels: { ...marks, team: 'shop' }, annotations: { note: 'from the rule' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: marks },
        template: {
          metadata: { labels: { ...marks, team: 'shop' } },
          spec: {
            containers: [
              {
                image: 'example.org/orders:1',
                command: ['run'],
                args: ['--fast'],
                env: [
                  { name: 'LEVEL', value: 'info' },
                  { name: 'TOPIC', value: 'orders' },
                ],
                resources: { requests: { cpu: '100m', memory: '64Mi' } },
              },
            ],
          },
        },
      },
    });
  });

  test('keeps what others added and the replicas, and drops what the rule no longer says', async () => {
    const { bench, get, patch } = cluster();
    const target = bench.target('orders');
    await deploy(target, workload);
    await patch(target, { metadata: { annotations: { theirs: 'stays' } } });
    await patch(target, { spec: { replicas: 2, minReadySeconds: 1 } });
    await deploy(target, slim);
    const seen = await get(target);
    expect(seen).toMatchObject({
      metadata: { annotations: { theirs: 'stays', note: 'from the rule' } },
      spec: { replicas: 2, minReadySeconds: 1 },
    });
    const [container] = listAt(seen, 'spec', 'template', 'spec', 'containers');
    expect(at(container, 'env')).toBeUndefined();
  });

  test('does not start a replica when a workload that was never scaled is changed', async () => {
    const { bench, get } = cluster();
    const target = bench.target('orders');
    await deploy(target, workload);
    await deploy(target, slim);
    await deploy(target, workload);
    await deploy(target, slim);
    expect(at(await get(target), 'spec', 'replicas')).toBe(0);
  });

  test('takes back a field that somebody else set to another value', async () => {
    const { admin, bench, namespace, get } = cluster();
    const target = bench.target('orders');
    await deploy(target, workload);
    const containers = [{ name: 'main', image: 'example.org/theirs:9' }];
    const body = { spec: { template: { spec: { containers } } } };
    const path = `${paths.deployments(namespace)}/orders`;
    await admin.call('PATCH', path, body, 'application/strategic-merge-patch+json');
    await deploy(target, workload);
    const [container] = listAt(await get(target), 'spec', 'template', 'spec', 'containers');
    expect(textAt(container, 'image')).toBe('example.org/orders:1');
  });

  test('ends the pods before the workload is gone', async () => {
    const { bench, scale, pods } = cluster();
    const target = bench.target('orders');
    await deploy(target, workload);
    await scale(target, 2);
    await until(pods, (count) => count === 2, 'started');
    await bench.deployer.undeploy?.(target, acting);
    const gone = async () => (await bench.deployer.read([target], acting))[0]?.found;
    await until(gone, (found) => found === 'absent', 'gone');
    expect(await pods()).toBe(0);
  });

  test('passes on what the server finds wrong with it', async () => {
    const { bench } = cluster();
    const broken = { ...workload, containers: [] };
    await expect(deploy(bench.target('orders'), broken)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('spec.template.spec.containers'),
    });
  });
});
