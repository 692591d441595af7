import {
  InternalServerError,
  ItemCollectionSizeLimitExceededException,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';

import { StoreError } from '../../../../lib/store/errors.ts';
import { about, openMocked as open, signal } from './mocked-stores.ts';

/* What arrives here arrives after the client has tried as often as it may. */

const named = (name: string, more: object = {}) =>
  Object.assign(new Error('said the client'), { name, ...more });

describe('what DynamoDB answers becomes a StoreError with a code, a table and advice', () => {
  test.for<{ name: string; error: Error; code: string; retry: string }>([
    {
      name: 'a table that is missing',
      error: new ResourceNotFoundException(about),
      code: 'TABLE_MISSING',
      retry: 'never',
    },
    {
      name: 'throttling of a provisioned table',
      error: new ProvisionedThroughputExceededException(about),
      code: 'STORE_THROTTLED',
      retry: 'next-tick',
    },
    {
      name: 'throttling of an on-demand table',
      error: new ThrottlingException(about),
      code: 'STORE_THROTTLED',
      retry: 'next-tick',
    },
    {
      name: 'a failure of DynamoDB',
      error: new InternalServerError(about),
      code: 'STORE_UNREACHABLE',
      retry: 'next-tick',
    },
    {
      name: 'an HTTP 503 without a name of its own',
      error: named('UnknownError', { $fault: 'server', $metadata: { httpStatusCode: 503 } }),
      code: 'STORE_UNREACHABLE',
      retry: 'next-tick',
    },
    {
      name: 'no answer in time',
      error: named('TimeoutError', { code: 'ETIMEDOUT' }),
      code: 'STORE_UNREACHABLE',
      retry: 'next-tick',
    },
    {
      name: 'nobody listening',
      error: named('Error', { code: 'ECONNREFUSED' }),
      code: 'STORE_UNREACHABLE',
      retry: 'next-tick',
    },
    {
      name: 'a role without rights',
      error: named('AccessDeniedException', { $fault: 'client' }),
      code: 'STORE_DENIED',
      retry: 'never',
    },
    {
      name: 'no credentials anywhere',
      error: named('CredentialsProviderError'),
      code: 'STORE_DENIED',
      retry: 'never',
    },
    {
      name: 'a table with another key',
      error: named('ValidationException', { $fault: 'client' }),
      code: 'STORE_REFUSED',
      retry: 'never',
    },
    {
      name: 'a refusal that is not known by name',
      error: new ItemCollectionSizeLimitExceededException(about),
      code: 'STORE_REFUSED',
      retry: 'never',
    },
  ])('$name: $code', async ({ error, code, retry }) => {
    const { mock, memories, rules } = open();
    mock.rejects(error);
    const asked = memories.readSlot(0, signal);
    await expect(asked).rejects.toBeInstanceOf(StoreError);
    await expect(asked).rejects.toMatchObject({
      code,
      retry,
      cause: error,
      message: expect.stringMatching(
        /^table state at http:\/\/127\.0\.0\.1:8000 in eu-central-1 .+\. .+/,
      ),
    });
    await expect(rules.list(signal)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('table rules at'),
    });
  });

  test('a missing table says which one, where it was looked for, and what to do', async () => {
    const { mock, rules } = open();
    mock.rejects(new ResourceNotFoundException(about));
    await expect(rules.list(signal)).rejects.toThrow(
      'table rules at http://127.0.0.1:8000 in eu-central-1 does not exist. Deploy the stack that ' +
        'makes it, or correct RULES_TABLE, STATE_TABLE, the region and AWS_ENDPOINT_URL_DYNAMODB.',
    );
  });

  test('a rule above 400 KB is refused as too large', async () => {
    const { mock, rules } = open();
    const message = 'Item size has exceeded the maximum allowed size';
    mock.on(PutCommand).rejects(named('ValidationException', { message, $fault: 'client' }));
    await expect(rules.put({ id: 'big', attributes: {} }, signal)).rejects.toMatchObject({
      code: 'ITEM_TOO_LARGE',
      retry: 'never',
    });
  });

  test('a bug is thrown on as it is', async () => {
    const { mock, rules } = open();
    const bug = new TypeError('undefined is not a function');
    mock.rejects(bug);
    await expect(rules.list(signal)).rejects.toBe(bug);
  });
});

describe('a part is never answered for the whole', () => {
  const memory = (sk: string) => ({ pk: 'MEMORY#0', sk, v: 1, n: 1, w: 'x', m: '{}' });

  test('rules: the second page fails', async () => {
    const { mock, rules } = open();
    mock
      .on(ScanCommand)
      .resolvesOnce({ Items: [{ id: 'a' }], LastEvaluatedKey: { id: 'a' } })
      .rejects(new ThrottlingException(about));
    await expect(rules.list(signal)).rejects.toMatchObject({ code: 'STORE_THROTTLED' });
  });

  test('rules: an empty page in the middle is not the end', async () => {
    const { mock, rules } = open();
    mock
      .on(ScanCommand)
      .resolvesOnce({ Items: [{ id: 'b' }], LastEvaluatedKey: { id: 'b' } })
      .resolvesOnce({ Items: [], LastEvaluatedKey: { id: 'c' } })
      .resolves({ Items: [{ id: 'a' }] });
    expect((await rules.list(signal)).map(({ id }) => id)).toEqual(['a', 'b']);
    const starts = mock
      .commandCalls(ScanCommand)
      .map(({ args }) => args[0].input.ExclusiveStartKey);
    expect(starts).toEqual([undefined, { id: 'b' }, { id: 'c' }]);
  });

  test('a slot: the second page fails', async () => {
    const { mock, memories } = open();
    mock
      .on(QueryCommand)
      .resolvesOnce({ Items: [memory('a')], LastEvaluatedKey: { pk: 'MEMORY#0', sk: 'a' } })
      .rejects(new InternalServerError(about));
    await expect(memories.readSlot(0, signal)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });

  test('pages without an end are given up', async () => {
    const { mock, memories } = open();
    mock.on(QueryCommand).resolves({ Items: [], LastEvaluatedKey: { pk: 'MEMORY#0', sk: 'a' } });
    await expect(memories.readSlot(0, signal)).rejects.toThrow(/still had more after 1000 pages/);
    expect(mock.commandCalls(QueryCommand)).toHaveLength(1000);
  });
});
