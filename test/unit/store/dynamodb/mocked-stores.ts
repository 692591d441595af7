import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

import { epochMillis, millis } from '../../../../lib/model/units.ts';
import { createDynamoAuditLog } from '../../../../lib/store/dynamodb/audit-log.ts';
import { documentClient } from '../../../../lib/store/dynamodb/client.ts';
import { createDynamoLeaseStore } from '../../../../lib/store/dynamodb/lease-store.ts';
import { createDynamoMemoryStore } from '../../../../lib/store/dynamodb/memory-store.ts';
import { createDynamoRuleStore } from '../../../../lib/store/dynamodb/rule-store.ts';

export const NOW = epochMillis(1_763_700_000_000);
export const { signal } = new AbortController();
/** What the SDK's own exceptions are made from. */
export const about = { $metadata: {}, message: 'said the server' };
/** A condition that was refused. */
export const lost = new ConditionalCheckFailedException(about);
export const request = { name: 'leader', owner: 'me', duration: millis(1000), now: NOW };

/** Every store on a client that answers what a test says, for faults no real back end can be asked for. */
export function openMocked() {
  const client = documentClient(
    new DynamoDBClient({
      region: 'eu-central-1',
      endpoint: 'http://127.0.0.1:8000',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }),
  );
  const mock = mockClient(client);
  const table = { client, tableName: 'state' };
  return {
    mock,
    rules: createDynamoRuleStore({ client, tableName: 'rules' }),
    leases: createDynamoLeaseStore(table),
    memories: createDynamoMemoryStore({ ...table, random: () => 0.5 }),
    audit: createDynamoAuditLog({ ...table, clock: { now: () => NOW } }),
  };
}
