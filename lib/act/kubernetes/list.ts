import { PlatformError } from '../errors.ts';
import type { Client } from './client.ts';
import { listAt, textAt } from './json.ts';

/** Objects per page, as kubectl asks for them. */
const PAGE_SIZE = 500;

/** Pages at most: 50,000 workloads in one namespace are a fault of the rule or of the server. */
const MAX_PAGES = 100;

/** Only metadata, whatever the kind: https://kubernetes.io/docs/reference/using-api/api-concepts/ */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

export interface Listing {
  /** A collection's path. */
  readonly path: string;
  /** `deployments in namespace shop`, for errors. */
  readonly what: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly signal: AbortSignal;
}

/** All objects of a collection, page by page. Rejects rather than answer a part. */
export async function listAll(client: Client, listing: Listing): Promise<readonly unknown[]> {
  const { path, what, query, signal } = listing;
  const found: unknown[] = [];
  let more = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const body = await client.call({
      method: 'GET',
      path,
      query: { ...query, limit: String(PAGE_SIZE), ...(more === '' ? {} : { continue: more }) },
      ...(listing.accept === undefined ? {} : { accept: listing.accept }),
      doing: `listing ${what}`,
      needs: `list ${what}`,
      signal,
    });
    found.push(...listAt(body, 'items'));
    more = textAt(body, 'metadata', 'continue');
    if (more === '') return found;
  }
  throw new PlatformError(
    'REFUSED',
    `There are more than ${PAGE_SIZE * MAX_PAGES} ${what}`,
    'Spread them over more namespaces.',
  );
}
