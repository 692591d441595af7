import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type EmbeddedStore, startEmbeddedStore } from '../../../../infra/dev/dynalite.ts';
import { createTables } from '../../../../infra/tables.ts';
import { epochMillis } from '../../../../lib/model/units.ts';
import { contentHash } from '../../../../lib/rule/content-hash.ts';
import { documentClient } from '../../../../lib/store/dynamodb/client.ts';
import { createDynamoRuleStore } from '../../../../lib/store/dynamodb/rule-store.ts';
import type { RuleItem, RuleStore } from '../../../../lib/store/rule-store.ts';

/* Rules are edited by hand in a console that offers every type DynamoDB has. */

const { signal } = new AbortController();
let embedded: EmbeddedStore | undefined;
let client: DynamoDBClient;
let store: RuleStore;

beforeAll(async () => {
  embedded = await startEmbeddedStore({ port: 0 });
  client = new DynamoDBClient({
    region: 'local',
    endpoint: embedded.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await createTables(client, { rules: 'rules', state: 'state' });
  store = createDynamoRuleStore({ client: documentClient(client), tableName: 'rules' });
});
afterAll(async () => {
  await embedded?.close();
});

async function written(value: AttributeValue): Promise<RuleItem> {
  await client.send(new PutItemCommand({ TableName: 'rules', Item: { id: { S: 'odd' }, value } }));
  const [item] = await store.list(signal);
  if (!item) throw new Error('expected the item');
  return item;
}

test.for<{ name: string; value: AttributeValue; read: unknown }>([
  { name: 'a string set', value: { SS: ['mon', 'tue'] }, read: new Set(['mon', 'tue']) },
  { name: 'a number set', value: { NS: ['2', '10'] }, read: new Set([2, 10]) },
  { name: 'bytes', value: { B: new Uint8Array([1, 2]) }, read: new Uint8Array([1, 2]) },
  { name: 'a null', value: { NULL: true }, read: null },
  { name: 'an empty text', value: { S: '' }, read: '' },
  { name: 'a number', value: { N: '0.1' }, read: 0.1 },
  { name: 'the greatest safe number', value: { N: '9007199254740991' }, read: 2 ** 53 - 1 },
  { name: 'a greater one', value: { N: '9007199254740993' }, read: 9_007_199_254_740_993n },
  {
    name: 'sets deep inside',
    value: { M: { windows: { L: [{ M: { days: { SS: ['mon'] } } }] } } },
    read: { windows: [{ days: new Set(['mon']) }] },
  },
])('$name stops no list, can carry a verdict, and is the same when put back', async (row) => {
  const item = await written(row.value);
  expect(item.attributes).toEqual({ value: row.read });
  const of = contentHash(item.attributes);
  await store.report(item, { state: 'valid', since: epochMillis(1), of }, signal);
  expect((await store.get('odd', signal))?.status).toEqual({ state: 'valid', since: 1, of });
  await store.put(item, signal);
  expect(contentHash((await store.get('odd', signal))?.attributes)).toBe(of);
});

test('a number with more figures than a number has is rounded, and stops no list', async () => {
  const item = await written({ N: '12345678901234567890.5' });
  expect(item.attributes).toEqual({ value: 12_345_678_901_234_567_000 });
  await expect(store.put(item, signal)).resolves.toBeUndefined();
});

test('a status that comes along with what is put is not believed', async () => {
  const status = { state: 'valid', since: 1, of: contentHash({ min: 1 }) };
  await store.put({ id: 'odd', attributes: { min: 1, status } }, signal);
  expect(await store.get('odd', signal)).toEqual({
    id: 'odd',
    attributes: { min: 1 },
    status: undefined,
  });
});
