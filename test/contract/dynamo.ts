import { UpdateCommand } from '@aws-sdk/lib-dynamodb';

import { createTables } from '../../infra/tables.ts';
import { createDynamoAuditLog } from '../../lib/store/dynamodb/audit-log.ts';
import { createDynamoClient, type DynamoTable } from '../../lib/store/dynamodb/client.ts';
import { createDynamoLastGoodStore } from '../../lib/store/dynamodb/last-good.ts';
import { createDynamoLeaseStore } from '../../lib/store/dynamodb/lease-store.ts';
import { createDynamoMemoryStore } from '../../lib/store/dynamodb/memory-store.ts';
import { createDynamoRuleStore } from '../../lib/store/dynamodb/rule-store.ts';
import { auditLogContract } from './audit-log.contract.ts';
import { lastGoodContract } from './last-good.contract.ts';
import { leaseStoreContract } from './lease-store.contract.ts';
import { memoryStoreContract } from './memory-store.contract.ts';
import {
  ruleStoreContract,
  type RuleStoreSetting,
  writableRuleStoreContract,
} from './rule-store.contract.ts';

export interface FreshTables {
  readonly rules: DynamoTable;
  readonly state: DynamoTable;
}

let made = 0;

/** Both tables, empty, at an endpoint of this machine. */
export async function freshTables(endpoint: string): Promise<FreshTables> {
  made += 1;
  const client = createDynamoClient({
    region: 'eu-central-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const names = {
    rules: `rules-${process.pid}-${made}`,
    state: `state-${process.pid}-${made}`,
  };
  await createTables(client, names);
  return {
    rules: { client, tableName: names.rules },
    state: { client, tableName: names.state },
  };
}

async function openRules(endpoint: string): Promise<RuleStoreSetting> {
  const { rules } = await freshTables(endpoint);
  const { client, tableName: TableName } = rules;
  const store = createDynamoRuleStore(rules);
  const { signal } = new AbortController();
  return {
    store,
    async edit(id, attributes) {
      const old = Object.keys((await store.get(id, signal))?.attributes ?? {});
      const gone = old.filter((key) => !Object.hasOwn(attributes, key));
      const names = [...gone, ...Object.keys(attributes)];
      const sets = Object.keys(attributes).map((_, at) => `#a${gone.length + at} = :a${at}`);
      const removes = gone.map((_, at) => `#a${at}`);
      await client.send(
        new UpdateCommand({
          TableName,
          Key: { id },
          UpdateExpression:
            `SET ${sets.join()}` + (gone.length > 0 ? ` REMOVE ${removes.join()}` : ''),
          ExpressionAttributeNames: Object.fromEntries(names.map((key, at) => [`#a${at}`, key])),
          ExpressionAttributeValues: Object.fromEntries(
            Object.values(attributes).map((value, at) => [`:a${at}`, value]),
          ),
        }),
      );
    },
    erase: (id) => store.remove(id, signal),
  };
}

/** Every contract of the store on one kind of DynamoDB; `endpoint` is asked when tests run. */
export function dynamoContracts(name: string, endpoint: () => string): void {
  const state = async () => (await freshTables(endpoint())).state;
  ruleStoreContract(name, () => openRules(endpoint()));
  writableRuleStoreContract(name, () => openRules(endpoint()));
  memoryStoreContract(name, async () =>
    createDynamoMemoryStore({ ...(await state()), random: Math.random }),
  );
  leaseStoreContract(name, async () => createDynamoLeaseStore(await state()));
  auditLogContract(name, async (now) =>
    createDynamoAuditLog({ ...(await state()), clock: { now } }),
  );
  lastGoodContract(name, async () => createDynamoLastGoodStore(await state()));
}
