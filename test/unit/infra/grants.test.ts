import { describe, expect, test } from 'vitest';

import { grantsFor, unfitForLambda } from '../../../infra/grants.ts';
import { connectionKinds } from '../../../lib/rule/connection-kinds.ts';
import { parseConnections } from '../../../lib/rule/parse-connections.ts';
import type { Connections } from '../../../lib/rule/vocabulary.ts';

const MSK = 'arn:aws:kafka:eu-west-1:123456789012:cluster/main/0f1e-2';

function parse(written: object): Connections {
  const vocabulary = { connections: connectionKinds, metrics: {}, targets: {} };
  const parsed = parseConnections(written, vocabulary);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.connections;
}

const here = (service: string, resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

/** Grants as pairs of an action and its resources: what IAM sees, however it is written. */
const granted = (written: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    grantsFor(parse(written)).flatMap(({ Action, Resource }) =>
      Action.map((action) => [action, Resource]),
    ),
  );

describe('what connections are granted', () => {
  test.for([
    { name: 'no connections', written: {}, expected: {} },
    {
      name: 'a Kafka and a Kubernetes outside AWS',
      written: {
        main: { kind: 'kafka', brokers: ['127.0.0.1:9092'] },
        prod: { kind: 'kubernetes', kubeconfig: '~/.kube/config' },
        prom: { kind: 'http', url: 'http://127.0.0.1:9090', bearer: 'env:TOKEN' },
      },
      expected: {},
    },
    {
      name: 'MSK without IAM: only where its brokers are',
      written: { main: { kind: 'kafka', msk: MSK } },
      expected: { 'kafka:GetBootstrapBrokers': [MSK] },
    },
    {
      name: 'MSK with IAM: reading offsets of this cluster, no record and no other cluster',
      written: { main: { kind: 'kafka', msk: MSK, auth: 'iam' } },
      expected: {
        'kafka:GetBootstrapBrokers': [MSK],
        'kafka-cluster:Connect': [MSK],
        'kafka-cluster:DescribeTopic': ['arn:aws:kafka:eu-west-1:123456789012:topic/main/0f1e-2/*'],
        'kafka-cluster:DescribeGroup': ['arn:aws:kafka:eu-west-1:123456789012:group/main/0f1e-2/*'],
      },
    },
    {
      name: 'EKS: where this cluster is',
      written: { prod: { kind: 'kubernetes', eks: 'shop' } },
      expected: { 'eks:DescribeCluster': [here('eks', 'cluster/shop')] },
    },
    {
      name: 'a parameter with a path, one without, one with a version',
      written: {
        a: { kind: 'http', url: 'https://a.test', bearer: 'ssm:/prom/token' },
        b: { kind: 'http', url: 'https://b.test', bearer: 'ssm:plain' },
        c: { kind: 'http', url: 'https://c.test', bearer: 'ssm:/prom/other:3' },
      },
      expected: {
        'ssm:GetParameter': [
          here('ssm', 'parameter/plain'),
          here('ssm', 'parameter/prom/other'),
          here('ssm', 'parameter/prom/token'),
        ],
      },
    },
    {
      name: 'a secret by name, whose ARN ends in six letters nobody knows, and one by ARN',
      written: {
        a: {
          kind: 'kafka',
          brokers: ['kafka.test:9092'],
          sasl: {
            mechanism: 'plain',
            username: 'rubato',
            password: 'secretsmanager:kafka#password',
          },
        },
        b: {
          kind: 'http',
          url: 'https://b.test',
          bearer: 'secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:fly-AbCdEf',
        },
      },
      expected: {
        'secretsmanager:GetSecretValue': [
          'arn:aws:secretsmanager:eu-west-1:1:secret:fly-AbCdEf',
          here('secretsmanager', 'secret:kafka-??????'),
        ],
      },
    },
    {
      name: 'the same parameter twice, once',
      written: {
        a: { kind: 'http', url: 'https://a.test', bearer: 'ssm:/one' },
        b: { kind: 'http', url: 'https://b.test', bearer: 'ssm:/one' },
      },
      expected: { 'ssm:GetParameter': [here('ssm', 'parameter/one')] },
    },
  ])('$name', ({ written, expected }) => {
    expect(granted(written)).toEqual(expected);
  });

  test('do not depend on the order of the file, so that a deployment changes nothing', () => {
    const one = { kind: 'http', url: 'https://a.test', bearer: 'ssm:/one' };
    const two = { kind: 'kubernetes', eks: 'shop' };
    expect(JSON.stringify(grantsFor(parse({ one, two })))).toBe(
      JSON.stringify(grantsFor(parse({ two, one }))),
    );
  });

  test('have statement names as IAM takes them, letters and figures', () => {
    const all = parse({
      main: { kind: 'kafka', msk: MSK, auth: 'iam' },
      prod: { kind: 'kubernetes', eks: 'shop' },
      prom: { kind: 'http', url: 'https://a.test', bearer: 'ssm:/one' },
    });
    const names = grantsFor(all).map(({ Sid }) => Sid);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  });
});

describe('what works only on a developer’s machine', () => {
  test.for([
    {
      name: 'processes',
      connection: { kind: 'process', command: ['node', 'worker.ts'] },
      told: 'only in the local stack',
    },
    {
      name: 'a kubeconfig',
      connection: { kind: 'kubernetes', kubeconfig: '~/.kube/config' },
      told: 'eks: NAME',
    },
    {
      name: 'a secret in the environment',
      connection: { kind: 'http', url: 'https://a.test', bearer: 'env:PROM_TOKEN' },
      told: 'env:PROM_TOKEN',
    },
  ])('$name is told at package time, by the name of the connection', ({ connection, told }) => {
    const warnings = unfitForLambda(parse({ mine: connection }));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^mine: /);
    expect(warnings[0]).toContain(told);
  });

  test('is not what stands on AWS', () => {
    const connections = parse({
      main: { kind: 'kafka', msk: MSK, auth: 'iam' },
      prod: { kind: 'kubernetes', eks: 'shop' },
      prom: { kind: 'http', url: 'https://a.test', bearer: 'ssm:/one' },
    });
    expect(unfitForLambda(connections)).toEqual([]);
  });
});
