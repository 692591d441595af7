import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

import { contentHash } from '../../rule/content-hash.ts';
import type { RuleItem, RuleStatus, RuleStore } from '../rule-store.ts';
import type { DynamoTable } from './client.ts';
import { ask, askIf } from './errors.ts';
import { boundStatus, fromRuleItem, toRuleItem } from './items.ts';
import { allPages } from './pages.ts';

/**
 * One item per rule: `id` (S), the rule's attributes as native types, `status` (M) with our verdict.
 *
 * `list` is one eventually consistent Scan, half a read unit for each 4 KB: an edit of the last
 * second may show a tick later. `get` is consistent, for whoever was just told of an edit.
 *
 * A verdict is written on condition that the last one is as it was read, not that the attributes
 * are: DynamoDB can compare attributes one by one but not see one more, and an expression has 4 KB.
 * One that crosses an edit is told by its `of`; the edit's own stream event, or the next tick where
 * there is no stream, replaces it.
 */
export function createDynamoRuleStore(table: DynamoTable): RuleStore {
  const { client, tableName: TableName } = table;
  return {
    async list(signal) {
      const items: RuleItem[] = [];
      const pages = allPages(table, (ExclusiveStartKey) =>
        ask(table, signal, (options) =>
          client.send(new ScanCommand({ TableName, ExclusiveStartKey }), options),
        ),
      );
      for await (const item of pages) items.push(fromRuleItem(item));
      return items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },

    async get(id, signal) {
      const { Item } = await ask(table, signal, (options) =>
        client.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }), options),
      );
      return Item && fromRuleItem(Item);
    },

    async put(item, signal) {
      await ask(table, signal, (options) =>
        client.send(new PutCommand({ TableName, Item: toRuleItem(item) }), options),
      );
    },

    async remove(id, signal) {
      await ask(table, signal, (options) =>
        client.send(new DeleteCommand({ TableName, Key: { id } }), options),
      );
    },

    async report(item, status, signal) {
      const verdict = boundStatus(status);
      if (item.status && isSameVerdict(item.status, verdict)) return;
      const update = new UpdateCommand({
        TableName,
        Key: { id: item.id },
        UpdateExpression: 'SET #status = :status',
        ConditionExpression: `attribute_exists(#id) AND ${
          item.status ? '#status.#of = :seen' : 'NOT attribute_type(#status.#of, :seen)'
        }`,
        ExpressionAttributeNames: { '#id': 'id', '#status': 'status', '#of': 'of' },
        // Without a verdict `:seen` is DynamoDB's name of the type that a verdict's `of` has.
        ExpressionAttributeValues: { ':status': verdict, ':seen': item.status?.of ?? 'S' },
      });
      await askIf(table, signal, (options) => client.send(update, options));
    },
  };
}

/**
 * `since` does not count: a verdict that is only younger is the same, or the stream would go round.
 * Nor does the order of keys, which DynamoDB does not keep.
 */
function isSameVerdict(a: RuleStatus, b: RuleStatus): boolean {
  return contentHash({ ...a, since: 0 }) === contentHash({ ...b, since: 0 });
}
