import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';

import { type EmbeddedStore, startEmbeddedStore } from '../../../../infra/dev/dynalite.ts';
import { createTables } from '../../../../infra/tables.ts';
import {
  type Consumed,
  countConsumed,
  createDynamoClient,
} from '../../../../lib/store/dynamodb/client.ts';
import { createDynamoMemoryStore } from '../../../../lib/store/dynamodb/memory-store.ts';
import { createDynamoRuleStore } from '../../../../lib/store/dynamodb/rule-store.ts';

const { signal } = new AbortController();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const clientFor = (endpoint: string, timeoutMs = 3000) =>
  createDynamoClient({
    region: 'eu-central-1',
    endpoint,
    timeoutMs,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const listRules = (endpoint: string, over: AbortSignal) =>
  createDynamoRuleStore({ client: clientFor(endpoint), tableName: 'rules' }).list(over);

describe('a DynamoDB that hangs', () => {
  const head = { 'content-type': 'application/x-amz-json-1.0', 'content-length': '1000' };

  test.for<{ name: string; answer: http.RequestListener }>([
    { name: 'it takes the request and never answers', answer: () => {} },
    {
      name: 'it begins to answer and stalls',
      answer: (_, response) => {
        response.writeHead(200, head).write('{"Items":[');
      },
    },
  ])('a tick that is over is not held up: $name', async ({ answer }) => {
    const endpoint = await serve(answer);
    const began = performance.now();
    await expect(listRules(endpoint, AbortSignal.timeout(200))).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
    });
    expect(performance.now() - began).toBeLessThan(1500);
  });

  test.for<{ name: string; answer: http.RequestListener }>([
    { name: 'never answers', answer: () => {} },
    {
      name: 'stalls in the answer',
      answer: (_, response) => {
        response.writeHead(200, head).write('{"Items":[');
      },
    },
  ])('without a signal it ends by its own timeouts: $name', async ({ answer }) => {
    const endpoint = await serve(answer);
    const began = performance.now();
    const store = createDynamoRuleStore({ client: clientFor(endpoint, 200), tableName: 'rules' });
    await expect(store.list(signal)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    // Three attempts of 200 ms each, and the waits between them.
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('nobody listens: the error names the endpoint', async () => {
    await expect(listRules('http://127.0.0.1:9', signal)).rejects.toThrow(
      /^table rules at http:\/\/127\.0\.0\.1:9 in eu-central-1 gave no answer \(.*ECONNREFUSED/,
    );
  });

  test('it fails twice and then answers: the caller sees only the answer', async () => {
    let requests = 0;
    const endpoint = await serve((request, response) => {
      request.resume();
      requests += 1;
      if (requests < 3) response.writeHead(500).end('{}');
      else response.end('{"Items":[{"id":{"S":"a"}}]}');
    });
    expect(await listRules(endpoint, signal)).toHaveLength(1);
  });

  test('it throttles and goes on throttling: three attempts, then STORE_THROTTLED', async () => {
    let requests = 0;
    const endpoint = await serve((request, response) => {
      request.resume();
      requests += 1;
      response
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
        .end('{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow"}');
    });
    await expect(listRules(endpoint, signal)).rejects.toMatchObject({ code: 'STORE_THROTTLED' });
    expect(requests).toBe(3);
  });
});

describe('what requests cost', () => {
  async function counted() {
    const store: EmbeddedStore = await startEmbeddedStore({ port: 0 });
    open.push(store);
    const client = clientFor(store.endpoint);
    await createTables(client, { rules: 'rules', state: 'state' });
    const seen: Consumed[] = [];
    countConsumed(client, (consumed) => seen.push(consumed));
    return { client, seen };
  }

  test('reads and writes are told apart, by table and request', async () => {
    const { client, seen } = await counted();
    const store = createDynamoMemoryStore({
      client,
      tableName: 'state',
      random: () => 0,
    });
    const write = { slot: 0, key: 'a', expected: 0, memory: 'm'.repeat(3000), intent: undefined };
    await store.write(write, signal);
    await store.readSlot(0, signal);
    await createDynamoRuleStore({ client, tableName: 'rules' }).list(signal);
    expect(seen).toEqual([
      { table: 'state', command: 'PutItemCommand', read: 0, write: 3 },
      { table: 'state', command: 'QueryCommand', read: 0.5, write: 0 },
      // dynalite takes nothing for an empty table; DynamoDB takes 0.5.
      { table: 'rules', command: 'ScanCommand', read: 0, write: 0 },
    ]);
  });

  test('a refused condition is not reported by DynamoDB, and what is asked otherwise stays', async () => {
    const { client, seen } = await counted();
    const update = new UpdateCommand({
      TableName: 'state',
      Key: { pk: 'a', sk: 'b' },
      UpdateExpression: 'SET #x = :x',
      ConditionExpression: 'attribute_exists(#x)',
      ExpressionAttributeNames: { '#x': 'x' },
      ExpressionAttributeValues: { ':x': 1 },
      ReturnValues: 'ALL_NEW',
    });
    await expect(client.send(update)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
    expect(seen).toEqual([]);
    await client.send(new GetCommand({ TableName: 'state', Key: { pk: 'a', sk: 'b' } }));
    expect(seen).toEqual([{ table: 'state', command: 'GetItemCommand', read: 0.5, write: 0 }]);
    expect(new QueryCommand({ TableName: 'state' }).input).not.toHaveProperty(
      'ReturnConsumedCapacity',
    );
  });
});
