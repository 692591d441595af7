import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Deployer } from '../../../../lib/act/deployer.ts';
import { textAt } from '../../../../lib/act/kubernetes/json.ts';
import type { Workload } from '../../../../lib/rule/rule.ts';
import { createKubernetesApi, type KubernetesApi, status } from '../../../fake/kubernetes-api.ts';
import { acting, createTestClock, deployerAt, deployment, target } from './bench.ts';

const OBJECT = '/apis/apps/v1/namespaces/shop/deployments/orders';
const MARKS = { 'app.kubernetes.io/managed-by': 'rubato', 'rubato/workload': 'orders' };

const workload: Workload = {
  containers: [
    {
      name: 'main',
      image: 'example.org/orders:1',
      command: [],
      args: [],
      env: { B: '2', A: '1' },
      requests: { cpu: '100m' },
      limits: {},
    },
  ],
  labels: { team: 'shop', 'rubato/workload': 'mine' },
  annotations: { note: 'x' },
};

const ours = (metadata: object = {}) => {
  const body = deployment('orders', { uid: 'u' });
  return {
    status: 200,
    body: { ...body, metadata: { ...body.metadata, labels: MARKS, ...metadata } },
  };
};
const applied = (fields: object) => ({
  managedFields: [{ manager: 'rubato', operation: 'Apply', fieldsV1: { 'f:spec': fields } }],
});

describe('a workload of a rule', () => {
  let api: KubernetesApi;
  let deployer: Deployer;
  beforeEach(async () => {
    api = await createKubernetesApi();
    deployer = deployerAt(api, createTestClock());
    api.on(`PATCH ${OBJECT}`, { status: 200 });
    api.on(`DELETE ${OBJECT}`, { status: 200 });
  });
  afterEach(async () => {
    await deployer.close();
    await api.close();
  });
  const deploy = async (at = target()) => deployer.deploy?.(at, workload, acting);
  const undeploy = async () => deployer.undeploy?.(target(), acting);
  const writes = () => api.seen.filter(({ method }) => method !== 'GET');

  test('is created by server-side apply, with no replicas and its marks in three places', async () => {
    await deploy();
    const labels = { team: 'shop', ...MARKS };
    expect(writes()).toMatchObject([
      {
        method: 'PATCH',
        path: OBJECT,
        body: {
          metadata: { name: 'orders', namespace: 'shop', labels, annotations: { note: 'x' } },
          spec: {
            replicas: 0,
            selector: { matchLabels: MARKS },
            template: {
              metadata: { labels, annotations: { note: 'x' } },
              spec: {
                containers: [
                  {
                    name: 'main',
                    image: 'example.org/orders:1',
                    env: [
                      { name: 'A', value: '1' },
                      { name: 'B', value: '2' },
                    ],
                    resources: { requests: { cpu: '100m' }, limits: {} },
                  },
                ],
              },
            },
          },
        },
      },
    ]);
    const [{ headers, query }] = writes() as [(typeof api.seen)[number]];
    expect(headers['content-type']).toBe('application/apply-patch+yaml');
    expect(Object.fromEntries(query)).toEqual({
      fieldManager: 'rubato',
      force: 'true',
      fieldValidation: 'Strict',
    });
  });

  test('is updated without a word about replicas, on the very object that was looked at', async () => {
    api.on(`GET ${OBJECT}`, ours(applied({ 'f:template': {} })));
    await deploy();
    expect(writes()[0]?.body).toMatchObject({ metadata: { uid: 'u' } });
    expect(writes()[0]?.body).not.toHaveProperty('spec.replicas');
    expect(writes()).toHaveLength(1);
  });

  test('that was never scaled hands its replicas over first, which apply would reset to 1', async () => {
    api.on(`GET ${OBJECT}`, ours(applied({ 'f:replicas': {}, 'f:template': {} })));
    await deploy();
    const [first, second] = writes();
    expect(first?.query.get('fieldManager')).toBe('rubato-replicas');
    expect(first?.body).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'orders', namespace: 'shop', resourceVersion: '100' },
      spec: { replicas: 2 },
    });
    expect(second?.query.get('fieldManager')).toBe('rubato');
  });

  test('whose status is being written meanwhile is read again and handed over all the same', async () => {
    const hands = applied({ 'f:replicas': {}, 'f:template': {} });
    const moved = status(409, 'Conflict', 'the object has been modified');
    api.on(`GET ${OBJECT}`, ours(hands), ours({ ...hands, resourceVersion: '101' }));
    api.on(`PATCH ${OBJECT}`, moved, { status: 200 });
    await deploy();
    const versions = writes().map(({ body }) => textAt(body, 'metadata', 'resourceVersion'));
    expect(versions).toEqual(['100', '101', '']);
  });

  test('that never stops moving is left for the next tick', async () => {
    api.on(`GET ${OBJECT}`, ours(applied({ 'f:replicas': {} })));
    api.on(`PATCH ${OBJECT}`, status(409, 'Conflict', 'the object has been modified'));
    await expect(deploy()).rejects.toMatchObject({ code: 'CONFLICT', retry: 'next-tick' });
    expect(writes()).toHaveLength(5);
  });

  test.for([
    { name: 'of nobody', labels: {} },
    { name: 'of another tool', labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
    { name: 'of another tool of this name', labels: { 'app.kubernetes.io/managed-by': 'rubato' } },
  ])('takes over no Deployment $name, nor deletes it', async ({ labels }) => {
    api.on(`GET ${OBJECT}`, ours({ labels }));
    const refusal = {
      code: 'REFUSED',
      message: expect.stringContaining('exists and was not deployed by Rubato'),
    };
    await expect(deploy()).rejects.toMatchObject(refusal);
    await expect(undeploy()).rejects.toMatchObject(refusal);
    expect(writes()).toEqual([]);
  });

  test('waits for the end of one that is being deleted', async () => {
    api.on(`GET ${OBJECT}`, ours({ deletionTimestamp: '2026-11-20T20:00:00Z' }));
    await expect(deploy()).rejects.toMatchObject({ code: 'CONFLICT', retry: 'next-tick' });
    expect(writes()).toEqual([]);
  });

  test.for([
    {
      name: 'a kind other than a Deployment',
      at: { ...target(), resource: 'apps/v1/StatefulSet' },
    },
    { name: 'a pattern for a name', at: target('orders-*') },
    { name: 'a name longer than a label may be', at: target('o'.repeat(64)) },
  ])('cannot be $name', async ({ at }) => {
    await expect(deploy(at)).rejects.toMatchObject({ code: 'REFUSED' });
    expect(api.seen).toEqual([]);
  });

  test('is deleted pods first, and only the very object that was looked at', async () => {
    api.on(`GET ${OBJECT}`, ours());
    await undeploy();
    expect(writes()).toMatchObject([
      { method: 'DELETE', body: { propagationPolicy: 'Foreground', preconditions: { uid: 'u' } } },
    ]);
  });

  test('that is not there is deleted with success, also when it goes in between', async () => {
    await expect(undeploy()).resolves.toBeUndefined();
    expect(writes()).toEqual([]);
    api.on(`GET ${OBJECT}`, ours());
    api.on(`DELETE ${OBJECT}`, status(404, 'NotFound', 'gone'));
    await expect(undeploy()).resolves.toBeUndefined();
  });

  test.for([
    {
      name: 'a field of another manager that apply may not force',
      code: 409,
      expected: 'CONFLICT',
    },
    { name: 'a right that is missing', code: 403, expected: 'FORBIDDEN' },
    { name: 'what the server finds wrong with it', code: 422, expected: 'REFUSED' },
  ])('passes on $name', async ({ code, expected }) => {
    api.on(`PATCH ${OBJECT}`, status(code, 'X', 'why it is so'));
    await expect(deploy()).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining('why it is so while deploying kubernetes:prod/shop/orders'),
    });
  });
});
