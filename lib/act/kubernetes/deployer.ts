import type { Clock } from '../../model/clock.ts';
import type { Target } from '../../model/target.ts';
import type { Millis } from '../../model/units.ts';
import { matchesPattern } from '../../rule/expand.ts';
import type { TargetSelector } from '../../rule/rule.ts';
import type { Deployer } from '../deployer.ts';
import type { Connect } from './access.ts';
import { type Client, createClient } from './client.ts';
import { textAt } from './json.ts';
import { listAll, METADATA_ONLY } from './list.ts';
import { createPaths, type Paths } from './paths.ts';
import { readTargets } from './read.ts';
import { scaleTarget } from './scale.ts';
import { deployWorkload, undeployWorkload } from './workloads.ts';

export interface KubernetesOptions {
  /** The connection's name, for targets and error texts. */
  readonly connection: string;
  /** Finds the API server at the first use, and again after it could not be reached. */
  readonly connect: Connect;
  readonly clock: Clock;
  /** The longest that one call may take, with its retries. */
  readonly timeout: Millis;
}

/**
 * Workloads of one cluster. Its identity needs, in each namespace: `list` and `get` on deployments
 * and statefulsets, `update` on their `/scale`; `get` and `update` on the `/scale` of other kinds;
 * and for managed workloads also `create`, `patch` and `delete` on deployments. Nothing is called
 * before the first use. Reading writes nothing.
 */
export function createKubernetesDeployer(options: KubernetesOptions): Deployer {
  const client = createClient(options);
  const paths = createPaths(client);
  const reader = { client, paths, clock: options.clock };
  return {
    read: (targets, { signal }) => readTargets(reader, targets, signal),
    expand: (selector, { signal }) => expandSelector({ client, paths }, selector, signal),
    scale: (change, { signal }) => scaleTarget(reader, change, signal),
    deploy: (target, workload, { signal }) => deployWorkload(client, { target, workload, signal }),
    undeploy: (target, { signal }) => undeployWorkload(client, target, signal),
    async close() {
      client.close();
    },
  };
}

/** Targets by name in order; a plain name stands for itself, and costs no call. */
async function expandSelector(
  { client, paths }: { readonly client: Client; readonly paths: Paths },
  selector: TargetSelector,
  signal: AbortSignal,
): Promise<readonly Target[]> {
  const { kind, connection, resource, namespace, name, labels } = selector;
  const found = (each: string): Target => ({ kind, connection, resource, namespace, name: each });
  const wanted = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  if (!name.includes('*') && wanted.length === 0) return [found(name)];
  const plural = await paths.plural(resource, signal);
  const objects = await listAll(client, {
    path: await paths.collection(resource, namespace, signal),
    what: `${plural} in namespace ${namespace}`,
    query: wanted.length === 0 ? {} : { labelSelector: wanted.toSorted().join(',') },
    accept: METADATA_ONLY,
    signal,
  });
  return objects
    .map((object) => textAt(object, 'metadata', 'name'))
    .filter((each) => each !== '' && matchesPattern(name, each))
    .toSorted()
    .map(found);
}
