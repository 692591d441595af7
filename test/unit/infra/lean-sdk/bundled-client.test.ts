import { Readable } from 'node:stream';

import * as sdk from '@aws-sdk/client-dynamodb';
import * as documents from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { createDynamoClient, type DynamoOptions } from '../../../../lib/store/dynamodb/client.ts';
import { bundleOf, moduleOf, removeBundles } from './bundle-of.ts';

/*
 * A bundled client of DynamoDB does what the SDK does as it was published: the same modules, once
 * imported from node_modules and once from a bundle, send the same and make the same of an answer.
 */
interface Parts {
  readonly createDynamoClient: typeof createDynamoClient;
  readonly documents: typeof documents;
  readonly DynamoDBClient: typeof sdk.DynamoDBClient;
}

const published: Parts = { createDynamoClient, documents, DynamoDBClient: sdk.DynamoDBClient };
let bundled: Parts;

beforeAll(async () => {
  bundled = await bundleOf<Parts>(
    'store',
    `export { createDynamoClient } from ${moduleOf('lib/store/dynamodb/client.ts')};
     export * as documents from ${moduleOf('node_modules/@aws-sdk/lib-dynamodb/dist-es/index.js')};
     export { DynamoDBClient } from ${moduleOf('node_modules/@aws-sdk/client-dynamodb/dist-es/index.js')};`,
  );
}, 60_000);
afterAll(removeBundles);
afterEach(() => {
  vi.useRealTimers();
});

interface Answer {
  readonly status: number;
  readonly body: object;
}

interface Sent {
  readonly hostname: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const OPTIONS: DynamoOptions = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' },
};

/** A client that gets `answer` to whatever it sends, without a network. */
function clientOf(parts: Parts, answer: Answer, options = OPTIONS) {
  const client = parts.createDynamoClient(options);
  const sent: Sent[] = [];
  type Request = Omit<Sent, 'body'> & { readonly body: Uint8Array };
  const handle = async ({ hostname, headers, body }: Request) => {
    sent.push({ hostname, headers: { ...headers }, body: Buffer.concat([body]).toString() });
    const text = Buffer.from(JSON.stringify(answer.body));
    const answered = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'R1' };
    return {
      response: { statusCode: answer.status, headers: answered, body: Readable.from([text]) },
    };
  };
  Object.assign(client.config, { requestHandler: { handle } });
  return { client, sent };
}

const KEY = { pk: 'RULE#orders', sk: 'é\u2028"' };
const LEASE = {
  ...KEY,
  n: 1.5,
  b: new Uint8Array([1, 2, 250]),
  s: new Set(['a']),
  l: [null, true, {}],
};
const CONDITION = {
  ConditionExpression: '#t < :t',
  ExpressionAttributeNames: { '#t': 'token' },
  ExpressionAttributeValues: { ':t': 12_345_678_901n },
};
const TableName = 'rubato-state';
type Client = documents.DynamoDBDocumentClient;
type Send = (client: Client, of: typeof documents) => Promise<object>;
const OPERATIONS: readonly (readonly [string, Send])[] = [
  [
    'Get',
    (client, of) => client.send(new of.GetCommand({ TableName, Key: KEY, ConsistentRead: true })),
  ],
  ['Put', (client, of) => client.send(new of.PutCommand({ TableName, Item: LEASE, ...CONDITION }))],
  [
    'Update',
    (client, of) =>
      client.send(
        new of.UpdateCommand({
          TableName,
          Key: KEY,
          UpdateExpression: 'SET #t = :t',
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ...CONDITION,
        }),
      ),
  ],
  [
    'Delete',
    (client, of) => client.send(new of.DeleteCommand({ TableName, Key: KEY, ...CONDITION })),
  ],
  [
    'Query',
    (client, of) =>
      client.send(
        new of.QueryCommand({
          TableName,
          KeyConditionExpression: '#t = :t',
          ExpressionAttributeNames: { '#t': 'pk' },
          ExpressionAttributeValues: { ':t': 'RULE' },
          ExclusiveStartKey: KEY,
          ScanIndexForward: false,
          Limit: 7,
        }),
      ),
  ],
  [
    'Scan',
    (client, of) => client.send(new of.ScanCommand({ TableName, ReturnConsumedCapacity: 'TOTAL' })),
  ],
];
const STORED = {
  pk: { S: 'x' },
  n: { N: '12345678901234567890' },
  b: { B: 'AQL6' },
  s: { SS: ['a'] },
};
const ANSWER: Answer = {
  status: 200,
  body: {
    Item: STORED,
    Attributes: { m: { M: { l: { L: [{ NULL: true }, { M: STORED }] } } } },
    Items: [STORED, {}],
    Count: 2,
    LastEvaluatedKey: { pk: { S: 'x' } },
    ConsumedCapacity: { TableName: 't', CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } },
  },
};

interface Signing {
  readonly input: object;
  readonly request: unknown;
}
interface Signed {
  readonly response: unknown;
  readonly output: documents.ServiceOutputTypes;
}

/** Takes from the requests of `client`, before it signs them, what is never twice the same. */
function signAlike(client: Client): void {
  client.middlewareStack.addRelativeTo(
    (next: (args: Signing) => Promise<Signed>) => (args: Signing) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['amz-sdk-invocation-id'] = 'same';
      // The SDK's CommonJS says another version of itself than its ES modules do.
      for (const name of ['user-agent', 'x-amz-user-agent']) {
        headers[name] = headers[name]?.replaceAll(/(js\/|#)3\.\d+\.\d+/g, '$13') ?? '';
      }
      return next(args);
    },
    { relation: 'before', toMiddleware: 'httpSigningMiddleware' },
  );
}

describe('a bundled client of DynamoDB', () => {
  test.each(OPERATIONS)('sends and reads %s as the SDK does, signed alike', async (_, send) => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-29T01:00:00Z') });
    const run = async (parts: Parts) => {
      const { client, sent } = clientOf(parts, ANSWER);
      // What is signed and differs each time.
      signAlike(client);
      const answer = await send(client, parts.documents);
      return { sent, answer };
    };
    const [own, theirs] = [await run(bundled), await run(published)];
    expect(own).toEqual(theirs);
    const [first] = own.sent;
    expect(first?.hostname).toBe('dynamodb.eu-west-1.amazonaws.com');
    expect(first?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260329\/eu-west-1\/dynamodb\/aws4_request, /,
    );
    expect(first?.headers['amz-sdk-invocation-id']).toBe('same');
    expect(first?.headers['user-agent']).toMatch(/^aws-sdk-js\/3 /);
  });

  const own = Object.keys(sdk).filter((name) =>
    /(?<!Service)Exception$|^InternalServerError$|^RequestLimitExceeded$/.test(name),
  );
  const ERRORS = [...own, 'ValidationException', 'UnrecognizedClientException', 'InternalFailure'];

  test('meets every error that the SDK has a class for', () => {
    expect(own.length).toBeGreaterThanOrEqual(35);
    expect(own).toContain('ConditionalCheckFailedException');
  });

  test.each(ERRORS)('names %s as the SDK does and tries as often', async (name) => {
    const status = name.startsWith('Internal') ? 500 : 400;
    const prefix = name.endsWith('ClientException')
      ? 'com.amazon.coral.service'
      : 'com.amazonaws.dynamodb.v20120810';
    const body = { __type: `${prefix}#${name}`, message: `about ${name}`, Item: STORED };
    const run = async (parts: Parts) => {
      const { client, sent } = clientOf(parts, { status, body });
      const get = new parts.documents.GetCommand({ TableName, Key: KEY });
      const error = await client.send(get).then(
        () => undefined,
        (thrown: sdk.DynamoDBServiceException) => thrown,
      );
      return {
        isError: error instanceof Error,
        name: error?.name,
        message: error?.message,
        fault: error?.$fault,
        status: error?.$metadata.httpStatusCode,
        requestId: error?.$metadata.requestId,
        attempts: error?.$metadata.attempts,
        sent: sent.length,
      };
    };
    const [ours, theirs] = await Promise.all([run(bundled), run(published)]);
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({ isError: true, name, message: `about ${name}`, status });
  });

  test('slows itself down when it is told to retry adaptively', async () => {
    for (const retryMode of ['standard', 'adaptive']) {
      const client = new bundled.DynamoDBClient({ region: 'eu-west-1', retryMode });
      const { mode } = (await client.config.retryStrategy()) as { mode?: string };
      expect(mode).toBe(retryMode);
    }
  });

  test('finds an endpoint that needs the SDK’s rules', async () => {
    const { client, sent } = clientOf(bundled, ANSWER, { ...OPTIONS, region: 'cn-north-1' });
    await client.send(new bundled.documents.GetCommand({ TableName, Key: KEY }));
    expect(sent.map(({ hostname }) => hostname)).toEqual(['dynamodb.cn-north-1.amazonaws.com.cn']);
  });
});
