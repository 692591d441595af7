import { StoreError } from '../errors.ts';
import type { DynamoTable } from './client.ts';

type Code = StoreError['code'];

const DENIED = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);

const THROTTLED = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** Names of answers and codes of sockets that mean that there was no usable answer at all. */
const UNREACHABLE = new Set([
  'AbortError',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'InternalFailure',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
]);

const ADVICE: Readonly<Record<Code, string>> = {
  TABLE_MISSING:
    'Deploy the stack that makes it, or correct RULES_TABLE, STATE_TABLE, the region and AWS_ENDPOINT_URL_DYNAMODB.',
  STORE_DENIED: 'Check the role or the credentials this runs with, and the table in its policy.',
  STORE_THROTTLED: 'The next tick tries again; if it goes on, raise the capacity of the table.',
  STORE_UNREACHABLE:
    'The next tick tries again; if it goes on, check the endpoint, the network and the health of DynamoDB.',
  ITEM_TOO_LARGE: 'Make it smaller: DynamoDB keeps at most 400 KB an item.',
  STORE_REFUSED: 'Check that the table has the key and the shape that infra/tables.ts gives it.',
};

/** What the SDK throws, as far as it is looked at here. */
interface Thrown extends Error {
  readonly code?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function codeOf(error: Thrown): Code | undefined {
  const { name, code } = error;
  if (name === 'ResourceNotFoundException') return 'TABLE_MISSING';
  if (DENIED.has(name)) return 'STORE_DENIED';
  if (THROTTLED.has(name)) return 'STORE_THROTTLED';
  if (UNREACHABLE.has(name) || (typeof code === 'string' && UNREACHABLE.has(code))) {
    return 'STORE_UNREACHABLE';
  }
  if (name === 'ValidationException') {
    return /item size/i.test(error.message) ? 'ITEM_TOO_LARGE' : 'STORE_REFUSED';
  }
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (error.$fault === 'server' || status >= 500) return 'STORE_UNREACHABLE';
  return error.$fault === 'client' ? 'STORE_REFUSED' : undefined;
}

const WHAT: Readonly<Record<Code, string>> = {
  TABLE_MISSING: 'does not exist',
  STORE_DENIED: 'denied the request',
  STORE_THROTTLED: 'throttled the request',
  STORE_UNREACHABLE: 'gave no answer',
  ITEM_TOO_LARGE: 'refused an item as too large',
  STORE_REFUSED: 'refused the request',
};

/**
 * What `error` means for whoever asked, or `undefined` where it is nothing the store knows: a bug,
 * to be thrown on. The message names the table, where it was looked for, and what was answered.
 */
export async function toStoreError(
  error: unknown,
  table: DynamoTable,
): Promise<StoreError | undefined> {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const answer = code === 'TABLE_MISSING' ? '' : ` (${error.name}: ${error.message})`;
  const what = `table ${table.tableName} at ${await placeOf(table)} ${WHAT[code]}${answer}`;
  return new StoreError(code, what, ADVICE[code], { cause: error });
}

/** The endpoint and region a client talks to, for error texts; never fails. */
async function placeOf({ client }: DynamoTable): Promise<string> {
  try {
    const region = await client.config.region();
    const endpoint = await client.config.endpoint?.();
    if (endpoint === undefined) return `DynamoDB in ${region}`;
    const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
    return `${endpoint.protocol}//${endpoint.hostname}${port} in ${region}`;
  } catch {
    return 'DynamoDB in an unknown region';
  }
}
