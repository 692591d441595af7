import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';

import type { Clock } from '../../model/clock.ts';
import type { AuditEntry, AuditLog } from '../audit-log.ts';
import { MAX_ENTRY_BYTES, refuseText } from '../limits.ts';
import type { DynamoTable } from './client.ts';
import { ask, askIf } from './errors.ts';
import { auditExpiry, fromAuditItem, historyKey, toAuditItem } from './items.ts';
import { allPages } from './pages.ts';

export interface DynamoAuditTable extends DynamoTable {
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * One item per decision: `pk = AUDIT#<scalable>`, `sk` = the decision's id, which sorts by time;
 * `at` (N, epoch ms), `body` (S), `expiresAt` (N, epoch seconds), ninety days on. DynamoDB deletes
 * expired items days late and the embedded stand-in never, so readers leave them out themselves.
 */
export function createDynamoAuditLog(table: DynamoAuditTable): AuditLog {
  const { client, tableName: TableName } = table;
  return {
    async append(entry, signal) {
      refuseText(`the audit entry of ${entry.scalable}`, entry.body, MAX_ENTRY_BYTES);
      const put = new PutCommand({
        TableName,
        Item: toAuditItem(entry),
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': 'pk' },
      });
      await askIf(table, signal, (options) => client.send(put, options));
    },

    async list(scalable, limit, signal) {
      const entries: AuditEntry[] = [];
      if (limit <= 0) return entries;
      const nowSeconds = table.clock.now() / 1000;
      const pages = allPages(table, (ExclusiveStartKey) => {
        const query = new QueryCommand({
          TableName,
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': 'pk' },
          ExpressionAttributeValues: { ':pk': historyKey(scalable) },
          ScanIndexForward: false,
          Limit: limit,
          ExclusiveStartKey,
        });
        return ask(table, signal, (options) => client.send(query, options));
      });
      for await (const item of pages) {
        const entry = fromAuditItem(scalable, item);
        if (!entry) continue;
        // Newest first: behind an expired one there are only more of them.
        if (auditExpiry(entry.at) <= nowSeconds) break;
        entries.push(entry);
        if (entries.length === limit) break;
      }
      return entries;
    },
  };
}
