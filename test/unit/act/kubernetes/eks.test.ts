import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';

import { PlatformError } from '../../../../lib/act/errors.ts';
import { connectTo } from '../../../../lib/act/kubernetes/access.ts';
import { connectToEks } from '../../../../lib/act/kubernetes/eks.ts';
import type { Surroundings } from '../../../../lib/model/surroundings.ts';
import { epochMillis, millis, minutes } from '../../../../lib/model/units.ts';
import { acting, CANARY, createTestClock } from './bench.ts';

const START = epochMillis(Date.parse('2026-11-20T20:00:00Z'));
const authority = '-----BEGIN CERTIFICATE-----\n…';
const described = {
  cluster: {
    endpoint: 'https://ABC.gr7.eu-west-3.eks.amazonaws.com',
    certificateAuthority: { data: Buffer.from(authority).toString('base64') },
  },
};
const client = new EKSClient({ region: 'eu-west-3' });
const mock = mockClient(client);
afterEach(() => mock.reset());

const { signal } = acting;
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: CANARY, sessionToken: 'session' };

function connect(place: { readonly expiration?: Date; readonly region?: string } = {}) {
  const clock = createTestClock(START);
  let asked = 0;
  const access = connectToEks(
    {
      connection: 'prod',
      cluster: 'shop-1',
      region: place.region ?? 'eu-west-3',
      clock,
      client,
      async credentials() {
        asked += 1;
        return place.expiration === undefined ? keys : { ...keys, expiration: place.expiration };
      },
    },
    signal,
  );
  return { access, clock, asked: () => asked };
}

const tokenOf = (headers: Readonly<Record<string, string>>) =>
  headers['Authorization']?.replace('Bearer k8s-aws-v1.', '') ?? '';
const urlOf = (headers: Readonly<Record<string, string>>) =>
  new URL(Buffer.from(tokenOf(headers), 'base64url').toString());

describe('an EKS cluster', () => {
  test('is found by its name, with its authority', async () => {
    mock.on(DescribeClusterCommand, { name: 'shop-1' }).resolves(described);
    const access = await connect().access;
    expect(access.server).toBe('https://ABC.gr7.eu-west-3.eks.amazonaws.com');
    const { tls, proxy } = await access.authorize(signal);
    expect(tls).toEqual({ ca: authority });
    expect(proxy).toBeUndefined();
  });

  test('takes a token that is a signed call of GetCallerIdentity and names the cluster', async () => {
    mock.on(DescribeClusterCommand).resolves(described);
    const access = await connect().access;
    const { headers } = await access.authorize(signal);
    expect(headers['Authorization']).toMatch(/^Bearer k8s-aws-v1\.[\w-]+$/);
    const url = urlOf(headers);
    expect(url.host).toBe('sts.eu-west-3.amazonaws.com');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20261120/eu-west-3/sts/aws4_request',
      'X-Amz-Date': '20261120T200000Z',
      'X-Amz-Expires': '60',
      'X-Amz-Security-Token': 'session',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    });
    expect(url.href).not.toContain(CANARY);
  });

  test('in China has the STS of there', async () => {
    mock.on(DescribeClusterCommand).resolves(described);
    const access = await connect({ region: 'cn-north-1' }).access;
    const { headers } = await access.authorize(signal);
    expect(urlOf(headers).host).toBe('sts.cn-north-1.amazonaws.com.cn');
  });

  test('keeps the token for ten minutes of the fifteen it is valid', async () => {
    mock.on(DescribeClusterCommand).resolves(described);
    const { access, clock, asked } = connect();
    const there = await access;
    const tokens = new Set<string>();
    for (let minute = 0; minute < 21; minute += 1) {
      const { headers } = await there.authorize(signal);
      const signedAt = urlOf(headers).searchParams.get('X-Amz-Date') ?? '';
      tokens.add(signedAt);
      await clock.sleep(minutes(1));
    }
    expect([...tokens]).toEqual(['20261120T200000Z', '20261120T201000Z', '20261120T202000Z']);
    expect(asked()).toBe(3);
    expect(mock.commandCalls(DescribeClusterCommand)).toHaveLength(1);
  });

  test('takes no token that was signed with keys that have ended', async () => {
    mock.on(DescribeClusterCommand).resolves(described);
    const { access, clock, asked } = connect({ expiration: new Date(START + 60_000) });
    const there = await access;
    await there.authorize(signal);
    await clock.sleep(millis(59_000));
    await there.authorize(signal);
    expect(asked()).toBe(1);
    await clock.sleep(millis(1000));
    await there.authorize(signal);
    expect(asked()).toBe(2);
  });

  test('gets a new token after one was refused', async () => {
    mock.on(DescribeClusterCommand).resolves(described);
    const { access, asked } = connect();
    const there = await access;
    await there.authorize(signal);
    there.forget();
    await there.authorize(signal);
    expect(asked()).toBe(2);
  });

  test.for([
    { name: 'ResourceNotFoundException', code: 'REFUSED', says: /aws eks list-clusters/ },
    { name: 'AccessDeniedException', code: 'FORBIDDEN', says: /Allow eks:DescribeCluster/ },
    { name: 'UnrecognizedClientException', code: 'UNAUTHENTICATED', says: /AWS credentials/ },
    { name: 'CredentialsProviderError', code: 'UNAUTHENTICATED', says: /a role, or a profile/ },
    { name: 'ThrottlingException', code: 'THROTTLED', says: /next tick/ },
    { name: 'TimeoutError', code: 'UNREACHABLE', says: /a VPC needs a way/ },
  ])('that cannot be described ($name) is $code', async ({ name, code, says }) => {
    mock.on(DescribeClusterCommand).rejects(Object.assign(new Error(CANARY), { name }));
    const error: unknown = await connect().access.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
    const { message } = error as PlatformError;
    expect(message).toContain(
      `The EKS cluster shop-1 of the connection prod could not be described in eu-west-3 (${name})`,
    );
    expect(message).not.toContain(CANARY);
  });

  test('whose description fails at AWS is PLATFORM_FAILED', async () => {
    const error = Object.assign(new Error('x'), { $metadata: { httpStatusCode: 500 } });
    mock.on(DescribeClusterCommand).rejects(error);
    await expect(connect().access).rejects.toMatchObject({ code: 'PLATFORM_FAILED' });
  });

  test('that is still being created has no endpoint', async () => {
    mock.on(DescribeClusterCommand).resolves({ cluster: { status: 'CREATING' } });
    await expect(connect().access).rejects.toMatchObject({
      code: 'PLATFORM_FAILED',
      message: expect.stringContaining('no endpoint yet (its status is CREATING)'),
    });
  });

  test('without AWS credentials for the token is UNAUTHENTICATED', async () => {
    mock.on(DescribeClusterCommand).resolves(described);
    const access = await connectToEks(
      {
        connection: 'prod',
        cluster: 'shop-1',
        region: 'eu-west-3',
        clock: createTestClock(),
        client,
        credentials: () => Promise.reject(new Error(CANARY)),
      },
      signal,
    );
    const error: unknown = await access.authorize(signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(String(error)).not.toContain(CANARY);
  });
});

describe('a connection', () => {
  const surroundings: Surroundings = {
    region: undefined,
    clock: createTestClock(),
    secrets: { resolve: () => Promise.reject(new Error('none')) },
  };
  const settings = { eks: undefined, kubeconfig: undefined, context: undefined };

  test('to EKS needs a region', async () => {
    const all = { ...settings, eks: 'shop-1', timeout: millis(5000) };
    await expect(connectTo('prod', all, surroundings)(signal)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('no AWS region is known. Set AWS_REGION.'),
    });
  });

  test('cannot be both to EKS and by a kubeconfig', async () => {
    const all = { ...settings, eks: 'shop-1', kubeconfig: '~/x', timeout: millis(5000) };
    await expect(connectTo('prod', all, surroundings)(signal)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('both eks and kubeconfig or context'),
    });
  });
});
