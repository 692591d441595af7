import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Reaching the endpoint takes a few milliseconds. This is far more because the SDK's count includes
 * the wait for one of its 50 sockets, and a process that is short of time counts its own delays as
 * the endpoint's: with 1 s, 300 writes at once on a busy machine were refused by nobody but this.
 */
const CONNECT_TIMEOUT_MS = 2500;
/** DynamoDB answers in tens of milliseconds; a 1 MB page on a slow link still makes this. */
const REQUEST_TIMEOUT_MS = 3000;
/** The SDK waits a little longer before each try, so a throttled table has about a second in all. */
const MAX_ATTEMPTS = 3;

/** Where DynamoDB is reached and as whom; what is absent comes from the SDK's usual sources. */
export interface DynamoOptions {
  readonly region: string | undefined;
  /** A URL, for the embedded stack or DynamoDB Local. */
  readonly endpoint?: string | undefined;
  /** How long one attempt may take; 3 s unless given. */
  readonly timeoutMs?: number;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** One table and the client that reaches it: what every adapter of this folder is made from. */
export interface DynamoTable {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}

/** A client whose every request ends: by its timeout, by its third attempt, or by the given signal. */
export function createDynamoClient(options: DynamoOptions): DynamoDBDocumentClient {
  const { region, endpoint, credentials, timeoutMs = REQUEST_TIMEOUT_MS } = options;
  const client = new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: timeoutMs,
      // Covers an answer that begins and then stalls, which the request's timeout does not.
      socketTimeout: timeoutMs,
      // Without it the handler only logs a warning and goes on waiting.
      throwOnRequestTimeout: true,
    },
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return documentClient(client);
}

/**
 * `client` speaking plain values: lists, maps, texts, numbers and flags as they are, sets as Set,
 * bytes as Uint8Array. Whatever somebody wrote into an item, reading it never throws, for the
 * others would not be read then either.
 */
export function documentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
    unmarshallOptions: { wrapNumbers: readNumber },
  });
}

/**
 * A DynamoDB number, which has up to 38 figures: a bigint where it is whole and too great for a
 * number. The SDK's own conversion throws for `12345678901234567890.5`.
 */
function readNumber(text: string): number | bigint {
  const value = Number(text);
  const isKept = Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return isKept || !/^-?\d+$/.test(text) ? value : BigInt(text);
}

/** What one answered request cost, in capacity units; of a refused condition DynamoDB tells nothing. */
export interface Consumed {
  readonly table: string;
  /** The SDK's name of the request that went out, `QueryCommand` or `PutItemCommand`. */
  readonly command: string;
  readonly read: number;
  readonly write: number;
}

const READS = new Set(['GetItemCommand', 'QueryCommand', 'ScanCommand']);
const WRITES = new Set(['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand']);

interface Total {
  readonly TableName?: string;
  readonly CapacityUnits?: number;
}

/**
 * Has DynamoDB tell what each request of `client` cost, and passes it on. Call it once per client,
 * before the first request.
 */
export function countConsumed(
  client: DynamoDBDocumentClient,
  onConsumed: (consumed: Consumed) => void,
): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = context.commandName ?? '';
      const isRead = READS.has(command);
      if (!isRead && !WRITES.has(command)) return next(args);
      const answer = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' },
      });
      const { ConsumedCapacity } = answer.output as { readonly ConsumedCapacity?: Total };
      const { TableName = '', CapacityUnits = 0 } = ConsumedCapacity ?? {};
      const [read, write] = isRead ? [CapacityUnits, 0] : [0, CapacityUnits];
      onConsumed({ table: TableName, command, read, write });
      return answer;
    },
    { name: 'countConsumed', step: 'initialize', override: true },
  );
}
