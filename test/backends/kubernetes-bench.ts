import type { Deployer } from '../../lib/act/deployer.ts';
import { at, textAt } from '../../lib/act/kubernetes/json.ts';
import { kubernetes } from '../../lib/act/kubernetes/kind.ts';
import type { Surroundings } from '../../lib/model/surroundings.ts';
import type { Target } from '../../lib/model/target.ts';
import { epochMillis, millis } from '../../lib/model/units.ts';
import type { DeployerBench } from '../contract/deployer.contract.ts';
import { type Admin, deployment, isSettled, paths, until } from './kubernetes-admin.ts';

/** The real clock, for servers that run on it. */
const surroundings: Surroundings = {
  region: undefined,
  secrets: { resolve: () => Promise.reject(new Error('no secrets in this test')) },
  clock: {
    now: () => epochMillis(Date.now()),
    sleep: (duration) =>
      new Promise((resolve) => {
        setTimeout(resolve, duration);
      }),
  },
};

export const openDeployer = (kubeconfig: string): Promise<Deployer> =>
  kubernetes.open(
    {
      name: 'prod',
      kind: 'kubernetes',
      settings: { kubeconfig, context: undefined, eks: undefined, timeout: millis(5000) },
    },
    surroundings,
  );

export const merge = 'application/merge-patch+json';

/** The deployer over a namespace of its own in a real cluster. */
export async function openBench(admin: Admin, kubeconfig: string): Promise<DeployerBench> {
  const namespace = await admin.namespace();
  const deployer = await openDeployer(kubeconfig);
  const collection = paths.deployments(namespace);
  const path = (target: Target) => `${collection}/${target.name}`;
  const target = (name: string): Target => ({
    kind: 'kubernetes',
    connection: 'prod',
    resource: 'apps/v1/Deployment',
    namespace,
    name,
  });
  const version = async (of: Target) =>
    textAt(await admin.call('GET', path(of)), 'metadata', 'resourceVersion');
  return {
    deployer,
    target,
    selector: (name, labels) => ({ ...target(name), labels }),
    async create(name, replicas, labels = {}) {
      await admin.call('POST', collection, deployment(name, replicas, labels));
      return target(name);
    },
    async edit(of, replicas) {
      await admin.call('PATCH', path(of), { spec: { replicas } }, merge);
    },
    async remove(of) {
      await admin.call('DELETE', path(of), { propagationPolicy: 'Background' });
      const names = async () => JSON.stringify(await admin.call('GET', collection));
      await until(names, (seen) => !seen.includes(`"name":"${of.name}"`), 'removed');
    },
    async settled(of) {
      await until(() => admin.call('GET', path(of)), isSettled, `settled: ${of.name}`);
    },
    version,
    async close() {
      await deployer.close();
      const gone = await admin.call('DELETE', `/api/v1/namespaces/${namespace}`);
      if (at(gone, 'metadata') === undefined) throw new Error('The namespace was not deleted');
    },
  };
}
