import type { Access } from '../../../../lib/act/kubernetes/access.ts';
import { createKubernetesDeployer } from '../../../../lib/act/kubernetes/deployer.ts';
import type { Clock } from '../../../../lib/model/clock.ts';
import type { Target } from '../../../../lib/model/target.ts';
import { type EpochMillis, epochMillis, later, millis } from '../../../../lib/model/units.ts';
import type { KubernetesApi } from '../../../fake/kubernetes-api.ts';

/** Time that passes only by sleeping. */
export interface TestClock extends Clock {
  readonly slept: number[];
}

export function createTestClock(start = epochMillis(Date.UTC(2026, 10, 20, 20))): TestClock {
  let time: EpochMillis = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    async sleep(duration, signal) {
      signal?.throwIfAborted();
      slept.push(duration);
      time = later(time, duration);
    },
  };
}

/** What must never show up in an error. */
export const CANARY = 'canary-0badc0ffee';

export const access = (server: string): Access => ({
  server,
  authorize: async () => ({
    headers: { Authorization: `Bearer ${CANARY}` },
    tls: {},
    proxy: undefined,
  }),
  forget() {},
});

/** A deployer of the connection `prod` at this server; the time limit is real time. */
export const deployerAt = (api: Pick<KubernetesApi, 'url'>, clock: Clock, timeoutMs = 5000) =>
  createKubernetesDeployer({
    connection: 'prod',
    connect: async () => access(api.url),
    clock,
    timeout: millis(timeoutMs),
  });

export const target = (
  name = 'orders',
  namespace = 'shop',
  resource = 'apps/v1/Deployment',
): Target => ({
  kind: 'kubernetes',
  connection: 'prod',
  resource,
  namespace,
  name,
});

export const acting = { signal: new AbortController().signal };

interface Shown {
  readonly replicas?: unknown;
  readonly generation?: number;
  readonly version?: string;
  readonly uid?: string;
}

/** A Deployment at rest, as a server shows it. */
export const deployment = (name: string, shown: Shown = {}) => {
  const { replicas = 2, generation = 4, version = '100', uid = `uid-of-${name}` } = shown;
  return {
    metadata: { name, namespace: 'shop', uid, generation, resourceVersion: version },
    spec: { replicas },
    status: { observedGeneration: generation, replicas, updatedReplicas: replicas },
  };
};

export const listOf = (...items: readonly object[]) => ({
  status: 200,
  body: { kind: 'DeploymentList', metadata: {}, items },
});
