import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { at, textAt } from '../../lib/act/kubernetes/json.ts';
import { type Admin, until } from './kubernetes-admin.ts';
import { merge, openBench, openDeployer } from './kubernetes-bench.ts';
import { acting, onCluster, stateOf } from './kubernetes-cluster.ts';

onCluster((cluster) => {
  test('scales any kind with a scale subresource, by asking the cluster where it is', async () => {
    const { admin, bench, namespace, read, scale } = cluster();
    await createWidgets(admin);
    const collection = `/apis/rubato.test/v1/namespaces/${namespace}/widgets`;
    for (const name of ['one', 'two']) {
      const body = { apiVersion: 'rubato.test/v1', kind: 'Widget', metadata: { name } };
      await admin.call('POST', collection, { ...body, spec: { size: 1 } });
    }
    const resource = 'rubato.test/v1/Widget';
    const one = { ...bench.target('one'), resource };
    const two = { ...bench.target('two'), resource };
    expect(await scale(one, 5)).toEqual({ kind: 'done' });
    expect(at(await admin.call('GET', `${collection}/one`), 'spec', 'size')).toBe(5);
    expect((await read(one)).wanted).toEqual({ replicas: 5 });
    expect((await read(two)).wanted).toEqual({ replicas: 1 });
    const selector = { ...bench.selector('*', {}), resource };
    expect(await bench.deployer.expand(selector, acting)).toEqual([one, two]);
    const [none] = await bench.deployer.read([{ ...one, name: 'none' }], acting);
    expect(none).toMatchObject({ found: 'absent', error: { code: 'TARGET_NOT_FOUND' } });
    const { fence } = await read(two);
    await admin.call('PATCH', `${collection}/two`, { spec: { size: 8 } }, merge);
    const change = { target: two, fence, to: { replicas: 3 }, decision: 'd' };
    expect(await bench.deployer.scale(change, acting)).toMatchObject({ kind: 'superseded' });
  });

  test.for([
    { resource: 'rubato.test/v1/Gadget', message: /no kind rubato\.test\/v1\/Gadget|no rubato/ },
    { resource: 'nowhere.test/v1/Widget', message: /no nowhere\.test\/v1 API/ },
    { resource: 'batch/v1/Job', message: /batch\/v1\/Job has no scale subresource/ },
  ])('refuses $resource, which cannot be scaled', async ({ resource, message }) => {
    const { bench } = cluster();
    const [reading] = await bench.deployer.read([{ ...bench.target('a'), resource }], acting);
    expect(reading).toMatchObject({ found: 'unknown', error: { code: 'REFUSED' } });
    expect(reading?.found === 'unknown' && reading.error.message).toMatch(message);
  });

  test('says which right is missing, in one namespace without harm to another', async () => {
    const { admin, bench, namespace, kubeconfig } = cluster();
    const target = await bench.create('orders', 1);
    const other = await openBench(admin, kubeconfig);
    const theirs = await other.create('theirs', 1);
    await grant(admin, namespace, [{ resources: ['deployments'], verbs: ['list', 'get'] }]);
    const folder = await mkdtemp(join(tmpdir(), 'rubato-'));
    const file = join(folder, 'kubeconfig');
    await writeFile(file, await accountKubeconfig(admin, namespace));
    const reader = await openDeployer(file);
    // The authorizer learns of a new role a moment later.
    const [mine, foreign] = await until(
      () => reader.read([target, theirs], acting),
      ([first]) => first?.found === 'yes',
      'readable',
    );
    expect(foreign).toMatchObject({ found: 'unknown', error: { code: 'FORBIDDEN' } });
    expect(foreign?.found === 'unknown' && foreign.error.message).toMatch(
      new RegExp(
        `system:serviceaccount:${namespace}:reader.*may list deployments in namespace ${theirs.namespace}`,
      ),
    );
    const { fence } = stateOf(mine);
    const change = { target, fence, to: { replicas: 2 }, decision: 'd' };
    await expect(reader.scale(change, acting)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      advice: `Give its identity a role that may update deployments/scale in namespace ${namespace}.`,
    });
    await reader.close();
    await other.close();
    await rm(folder, { recursive: true });
  });

  test('lists more workloads than one page holds', async () => {
    const { bench } = cluster();
    const names = Array.from({ length: 510 }, (_, index) => `w-${String(index).padStart(3, '0')}`);
    for (let from = 0; from < names.length; from += 30) {
      await Promise.all(names.slice(from, from + 30).map((name) => bench.create(name, 0)));
    }
    const found = await bench.deployer.expand(bench.selector('w-*', {}), acting);
    expect(found.map(({ name }) => name)).toEqual(names);
    const readings = await bench.deployer.read(found, acting);
    expect(readings.every((reading) => reading.found === 'yes')).toBe(true);
  });
});

/** A custom resource whose count is at spec.size. */
async function createWidgets(admin: Admin): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const body = {
    metadata: { name: 'widgets.rubato.test' },
    spec: {
      group: 'rubato.test',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', properties: { size: { type: 'integer' } } },
                status: { type: 'object', properties: { size: { type: 'integer' } } },
              },
            },
          },
          subresources: {
            status: {},
            scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' },
          },
        },
      ],
    },
  };
  await admin.call('POST', path, body).catch((error: unknown) => {
    if (!String(error).includes('AlreadyExists')) throw error;
  });
  const discovery = async () =>
    admin.call('GET', '/apis/rubato.test/v1').catch((error: unknown) => String(error));
  const served = (seen: unknown) => JSON.stringify(seen).includes('widgets/scale');
  await until(discovery, served, 'served');
}

/** Lets the service account `reader` of the namespace do this there. */
async function grant(
  admin: Admin,
  namespace: string,
  rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[],
): Promise<void> {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await admin.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
    metadata: { name: 'reader' },
  });
  await admin.call('POST', `${rbac}/roles`, {
    metadata: { name: 'reader' },
    rules: rules.map((rule) => ({ apiGroups: ['apps'], ...rule })),
  });
  await admin.call('POST', `${rbac}/rolebindings`, {
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
  });
}

/** A kubeconfig with a token of that service account. */
async function accountKubeconfig(admin: Admin, namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/reader/token`;
  const answer = await admin.call('POST', path, { spec: {} });
  return JSON.stringify({
    'current-context': 'reader',
    contexts: [{ name: 'reader', context: { cluster: 'local', user: 'reader' } }],
    clusters: [
      {
        name: 'local',
        cluster: { server: admin.server, 'certificate-authority-data': admin.authority },
      },
    ],
    users: [{ name: 'reader', user: { token: textAt(answer, 'status', 'token') } }],
  });
}
