import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';

import { epochMillis, millis } from '../../lib/model/units.ts';
import { contentHash } from '../../lib/rule/content-hash.ts';
import { type Consumed, countConsumed } from '../../lib/store/dynamodb/client.ts';
import { createDynamoLeaseStore } from '../../lib/store/dynamodb/lease-store.ts';
import { createDynamoMemoryStore } from '../../lib/store/dynamodb/memory-store.ts';
import { createDynamoRuleStore } from '../../lib/store/dynamodb/rule-store.ts';
import { dynamoContracts, freshTables } from '../contract/dynamo.ts';

const { DYNAMODB_ENDPOINT: endpoint = '', CI } = process.env;
const { signal } = new AbortController();
const NOW = epochMillis(1_763_700_000_000);

describe.runIf(CI && endpoint === '')('DynamoDB Local', () => {
  test('is there', () => {
    expect(endpoint, 'DYNAMODB_ENDPOINT is not set: test/backends/run starts the server').not.toBe(
      '',
    );
  });
});

describe.skipIf(endpoint === '')('DynamoDB Local (DYNAMODB_ENDPOINT)', () => {
  dynamoContracts('DynamoDB Local', () => endpoint);

  test('the rules have their stream, and only the state has a time to live', async () => {
    const { rules, state } = await freshTables(endpoint);
    const { Table } = await rules.client.send(
      new DescribeTableCommand({ TableName: rules.tableName }),
    );
    expect(Table?.StreamSpecification).toEqual({
      StreamEnabled: true,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
    const timeToLive = async (TableName: string) => {
      const describeIt = new DescribeTimeToLiveCommand({ TableName });
      return (await rules.client.send(describeIt)).TimeToLiveDescription;
    };
    expect(await timeToLive(state.tableName)).toMatchObject({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expiresAt',
    });
    expect(await timeToLive(rules.tableName)).toMatchObject({ TimeToLiveStatus: 'DISABLED' });
  });

  test('1,000 idle rules cost a tick 2 write units and less than half of 250 read units', async () => {
    const { rules, state } = await freshTables(endpoint);
    const ruleStore = createDynamoRuleStore(rules);
    const memories = createDynamoMemoryStore({ ...state, random: Math.random });
    const leases = createDynamoLeaseStore(state);
    const fill = async (index: number): Promise<void> => {
      const id = `rule-${index}`;
      const attributes = {
        target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: id },
        metrics: { lag: { kind: 'kafka-lag', connection: 'main', topic: id, group: id } },
        replicas: 'ceil(lag.lag / 100)',
        max: 'min(20, lag.partitions)',
        idle: '5m',
      };
      await ruleStore.put({ id, attributes }, signal);
      const status = { state: 'valid', since: NOW, of: contentHash(attributes) } as const;
      await ruleStore.report({ id, attributes, status: undefined }, status, signal);
      const memory = 'm'.repeat(200);
      await memories.write({ slot: 0, key: id, expected: 0, memory, intent: undefined }, signal);
    };
    for (let from = 0; from < 1000; from += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => fill(from + index)));
    }

    const seen: Consumed[] = [];
    countConsumed(rules.client, (consumed) => seen.push(consumed));
    const request = { name: 'leader', owner: 'a', duration: millis(60_000), now: NOW };
    const attempt = await leases.acquire(request, signal);
    if (!attempt.held) throw new Error('expected the lease');
    expect(await ruleStore.list(signal)).toHaveLength(1000);
    expect((await memories.readSlot(0, signal)).size).toBe(1000);
    await leases.release(attempt.lease, epochMillis(NOW + 1000), signal);

    const total = (kind: 'read' | 'write') => seen.reduce((sum, each) => sum + each[kind], 0);
    expect(total('write')).toBe(2);
    expect(total('read')).toBeGreaterThan(0);
    expect(total('read')).toBeLessThan(125);
  });
});
