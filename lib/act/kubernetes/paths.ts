import type { Target } from '../../model/target.ts';
import { PlatformError } from '../errors.ts';
import type { Client } from './client.ts';
import { listAt, textAt } from './json.ts';
import { apiRoot, collectionPath, kindOf, knownPlural } from './resource.ts';

/** Where the objects of a kind are in the API, by namespace and name. */
export interface Paths {
  plural(resource: string, signal: AbortSignal): Promise<string>;
  collection(resource: string, namespace: string, signal: AbortSignal): Promise<string>;
  object(target: Target, signal: AbortSignal): Promise<string>;
}

/** Kinds that the API server was asked for; more in one deployer is no real use. */
const MAX_KINDS = 100;

/**
 * Paths of built-in kinds are known; for others the server is asked once, and what it answered is
 * kept. Rejects with REFUSED for a kind it does not have, or one that cannot be scaled.
 */
export function createPaths(client: Client): Paths {
  const asked = new Map<string, string>();

  async function plural(resource: string, signal: AbortSignal): Promise<string> {
    const known = knownPlural(resource) ?? asked.get(resource);
    if (known !== undefined) return known;
    const found = await discover(client, resource, signal);
    if (asked.size < MAX_KINDS) asked.set(resource, found);
    return found;
  }

  const collection: Paths['collection'] = async (resource, namespace, signal) =>
    collectionPath(resource, await plural(resource, signal), namespace);

  return {
    plural,
    collection,
    async object({ resource, namespace, name }, signal) {
      return `${await collection(resource, namespace, signal)}/${encodeURIComponent(name)}`;
    },
  };
}

async function discover(client: Client, resource: string, signal: AbortSignal): Promise<string> {
  const path = apiRoot(resource);
  const advice = `Check the target's resource; kubectl api-resources shows the kinds there are.`;
  const body = await client
    .call({ method: 'GET', path, doing: `looking for ${resource}`, needs: `get ${path}`, signal })
    .catch((error: unknown) => {
      const absent = error instanceof PlatformError && error.code === 'TARGET_NOT_FOUND';
      if (!absent) throw error;
      throw new PlatformError('REFUSED', `The cluster has no ${path.slice(6)} API`, advice);
    });
  const kinds = listAt(body, 'resources');
  const found = kinds.find(
    (kind) => textAt(kind, 'kind') === kindOf(resource) && !textAt(kind, 'name').includes('/'),
  );
  if (found === undefined) {
    throw new PlatformError('REFUSED', `The cluster has no kind ${resource}`, advice);
  }
  const plural = textAt(found, 'name');
  if (!kinds.some((kind) => textAt(kind, 'name') === `${plural}/scale`)) {
    throw new PlatformError(
      'REFUSED',
      `${resource} has no scale subresource, so it cannot be scaled`,
      'Add subresources.scale to its CustomResourceDefinition, or name another resource.',
    );
  }
  return plural;
}
