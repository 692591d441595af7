import { GetBootstrapBrokersCommand, KafkaClient } from '@aws-sdk/client-kafka';
import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { epochMillis } from '../../../../lib/model/units.ts';
import { mskToken, saslOf, tlsOf } from '../../../../lib/observe/kafka/authentication.ts';
import { bootstrapBrokers } from '../../../../lib/observe/kafka/bootstrap.ts';
import { kafkaConnection, type KafkaConnection } from '../../../../lib/rule/connection-kinds.ts';
import { plainSurroundings } from '../../../fake/kafka-requests.ts';

const ARN = 'arn:aws:kafka:eu-west-1:123456789012:cluster/orders/4a1b';
const TOKEN_AT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

function settingsOf(written: object): KafkaConnection {
  const parsed = kafkaConnection.parse(written, { path: '', problems: [] });
  if (typeof parsed === 'symbol') throw new Error('the test’s connection is invalid');
  return parsed;
}

const aws = mockClient(KafkaClient);
beforeEach(() => {
  aws.reset();
});
afterEach(() => {
  aws.reset();
});

const brokers = (written: object) =>
  bootstrapBrokers(settingsOf({ msk: ARN, ...written }), AbortSignal.timeout(5000));
const sasl = { mechanism: 'scram-sha-512', username: 'rubato', password: 'env:PASSWORD' };

describe('the brokers of an MSK cluster', () => {
  const answer = {
    BootstrapBrokerString: 'plain:9092',
    BootstrapBrokerStringTls: 'tls:9094',
    BootstrapBrokerStringSaslScram: 'scram:9096',
    BootstrapBrokerStringSaslIam: 'b-1.iam:9098,b-2.iam:9098',
    BootstrapBrokerStringPublicSaslIam: 'public:9198',
  };
  test.for([
    { name: 'IAM', written: { auth: 'iam' }, hosts: ['b-1.iam', 'b-2.iam'] },
    { name: 'SCRAM', written: { sasl }, hosts: ['scram'] },
    { name: 'TLS', written: { tls: {} }, hosts: ['tls'] },
    { name: 'nothing', written: {}, hosts: ['plain'] },
  ])('are those that take $name', async ({ written, hosts }) => {
    aws.on(GetBootstrapBrokersCommand, { ClusterArn: ARN }).resolves(answer);
    expect((await brokers(written)).map(({ host }) => host)).toEqual(hosts);
  });

  test('are the public ones where there are no others', async () => {
    const { BootstrapBrokerStringPublicSaslIam } = answer;
    aws.on(GetBootstrapBrokersCommand).resolves({ BootstrapBrokerStringPublicSaslIam });
    expect(await brokers({ auth: 'iam' })).toEqual([{ host: 'public', port: 9198 }]);
  });

  test('that take no such authentication are said to be none', async () => {
    aws.on(GetBootstrapBrokersCommand).resolves({ BootstrapBrokerStringTls: 'tls:9094' });
    await expect(brokers({ auth: 'iam' })).rejects.toThrow(/has no brokers for SASL\/IAM/);
  });

  test('that AWS does not let us see name the permission that is missing', async () => {
    const denied = Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' });
    aws.on(GetBootstrapBrokersCommand).rejects(denied);
    await expect(brokers({ auth: 'iam' })).rejects.toMatchObject({
      code: 'NOT_AUTHORIZED',
      message: expect.stringContaining('kafka:GetBootstrapBrokers') as string,
    });
  });
});

describe('authentication', () => {
  const signal = AbortSignal.timeout(5000);

  test('gives MSK the token that AWS’s own signer gives it, but for who signed', async () => {
    const keys = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'a/b+c==' };
    const provider = () => Promise.resolve(keys);
    const theirs = await generateAuthTokenFromCredentialsProvider({
      region: 'eu-west-1',
      awsCredentialsProvider: provider,
    });
    const url = (token: string) => new URL(Buffer.from(token, 'base64url').toString());
    const date = url(theirs.token).searchParams.get('X-Amz-Date') ?? '';
    const at = epochMillis(Date.parse(date.replace(TOKEN_AT, '$1-$2-$3T$4:$5:$6Z')));
    const ours = url(await mskToken('eu-west-1', provider, at));
    const signature = (from: URL) => from.searchParams.get('X-Amz-Signature');
    expect(signature(ours)).toBe(signature(url(theirs.token)));
    expect(ours.searchParams.get('X-Amz-Expires')).toBe('900');
  });

  test('takes the password from its reference', async () => {
    const surroundings = {
      ...plainSurroundings,
      secrets: { resolve: ({ name }: { name: string }) => Promise.resolve(`value of ${name}`) },
    };
    const settings = settingsOf({ brokers: ['a:1'], sasl });
    expect(await saslOf(settings, surroundings, signal)).toEqual({
      mechanism: 'scram-sha-512',
      username: 'rubato',
      password: 'value of PASSWORD',
    });
  });

  test.for([
    { name: 'IAM', written: { msk: ARN, auth: 'iam' }, isTls: true },
    { name: 'SCRAM on MSK', written: { msk: ARN, sasl }, isTls: true },
    { name: 'SCRAM elsewhere, as written', written: { brokers: ['a:1'], sasl }, isTls: false },
    { name: 'an empty tls map', written: { brokers: ['a:1'], tls: {} }, isTls: true },
  ])('uses TLS for $name: $isTls', async ({ written, isTls }) => {
    expect((await tlsOf('main', settingsOf(written))) !== undefined).toBe(isTls);
  });

  test('says which authority file cannot be read', async () => {
    const settings = settingsOf({ brokers: ['a:1'], tls: { ca: '/nowhere/ca.pem' } });
    await expect(tlsOf('main', settings)).rejects.toThrow('/nowhere/ca.pem');
  });
});
