import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { TargetReading } from '../../lib/act/deployer.ts';
import { listAt } from '../../lib/act/kubernetes/json.ts';
import type { ActOutcome, Target, TargetState } from '../../lib/model/target.ts';
import type { DeployerBench } from '../contract/deployer.contract.ts';
import { type Admin, isLocal, openAdmin, paths } from './kubernetes-admin.ts';
import { merge, openBench } from './kubernetes-bench.ts';

/** A real cluster as a test meets it: a namespace of its own, the deployer, and an administrator. */
export interface Cluster {
  readonly admin: Admin;
  readonly bench: DeployerBench;
  readonly namespace: string;
  readonly kubeconfig: string;
  readonly read: (target: Target) => Promise<TargetState>;
  /** Reads it, then scales it. */
  readonly scale: (target: Target, replicas: number) => Promise<ActOutcome>;
  /** The Deployment as the server shows it. */
  readonly get: (target: Target) => Promise<unknown>;
  /** Merges this into the Deployment, as somebody else. */
  readonly patch: (target: Target, body: object) => Promise<unknown>;
  /** Pods in the namespace. */
  readonly pods: () => Promise<number>;
}

export const acting = { signal: new AbortController().signal };

export const stateOf = (reading: TargetReading | undefined): TargetState => {
  if (reading?.found !== 'yes') throw new Error(`Not found: ${JSON.stringify(reading)}`);
  return reading.state;
};

/** Tests on the cluster of KUBECONFIG; skipped by name where there is none, but not in CI. */
export function onKubernetes(define: (open: () => Promise<DeployerBench>) => void): void {
  const { KUBECONFIG: kubeconfig = '', CI } = process.env;
  describe.runIf(CI && kubeconfig === '')('Kubernetes', () => {
    test('is there', () => {
      expect(kubeconfig, 'KUBECONFIG is not set: test/backends/run starts the server').not.toBe('');
    });
  });
  describe.skipIf(kubeconfig === '')('Kubernetes (KUBECONFIG)', () => {
    let admin: Admin;
    beforeAll(async () => {
      if (!isLocal(kubeconfig)) {
        throw new Error('KUBECONFIG is not a server on 127.0.0.1: these tests create and delete');
      }
      admin = await openAdmin(kubeconfig);
    });
    afterAll(() => admin?.close());
    define(() => openBench(admin, kubeconfig));
  });
}

/** The same, with a namespace for each test. `cluster` answers only within tests. */
export function onCluster(define: (cluster: () => Cluster) => void): void {
  const { KUBECONFIG: kubeconfig = '' } = process.env;
  onKubernetes((open) => {
    let cluster: Cluster | undefined;
    let admin: Admin;
    beforeAll(async () => {
      admin = await openAdmin(kubeconfig);
    });
    afterAll(() => admin?.close());
    beforeEach(async () => {
      cluster = clusterOf(admin, await open(), kubeconfig);
    });
    afterEach(() => cluster?.bench.close());
    define(() => {
      if (cluster === undefined) throw new Error('Only within a test');
      return cluster;
    });
  });
}

function clusterOf(admin: Admin, bench: DeployerBench, kubeconfig: string): Cluster {
  const { namespace } = bench.target('any');
  const path = ({ name }: Target) => `${paths.deployments(namespace)}/${name}`;
  const read = async (target: Target) => stateOf((await bench.deployer.read([target], acting))[0]);
  return {
    admin,
    bench,
    namespace,
    kubeconfig,
    read,
    async scale(target, replicas) {
      const { fence } = await read(target);
      return bench.deployer.scale({ target, fence, to: { replicas }, decision: 'd' }, acting);
    },
    get: (target) => admin.call('GET', path(target)),
    patch: (target, body) => admin.call('PATCH', path(target), body, merge),
    pods: async () => listAt(await admin.call('GET', paths.pods(namespace)), 'items').length,
  };
}
