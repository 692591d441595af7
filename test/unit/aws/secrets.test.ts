import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';

import { SecretError } from '../../../lib/aws/secret-error.ts';
import { createSecretSource } from '../../../lib/aws/secrets.ts';
import type { SecretReference } from '../../../lib/model/secrets.ts';
import { type EpochMillis, epochMillis, later, seconds } from '../../../lib/model/units.ts';

const CANARY = 'canary-hunter2-canary';
const ssm = mockClient(SSMClient);
const manager = mockClient(SecretsManagerClient);
const never = new AbortController().signal;

let now: EpochMillis = epochMillis(0);
const clock = { now: () => now, sleep: () => Promise.reject(new Error('nobody sleeps here')) };
const source = (env: Readonly<Record<string, string>> = {}) =>
  createSecretSource({ env, clock, region: 'eu-west-1' });

beforeEach(() => {
  ssm.reset();
  manager.reset();
  now = epochMillis(1_000_000);
});

const parameter = (name: string): SecretReference => ({ from: 'ssm', name });
const secret = (name: string): SecretReference => ({ from: 'secretsmanager', name });

/** An exception as the SDK throws it. */
const awsError = (name: string, status?: number): Error =>
  Object.assign(new Error(`${name} about ${CANARY}`), {
    name,
    $metadata: status === undefined ? {} : { httpStatusCode: status },
    $response: { body: CANARY },
  });

async function failure(resolving: Promise<unknown>): Promise<SecretError> {
  const error: unknown = await resolving.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SecretError)) throw new Error(`no SecretError but ${String(error)}`);
  return error;
}

describe('a secret', () => {
  test('comes from the environment that was given', async () => {
    const answer = source({ TOKEN: CANARY }).resolve({ from: 'env', name: 'TOKEN' }, never);
    expect(await answer).toBe(CANARY);
  });

  test('comes decrypted from Parameter Store', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: CANARY } });
    expect(await source().resolve(parameter('/kafka'), never)).toBe(CANARY);
    expect(ssm.commandCalls(GetParameterCommand)[0]?.args[0].input).toEqual({
      Name: '/kafka',
      WithDecryption: true,
    });
  });

  test('comes from Secrets Manager, two keys of one with one request', async () => {
    manager
      .on(GetSecretValueCommand, { SecretId: 'shop' })
      .resolves({ SecretString: JSON.stringify({ user: 'ann', password: CANARY }) });
    const secrets = source();
    expect(await secrets.resolve(secret('shop#password'), never)).toBe(CANARY);
    expect(await secrets.resolve(secret('shop#user'), never)).toBe('ann');
    expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  test('is fetched once by all who ask at once, and once in five minutes', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'old' } });
    const secrets = source();
    const ask = () => secrets.resolve(parameter('/kafka'), never);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['old', 'old', 'old']);
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'new' } });
    now = later(now, seconds(299));
    expect(await ask()).toBe('old');
    expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(1);
    now = later(now, seconds(1));
    expect(await ask()).toBe('new');
    expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(2);
  });

  test('is asked for again after a failure, which is not kept', async () => {
    ssm
      .on(GetParameterCommand)
      .rejectsOnce(awsError('ThrottlingException', 400))
      .resolves({ Parameter: { Value: 'here' } });
    const secrets = source();
    expect(await failure(secrets.resolve(parameter('/a'), never))).toMatchObject({
      code: 'SECRET_THROTTLED',
      retry: 'next-tick',
    });
    expect(await secrets.resolve(parameter('/a'), never)).toBe('here');
  });

  test('is one of at most 100 that are kept, the oldest goes first', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'x' } });
    const secrets = source();
    for (let at = 0; at <= 100; at += 1) await secrets.resolve(parameter(`/${at}`), never);
    await secrets.resolve(parameter('/1'), never);
    expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(101);
    await secrets.resolve(parameter('/0'), never);
    expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(102);
  });

  test('that is no longer waited for by one is still brought to the other', async () => {
    const { promise, resolve } = Promise.withResolvers<{ Parameter: { Value: string } }>();
    ssm.on(GetParameterCommand).callsFake(() => promise);
    const secrets = source();
    const leaving = new AbortController();
    const left = secrets.resolve(parameter('/a'), leaving.signal);
    const stayed = secrets.resolve(parameter('/a'), never);
    leaving.abort(new Error('the tick ends'));
    await expect(left).rejects.toThrow('the tick ends');
    resolve({ Parameter: { Value: 'here' } });
    expect(await stayed).toBe('here');
    expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(1);
  });

  test('that hangs is given up with its last asker, and asked for anew by the next', async () => {
    ssm.on(GetParameterCommand).callsFake(() => new Promise(() => {}));
    const secrets = source();
    const leaving = new AbortController();
    const left = secrets.resolve(parameter('/a'), leaving.signal);
    // The client is loaded first.
    await expect.poll(() => ssm.commandCalls(GetParameterCommand).length).toBe(1);
    leaving.abort(new Error('the tick ends'));
    await expect(left).rejects.toThrow('the tick ends');
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'here' } });
    expect(await secrets.resolve(parameter('/a'), never)).toBe('here');
  });

  test('is not even asked for when the tick has ended', async () => {
    const resolving = source({ A: 'x' }).resolve({ from: 'env', name: 'A' }, AbortSignal.abort());
    await expect(resolving).rejects.toThrow('aborted');
  });
});

describe('a secret that cannot be had', () => {
  test.for([
    { status: undefined, name: 'ParameterNotFound', code: 'SECRET_MISSING', retry: 'never' },
    { status: 400, name: 'ParameterVersionNotFound', code: 'SECRET_MISSING', retry: 'never' },
    { status: 400, name: 'ValidationException', code: 'SECRET_MISSING', retry: 'never' },
    { status: 400, name: 'AccessDeniedException', code: 'SECRET_DENIED', retry: 'never' },
    { status: 400, name: 'InvalidKeyId', code: 'SECRET_DENIED', retry: 'never' },
    { status: 400, name: 'ExpiredTokenException', code: 'SECRET_DENIED', retry: 'never' },
    { status: undefined, name: 'CredentialsProviderError', code: 'SECRET_DENIED', retry: 'never' },
    { status: 403, name: 'Forbidden', code: 'SECRET_DENIED', retry: 'never' },
    { status: 400, name: 'ThrottlingException', code: 'SECRET_THROTTLED', retry: 'next-tick' },
    { status: 500, name: 'InternalServerError', code: 'SECRET_UNREACHABLE', retry: 'next-tick' },
    { status: undefined, name: 'TimeoutError', code: 'SECRET_UNREACHABLE', retry: 'next-tick' },
    { status: 200, name: 'SyntaxError', code: 'SECRET_UNREACHABLE', retry: 'next-tick' },
  ])(
    'because of $name ($status) is $code, named and not shown',
    async ({ status, name, code, retry }) => {
      ssm.on(GetParameterCommand).rejects(awsError(name, status));
      const error = await failure(source().resolve(parameter('/shop/kafka'), never));
      expect(error).toMatchObject({ code, retry });
      expect(error.message).toContain('ssm:/shop/kafka');
    },
  );

  test.for([
    { name: 'a variable that is not set', reference: { from: 'env', name: 'NOPE' } },
    { name: 'a variable that is empty', reference: { from: 'env', name: 'EMPTY' } },
    { name: 'a property of every object', reference: { from: 'env', name: 'constructor' } },
  ] as const)('because it is $name, is SECRET_MISSING', async ({ reference }) => {
    const error = await failure(source({ EMPTY: '' }).resolve(reference, never));
    expect(error.code).toBe('SECRET_MISSING');
    expect(error.message).toContain(`env:${reference.name}`);
  });

  test.for([
    { name: 'text that is no JSON', text: CANARY },
    { name: 'JSON without the key', text: JSON.stringify({ other: CANARY }) },
    { name: 'JSON with something else under the key', text: `{"password":["${CANARY}"]}` },
    { name: 'a JSON text', text: JSON.stringify(CANARY) },
    { name: 'broken JSON around the secret', text: `{"password":"${CANARY}" oops` },
  ])('because it is $name, is SECRET_UNREADABLE', async ({ text }) => {
    manager.on(GetSecretValueCommand).resolves({ SecretString: text });
    const error = await failure(source().resolve(secret('shop#password'), never));
    expect(error.code).toBe('SECRET_UNREADABLE');
    expect(error.message).toContain('secretsmanager:shop#password');
    expect(JSON.stringify([error, error.stack, error.message, error.cause])).not.toContain(CANARY);
  });

  test('because it is binary, is SECRET_UNREADABLE', async () => {
    manager.on(GetSecretValueCommand).resolves({ SecretBinary: Buffer.from(CANARY) });
    expect((await failure(source().resolve(secret('a'), never))).code).toBe('SECRET_UNREADABLE');
  });

  test.for(['ParameterNotFound', 'AccessDeniedException', 'InternalServerError', 'SyntaxError'])(
    'never shows what AWS answered with %s',
    async (name) => {
      ssm.on(GetParameterCommand).rejects(awsError(name, 500));
      const error = await failure(source().resolve(parameter('/a'), never));
      const shown = [error.message, error.advice, error.stack, error.cause, Object.entries(error)];
      expect(JSON.stringify(shown)).not.toContain(CANARY);
    },
  );

  test('because AWS hangs, ends by its time limit', async () => {
    ssm.on(GetParameterCommand).callsFake(() => new Promise(() => {}));
    const secrets = createSecretSource({ env: {}, clock, region: 'eu-west-1', timeoutMs: 50 });
    const error = await failure(secrets.resolve(parameter('/a'), never));
    expect(error).toMatchObject({ code: 'SECRET_UNREACHABLE', retry: 'next-tick' });
    expect(error.message).toContain('ssm:/a was not answered in time');
  });
});
