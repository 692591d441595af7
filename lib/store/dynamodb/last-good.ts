import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';

import type { LastGoodStore } from '../last-good.ts';
import type { DynamoTable } from './client.ts';
import { ask } from './errors.ts';
import { fromLastGoodItem, lastGoodKey, toLastGoodItem, unreadable } from './items.ts';

/** One item per rule: `pk = GOOD#<rule>`, `sk = GOOD`, `attributes` (M), the rule as it was valid. */
export function createDynamoLastGoodStore(table: DynamoTable): LastGoodStore {
  const { client, tableName: TableName } = table;
  return {
    async get(id, signal) {
      const get = new GetCommand({ TableName, Key: lastGoodKey(id), ConsistentRead: true });
      const { Item } = await ask(table, signal, (options) => client.send(get, options));
      if (!Item) return undefined;
      const attributes = fromLastGoodItem(Item);
      if (!attributes) throw unreadable(lastGoodKey(id), Item);
      return attributes;
    },

    async put(id, attributes, signal) {
      const put = new PutCommand({ TableName, Item: toLastGoodItem(id, attributes) });
      await ask(table, signal, (options) => client.send(put, options));
    },

    async remove(id, signal) {
      const remove = new DeleteCommand({ TableName, Key: lastGoodKey(id) });
      await ask(table, signal, (options) => client.send(remove, options));
    },
  };
}
