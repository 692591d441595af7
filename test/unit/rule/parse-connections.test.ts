import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseConnections } from '../../../lib/rule/parse-connections.ts';
import { vocabulary } from './vocabulary.ts';

function problemsOf(input: unknown): readonly string[] {
  const attempt = parseConnections(input, vocabulary);
  return attempt.ok ? [] : attempt.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('connections', () => {
  test('are read with their defaults, secrets as references', () => {
    const input = {
      main: {
        kind: 'kafka',
        brokers: ['127.0.0.1:19092', '[::1]:9092'],
        sasl: { mechanism: 'scram-sha-512', username: 'ann', password: 'ssm:/kafka/password' },
        tls: {},
      },
      msk: { kind: 'kafka', msk: 'arn:aws:kafka:eu-west-1:1:cluster/main/x', auth: 'iam' },
      prod: { kind: 'kubernetes', kubeconfig: '~/.kube/config', context: 'prod', timeout: '2s' },
      eks: { kind: 'kubernetes', eks: 'prod' },
      jobs: { kind: 'process', command: ['node', 'examples/worker.ts'] },
      web: { kind: 'http', url: 'http://127.0.0.1:8080', bearer: 'env:TOKEN' },
    };
    expect(parseConnections(input, vocabulary)).toEqual({
      ok: true,
      connections: {
        main: {
          name: 'main',
          kind: 'kafka',
          settings: {
            brokers: ['127.0.0.1:19092', '[::1]:9092'],
            msk: undefined,
            auth: undefined,
            sasl: {
              mechanism: 'scram-sha-512',
              username: 'ann',
              password: { from: 'ssm', name: '/kafka/password' },
            },
            tls: { ca: undefined, serverName: undefined },
            timeout: 5000,
          },
        },
        msk: {
          name: 'msk',
          kind: 'kafka',
          settings: {
            brokers: undefined,
            msk: 'arn:aws:kafka:eu-west-1:1:cluster/main/x',
            auth: 'iam',
            sasl: undefined,
            tls: undefined,
            timeout: 5000,
          },
        },
        prod: {
          name: 'prod',
          kind: 'kubernetes',
          settings: {
            kubeconfig: '~/.kube/config',
            context: 'prod',
            eks: undefined,
            timeout: 2000,
          },
        },
        eks: {
          name: 'eks',
          kind: 'kubernetes',
          settings: { kubeconfig: undefined, context: undefined, eks: 'prod', timeout: 5000 },
        },
        jobs: {
          name: 'jobs',
          kind: 'process',
          settings: { command: ['node', 'examples/worker.ts'], stopAfter: 5000 },
        },
        web: {
          name: 'web',
          kind: 'http',
          settings: {
            url: 'http://127.0.0.1:8080',
            bearer: { from: 'env', name: 'TOKEN' },
            basic: undefined,
            followRedirects: false,
            timeout: 5000,
          },
        },
      },
    });
  });

  test.for([{ input: null }, { input: {} }])('are none in $input', ({ input }) => {
    expect(parseConnections(input, vocabulary)).toEqual({ ok: true, connections: {} });
  });

  const eks = { kind: 'kubernetes', eks: 'prod' };
  const brokers = ['a:1'];

  test.for([
    {
      name: 'Kafka without brokers',
      written: { kind: 'kafka' },
      said: ['c: expected brokers or msk, found neither'],
    },
    {
      name: 'Kafka with brokers of two kinds',
      written: { kind: 'kafka', brokers, msk: 'arn:aws:kafka:eu-west-1:1:cluster/main/x' },
      said: ['c.msk: expected either brokers or msk, found both'],
    },
    {
      name: 'IAM without MSK',
      written: { kind: 'kafka', brokers, auth: 'iam' },
      said: ['c.auth: goes with msk only: other brokers know no IAM'],
    },
    {
      name: 'a list of brokers written as text, told of this alone',
      written: { kind: 'kafka', brokers: 'a:1,b:1' },
      said: ['c.brokers: expected a list, found a text of 7 characters: put it between [ and ]'],
    },
    {
      name: 'an empty list of brokers',
      written: { kind: 'kafka', brokers: [] },
      said: ['c.brokers: expected at least 1 entry, found 0'],
    },
    {
      name: 'Kubernetes without a way to reach it',
      written: { kind: 'kubernetes' },
      said: ['c: expected kubeconfig or eks, found neither'],
    },
    {
      name: 'Kubernetes with two ways to reach it',
      written: { ...eks, kubeconfig: 'x' },
      said: ['c.eks: expected either kubeconfig or eks, found both'],
    },
    {
      name: 'a context of EKS',
      written: { ...eks, context: 'x' },
      said: ['c.context: goes with kubeconfig only'],
    },
    {
      name: 'two ways to authenticate',
      written: {
        kind: 'http',
        url: 'http://a',
        bearer: 'env:A',
        basic: { username: 'a', password: 'env:B' },
      },
      said: ['c.basic: expected either bearer or basic, found both'],
    },
    {
      name: 'an unknown kind',
      written: { kind: 'kafak', brokers },
      said: [
        'c.kind: expected one of kafka, kubernetes, process, http, found a text of 5 characters (did you mean "kafka"?)',
      ],
    },
    {
      name: 'an unknown attribute',
      written: { ...eks, timout: '1s' },
      said: [
        'c.timout: unknown attribute; accepted here: kind, kubeconfig, context, eks, timeout (did you mean "timeout"?)',
      ],
    },
    {
      name: 'no command',
      written: { kind: 'process', command: [] },
      said: ['c.command: expected at least 1 entry, found 0'],
    },
    {
      name: 'a URL alone',
      written: 'http://a',
      said: ['c: expected a map with kind, found a text of 8 characters'],
    },
  ])('of $name are refused', ({ written, said }) => {
    expect(problemsOf({ c: written })).toEqual(said);
  });

  test('with names that no rule could write are refused', () => {
    expect(problemsOf({ 'a b': eks, ['x'.repeat(64)]: eks })).toEqual([
      '["a b"]: expected a word of letters, digits, - and _ as name, found "a b"',
      `["${'x'.repeat(60)}"…]: expected a word of letters, digits, - and _ as name, found "${'x'.repeat(59)}…`,
    ]);
  });

  test('are all looked at, though one is wrong', () => {
    const input = { a: { kind: 'kafka' }, b: eks, c: { kind: 'kubernetes' } };
    expect(problemsOf(input).map((text) => text.split(':')[0])).toEqual(['a', 'c']);
  });
});

test('whatever stands in connections.yml is answered, never thrown at', () => {
  const kind = fc.constantFrom('kafka', 'kubernetes', 'process', 'http');
  const value = fc.anything({
    withBigInt: true,
    withSet: true,
    withMap: true,
    withSparseArray: true,
  });
  const key = fc.constantFrom(
    'brokers',
    'msk',
    'sasl',
    'tls',
    'url',
    'eks',
    'timeout',
    'command',
    '__proto__',
  );
  const connection = fc
    .tuple(kind, fc.array(fc.tuple(key, value)))
    .map(([name, entries]) => Object.fromEntries<unknown>([...entries, ['kind', name]]));
  const input = fc.oneof(value, fc.dictionary(fc.string(), fc.oneof(value, connection)));
  fc.assert(
    fc.property(input, (written) => {
      const attempt = parseConnections(written, vocabulary);
      expect(attempt.ok || attempt.problems.length > 0).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
