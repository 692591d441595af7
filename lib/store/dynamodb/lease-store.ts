import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

import { epochMillis, later } from '../../model/units.ts';
import { StoreError } from '../errors.ts';
import type { Lease, LeaseRequest, LeaseStore } from '../lease-store.ts';
import type { DynamoTable } from './client.ts';
import { ask, askIf } from './errors.ts';
import {
  type Found,
  fromLeaseItem,
  type KeptLease,
  leaseKey,
  SCHEMA_VERSION,
  unreadable,
} from './items.ts';

/**
 * A lease that slips through one's fingers is asked for again, so often: released or expired between
 * the refusal and the look at who holds it.
 */
const MAX_ROUNDS = 3;

/**
 * One item per name: `pk = LEASE#<name>`, `sk = LEASE`, `owner` (S), `token` (N), and in epoch ms
 * `until` (N), `acquired` (N), when it was last asked for with success, and `before` (N), the same
 * once earlier. Never deleted, so the token goes on growing; a release only moves `until`.
 *
 * A free lease costs one write unit. Whether it is free is judged by the asker's clock: one that is
 * ahead takes the lease early by as much, and then two workers each believe that they hold it. What
 * they do must be fenced by the token or by a condition of its own; the token tells them apart.
 */
export function createDynamoLeaseStore(table: DynamoTable): LeaseStore {
  return {
    async acquire(request, signal) {
      let last: Lease | undefined;
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const taken = await take(table, request, signal);
        if (taken) return { held: true, lease: taken };
        const kept = await read(table, request.name, signal);
        last = kept?.lease;
        if (!kept || !last || last.expiresAt <= request.now) continue;
        if (last.owner !== request.owner) break;
        const extended = await extend(table, { request, kept }, signal);
        if (extended) return { held: true, lease: extended };
      }
      if (!last) throw vanished(table, request.name);
      return { held: false, owner: last.owner, expiresAt: last.expiresAt };
    },

    async release({ name, owner, token }, now, signal) {
      const update = new UpdateCommand({
        TableName: table.tableName,
        Key: leaseKey(name),
        UpdateExpression: 'SET #until = :now',
        ConditionExpression: STILL_MINE,
        ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner', '#token': 'token' },
        ExpressionAttributeValues: { ':now': now, ':owner': owner, ':token': token },
      });
      await askIf(table, signal, (options) => table.client.send(update, options));
    },
  };
}

const STILL_MINE = '#owner = :owner AND #token = :token AND #until > :now';

/** Takes a lease that nobody holds, with the next token; `undefined` where somebody does. */
async function take(
  table: DynamoTable,
  { name, owner, now, duration }: LeaseRequest,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const update = new UpdateCommand({
    TableName: table.tableName,
    Key: leaseKey(name),
    UpdateExpression:
      'SET #owner = :owner, #until = :until, #v = :v, #token = if_not_exists(#token, :zero) + :one, ' +
      '#before = if_not_exists(#acquired, :zero), #acquired = :now',
    // A lease of a later version may say in other words that it is held.
    ConditionExpression:
      '(attribute_not_exists(#v) OR #v <= :v) AND (attribute_not_exists(#until) OR #until <= :now)',
    ExpressionAttributeNames: {
      '#owner': 'owner',
      '#until': 'until',
      '#v': 'v',
      '#token': 'token',
      '#before': 'before',
      '#acquired': 'acquired',
    },
    ExpressionAttributeValues: {
      ':owner': owner,
      ':until': later(now, duration),
      ':v': SCHEMA_VERSION,
      ':zero': 0,
      ':one': 1,
      ':now': now,
    },
    ReturnValues: 'ALL_NEW',
  });
  const done = await askIf(table, signal, (options) => table.client.send(update, options));
  return done && believe(name, done.Attributes ?? {}).lease;
}

/** Moves the end of a lease that is the asker's own, never back, and keeps its token. */
async function extend(
  table: DynamoTable,
  { request, kept }: { readonly request: LeaseRequest; readonly kept: KeptLease },
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { lease, acquired } = kept;
  const { now, duration } = request;
  const expiresAt = epochMillis(Math.max(lease.expiresAt, later(now, duration)));
  // Taken this very moment: the client sent the request twice, for its first answer was lost.
  if (acquired === now && expiresAt === lease.expiresAt) return lease;
  const update = new UpdateCommand({
    TableName: table.tableName,
    Key: leaseKey(lease.name),
    UpdateExpression: 'SET #until = :until, #before = :acquired, #acquired = :now',
    ConditionExpression: STILL_MINE,
    ExpressionAttributeNames: {
      '#owner': 'owner',
      '#until': 'until',
      '#token': 'token',
      '#before': 'before',
      '#acquired': 'acquired',
    },
    ExpressionAttributeValues: {
      ':until': expiresAt,
      ':owner': lease.owner,
      ':token': lease.token,
      ':now': now,
      ':acquired': acquired,
    },
  });
  const done = await askIf(table, signal, (options) => table.client.send(update, options));
  return done && { ...lease, expiresAt, before: acquired };
}

async function read(
  table: DynamoTable,
  name: string,
  signal: AbortSignal,
): Promise<KeptLease | undefined> {
  const Key = leaseKey(name);
  const get = new GetCommand({ TableName: table.tableName, Key, ConsistentRead: true });
  const { Item } = await ask(table, signal, (options) => table.client.send(get, options));
  return Item && believe(name, Item);
}

function believe(name: string, item: Found): KeptLease {
  const kept = fromLeaseItem(name, item);
  if (!kept) throw unreadable(leaseKey(name), item);
  return kept;
}

const vanished = ({ tableName }: DynamoTable, name: string): StoreError =>
  new StoreError(
    'STORE_REFUSED',
    `lease ${name} of table ${tableName} was held when asked for and gone when looked at`,
    'Find out what deletes items of this table: a deleted lease begins again at token 1.',
  );
