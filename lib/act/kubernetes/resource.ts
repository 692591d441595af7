/** Kinds that a rule may name without group and version, which are these. */
const SHORT: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1/Deployment',
  StatefulSet: 'apps/v1/StatefulSet',
  ReplicaSet: 'apps/v1/ReplicaSet',
  ReplicationController: 'v1/ReplicationController',
};

/** Kinds whose place in the API is known, which saves asking for it. */
const PLURALS: Readonly<Record<string, string>> = {
  'apps/v1/Deployment': 'deployments',
  'apps/v1/StatefulSet': 'statefulsets',
  'apps/v1/ReplicaSet': 'replicasets',
  'v1/ReplicationController': 'replicationcontrollers',
};

/** `group/version/Kind` for a kind's short name; anything else stays as it is. */
export const fullResource = (written: string): string => SHORT[written] ?? written;

/** Whether a list shows replicas and rollouts; of other kinds only the scale subresource is known. */
export const isListed = (resource: string): boolean =>
  resource === 'apps/v1/Deployment' || resource === 'apps/v1/StatefulSet';

/** The plural under which the API serves a kind, where it is known without asking. */
export const knownPlural = (resource: string): string | undefined => PLURALS[resource];

/** `/apis/apps/v1`, or `/api/v1` for kinds without a group. */
export function apiRoot(resource: string): string {
  const parts = resource.split('/');
  return parts.length === 3 ? `/apis/${parts[0]}/${parts[1]}` : `/api/${parts[0]}`;
}

/** The last part of `group/version/Kind`. */
export const kindOf = (resource: string): string => resource.slice(resource.lastIndexOf('/') + 1);

/** Where all objects of a kind in a namespace are. */
export const collectionPath = (resource: string, plural: string, namespace: string): string =>
  `${apiRoot(resource)}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
