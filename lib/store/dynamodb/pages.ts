import { StoreError } from '../errors.ts';
import type { DynamoTable } from './client.ts';
import type { Found } from './items.ts';

/** One page as Query and Scan answer it; without `LastEvaluatedKey` it is the last one. */
export interface Page {
  readonly Items?: Record<string, unknown>[] | undefined;
  readonly LastEvaluatedKey?: Record<string, unknown> | undefined;
}

/** A page has up to 1 MB, so this is 1 GB; what goes on beyond it does not come to an end. */
const MAX_PAGES = 1000;

/**
 * The items of all pages, in their order. Rejects when any page fails, and never answers a part;
 * whoever stops early has had enough. An empty page in the middle is not the end.
 */
export async function* allPages(
  table: DynamoTable,
  read: (start: Record<string, unknown> | undefined) => Promise<Page>,
): AsyncGenerator<Found, void, void> {
  let start: Record<string, unknown> | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { Items = [], LastEvaluatedKey } = await read(start);
    yield* Items;
    if (LastEvaluatedKey === undefined) return;
    start = LastEvaluatedKey;
  }
  throw new StoreError(
    'STORE_REFUSED',
    `table ${table.tableName} still had more after ${MAX_PAGES} pages`,
    'Check what else was written into this table.',
  );
}
