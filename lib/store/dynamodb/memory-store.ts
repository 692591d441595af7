import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';

import { refuseOversize } from '../limits.ts';
import type { MemoryKey, MemoryStore, StoredMemory } from '../memory-store.ts';
import type { DynamoTable } from './client.ts';
import { ask, askIf } from './errors.ts';
import {
  type Found,
  fromMemoryItem,
  memoryKey,
  slotKey,
  toMemoryItem,
  unreadable,
} from './items.ts';
import { allPages } from './pages.ts';

export interface DynamoMemoryTable extends DynamoTable {
  /** From 0 up to 1, as Math.random; marks one attempt to write. */
  readonly random: () => number;
}

/**
 * One item per scalable: `pk = MEMORY#<slot>`, `sk` = its key; items.ts has the rest. A slot is one
 * eventually consistent Query, half a read unit for each 4 KB.
 *
 * An item that cannot be read (a later version, a hand edit) is left out of its slot, so that it
 * stops no other; its own scalable then fails at its next write, with an error that names the item.
 */
export function createDynamoMemoryStore(table: DynamoMemoryTable): MemoryStore {
  const { client, tableName: TableName } = table;

  const read = async (key: MemoryKey, signal: AbortSignal): Promise<Found | undefined> => {
    const get = new GetCommand({ TableName, Key: memoryKey(key), ConsistentRead: true });
    const { Item } = await ask(table, signal, (options) => client.send(get, options));
    return Item;
  };

  return {
    async readSlot(slot, signal) {
      const memories = new Map<string, StoredMemory>();
      const pages = allPages(table, (ExclusiveStartKey) =>
        ask(table, signal, (options) =>
          client.send(
            new QueryCommand({ ...slotQuery(TableName, slot), ExclusiveStartKey }),
            options,
          ),
        ),
      );
      for await (const item of pages) {
        const memory = fromMemoryItem(item);
        if (memory) memories.set(String(item['sk']), memory);
      }
      return memories;
    },

    async write(write, signal) {
      refuseOversize(write);
      const writer = Math.floor(table.random() * 2 ** 40).toString(36);
      const put = new PutCommand({
        TableName,
        Item: toMemoryItem(write, writer),
        ...onlyAt(write.expected),
      });
      const done = await askIf(table, signal, (options) => client.send(put, options));
      if (done) return true;
      // Either another was faster, or this very write was tried twice because its answer was lost.
      const found = await read(write, signal);
      if (found && !fromMemoryItem(found)) throw unreadable(memoryKey(write), found);
      return found?.['n'] === write.expected + 1 && found['w'] === writer;
    },

    async forget(key, expected, signal) {
      const remove = new DeleteCommand({ TableName, Key: memoryKey(key), ...onlyAt(expected) });
      const done = await askIf(table, signal, (options) => client.send(remove, options));
      return done !== undefined;
    },
  };
}

const slotQuery = (TableName: string, slot: number) => ({
  TableName,
  KeyConditionExpression: '#pk = :pk',
  ExpressionAttributeNames: { '#pk': 'pk' },
  ExpressionAttributeValues: { ':pk': slotKey(slot) },
});

/** The condition that the version still is `expected`; 0 = that there is no item. */
const onlyAt = (expected: number) =>
  expected === 0
    ? {
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': 'pk' },
      }
    : {
        ConditionExpression: '#n = :n',
        ExpressionAttributeNames: { '#n': 'n' },
        ExpressionAttributeValues: { ':n': expected },
      };
