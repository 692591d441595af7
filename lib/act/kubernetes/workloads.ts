import { type Target, targetName } from '../../model/target.ts';
import type { Workload } from '../../rule/rule.ts';
import { PlatformError } from '../errors.ts';
import type { Client } from './client.ts';
import { at, countAt, listAt, textAt } from './json.ts';
import { checkDeployable, isOurs, manifest } from './manifest.ts';
import { collectionPath } from './resource.ts';
import { FIELD_MANAGER } from './scale.ts';

/**
 * Holds `spec.replicas` from creation until the first change of it. Server-side apply takes away
 * a field that its only owner no longer states, and replicas then fall back to the default of 1.
 */
const REPLICAS_MANAGER = 'rubato-replicas';

const APPLY = 'application/apply-patch+yaml';

export interface Deploying {
  readonly target: Target;
  readonly workload: Workload;
  readonly signal: AbortSignal;
}

/**
 * Creates the Deployment with no replicas, or brings it to what the rule says by server-side
 * apply: fields of others and the replicas stay as they are, and what the rule no longer states
 * goes. It takes fields over that somebody else set to another value (force), because the rule is
 * what its workload shall be. Rejects with REFUSED for a Deployment that is not Rubato's.
 */
export async function deployWorkload(client: Client, deploying: Deploying): Promise<void> {
  const { target, workload, signal } = deploying;
  checkDeployable(target);
  const existing = await find(client, target, signal);
  const deploy = apply.bind(undefined, client, { target, signal });
  if (existing === undefined) {
    // Should another Deployment of this name appear now, it has another selector, which cannot be
    // changed: the server refuses, and nothing was taken over.
    await deploy(manifest(target, workload, { replicas: 0 }), FIELD_MANAGER);
    return;
  }
  checkOurs(existing, target);
  if (textAt(existing, 'metadata', 'deletionTimestamp') !== '') {
    throw new PlatformError(
      'CONFLICT',
      `${targetName(target)} is still being deleted`,
      'The next tick deploys it.',
    );
  }
  const uid = textAt(existing, 'metadata', 'uid');
  await handReplicasOver(client, existing, deploying);
  await deploy(manifest(target, workload, { uid }), FIELD_MANAGER);
}

/** The controller writes the status of a new Deployment several times within a moment. */
const MOST_TRIES = 5;

/** Gives the replicas to a field manager of their own; read again where the object moved meanwhile. */
async function handReplicasOver(
  client: Client,
  existing: unknown,
  { target, signal }: Deploying,
): Promise<void> {
  let seen = existing;
  for (let left = MOST_TRIES; ownsReplicas(seen); left -= 1) {
    try {
      await apply(client, { target, signal }, replicasOnly(seen, target), REPLICAS_MANAGER);
      return;
    } catch (error) {
      const moved = error instanceof PlatformError && error.code === 'CONFLICT';
      if (!moved || left <= 1) throw error;
    }
    seen = await find(client, target, signal);
  }
}

/** Deletes it with its pods, pods first; one that is not there is a success. */
export async function undeployWorkload(
  client: Client,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  checkDeployable(target);
  const existing = await find(client, target, signal);
  if (existing === undefined) return;
  checkOurs(existing, target);
  const uid = textAt(existing, 'metadata', 'uid');
  await unlessAbsent(
    client.call({
      method: 'DELETE',
      path: objectPath(target),
      // The uid: should it have been replaced meanwhile, the new one is not ours to delete.
      body: { propagationPolicy: 'Foreground', preconditions: { uid } },
      doing: `deleting ${targetName(target)}`,
      needs: `delete deployments in namespace ${target.namespace}`,
      signal,
    }),
  );
}

const objectPath = (target: Target): string =>
  `${collectionPath('apps/v1/Deployment', 'deployments', target.namespace)}/${encodeURIComponent(target.name)}`;

const find = (client: Client, target: Target, signal: AbortSignal): Promise<unknown> =>
  unlessAbsent(
    client.call({
      method: 'GET',
      path: objectPath(target),
      doing: `reading ${targetName(target)}`,
      needs: `get deployments in namespace ${target.namespace}`,
      signal,
    }),
  );

/** undefined where there is no such object. */
async function unlessAbsent(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'TARGET_NOT_FOUND') return undefined;
    throw error;
  }
}

function checkOurs(existing: unknown, target: Target): void {
  if (isOurs(existing)) return;
  throw new PlatformError(
    'REFUSED',
    `${targetName(target)} exists and was not deployed by Rubato`,
    'Leave the workload out of the rule to only scale it, or give the rule’s workload another name.',
  );
}

/** Whether what Rubato applied includes the replicas, and nobody has changed them since. */
function ownsReplicas(existing: unknown): boolean {
  return listAt(existing, 'metadata', 'managedFields').some(
    (entry) =>
      textAt(entry, 'manager') === FIELD_MANAGER &&
      textAt(entry, 'operation') === 'Apply' &&
      at(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined,
  );
}

/** States only the replicas as they are; refused if they, or anything else, moved since. */
const replicasOnly = (existing: unknown, target: Target): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: target.name,
    namespace: target.namespace,
    resourceVersion: textAt(existing, 'metadata', 'resourceVersion'),
  },
  spec: { replicas: countAt(existing, 0, 'spec', 'replicas') },
});

function apply(
  client: Client,
  { target, signal }: { readonly target: Target; readonly signal: AbortSignal },
  body: object,
  fieldManager: string,
): Promise<unknown> {
  return client.call({
    method: 'PATCH',
    path: objectPath(target),
    query: { fieldManager, force: 'true', fieldValidation: 'Strict' },
    contentType: APPLY,
    body,
    doing: `deploying ${targetName(target)}`,
    needs: `create and patch deployments in namespace ${target.namespace}`,
    signal,
  });
}
