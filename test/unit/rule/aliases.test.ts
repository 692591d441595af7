import { describe, expect, test } from 'vitest';

import { parse, problemsOf, ruleOf } from './parsing.ts';
import { smallest } from './vocabulary.ts';

const metrics = { orders: { kind: 'kafka-lag', connection: 'main', topic: 'orders', group: 'g' } };

/** What KEDA's ScaledObject (2.21) calls it, and what a rule calls the same. */
const same: readonly { readonly name: string; readonly written: object; readonly own: object }[] = [
  { name: 'minReplicaCount', written: { minReplicaCount: 2 }, own: { min: 2 } },
  { name: 'maxReplicaCount', written: { maxReplicaCount: 30 }, own: { max: 30 } },
  { name: 'pollingInterval', written: { pollingInterval: 30 }, own: { interval: '30s' } },
  { name: 'cooldownPeriod', written: { cooldownPeriod: '300' }, own: { idle: '5m' } },
  { name: 'idleReplicaCount of 0', written: { idleReplicaCount: 0 }, own: {} },
  {
    name: 'minReplicas of HPA',
    written: { minReplicas: 2, maxReplicas: 9 },
    own: { min: 2, max: 9 },
  },
  {
    name: 'fallback',
    written: { fallback: { failureThreshold: 3, replicas: 6 } },
    own: { fallback: { after: 3, replicas: 6 } },
  },
  {
    name: 'fallback.behavior currentReplicasIfHigher',
    written: {
      fallback: { failureThreshold: 3, replicas: 6, behavior: 'currentReplicasIfHigher' },
    },
    own: { fallback: { after: 3, replicas: 6 } },
  },
  {
    name: 'stabilizationWindowSeconds',
    written: { scaleDown: { stabilizationWindowSeconds: 300 } },
    own: { scaleDown: { stabilization: '300s' } },
  },
  {
    name: 'advanced.horizontalPodAutoscalerConfig.behavior',
    written: {
      advanced: {
        restoreToOriginalReplicaCount: false,
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Min', tolerance: '0.05' },
            scaleDown: {
              stabilizationWindowSeconds: 300,
              selectPolicy: 'Disabled',
              policies: [
                { type: 'Percent', value: 100, periodSeconds: 15 },
                { type: 'Pods', value: 4, periodSeconds: 60 },
              ],
            },
          },
        },
      },
    },
    own: {
      tolerance: { up: 0.05 },
      scaleUp: { stabilization: '0s', select: 'min' },
      scaleDown: {
        stabilization: '5m',
        select: 'disabled',
        policies: [
          { kind: 'percent', value: 100, period: '15s' },
          { kind: 'pods', value: 4, period: '1m' },
        ],
      },
    },
  },
  {
    name: 'behavior, as HPA has it, beside what is our own',
    written: {
      behavior: {
        scaleDown: { policies: [{ kind: 'pods', value: 1, periodSeconds: 60 }], cooldown: '1m' },
      },
    },
    own: { scaleDown: { policies: [{ kind: 'pods', value: 1, period: '1m' }], cooldown: '1m' } },
  },
  {
    name: 'tolerances of both directions',
    written: { scaleUp: { tolerance: 0.1 }, scaleDown: { tolerance: '.2' } },
    own: { tolerance: { up: 0.1, down: 0.2 } },
  },
  { name: 'null, which is nothing', written: { minReplicaCount: null, min: 3 }, own: { min: 3 } },
];

describe('KEDA’s and HPA’s names are read as ours', () => {
  test.for(same)('$name', ({ written, own }) => {
    expect(ruleOf({ ...smallest, ...written })).toEqual(ruleOf({ ...smallest, ...own }));
  });

  test('and a note says what was read as what', () => {
    const attempt = parse({
      ...smallest,
      maxReplicaCount: 5,
      behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 9 }] } },
      fallback: { failureThreshold: 1, replicas: 1, behavior: 'static' },
    });
    expect(attempt).toMatchObject({
      notes: [
        { path: 'maxReplicaCount', message: 'KEDA’s name, read as max' },
        { path: 'behavior.scaleDown', message: 'HPA’s name, read as scaleDown' },
        {
          path: 'behavior.scaleDown.policies[0].type',
          message: 'HPA’s name, read as scaleDown.policies[0].kind',
        },
        { path: 'behavior.scaleDown.policies[0].periodSeconds' },
        { path: 'fallback.failureThreshold', message: 'KEDA’s name, read as fallback.after' },
        { path: 'fallback.behavior' },
      ],
    });
    expect(parse(smallest)).not.toHaveProperty('notes');
  });

  test.for([
    {
      name: 'a word where a count is meant',
      written: { minReplicaCount: true },
      said: 'minReplicaCount: expected an expression or a whole number from 0 to 1000000, found true (read as min)',
    },
    {
      name: 'too short an interval',
      written: { pollingInterval: 0 },
      said: 'pollingInterval: expected from 1s to 1d, found "0s" (read as interval)',
    },
    {
      name: 'something deep inside',
      written: {
        advanced: {
          horizontalPodAutoscalerConfig: {
            behavior: { scaleUp: { policies: [{ type: 'Replicas', value: 1, periodSeconds: 9 }] } },
          },
        },
      },
      said: 'advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies[0].type: expected one of pods, percent, found "replicas" (read as scaleUp.policies[0].kind)',
    },
  ])('$name is refused at the path that was written', ({ written, said }) => {
    expect(problemsOf({ ...smallest, ...written })).toEqual([said]);
  });

  test.for([
    {
      written: { min: 1, minReplicaCount: 1 },
      said: 'minReplicaCount: expected either min or minReplicaCount, found both',
    },
    {
      written: { minReplicaCount: 1, minReplicas: 1 },
      said: 'minReplicas: expected either minReplicaCount or minReplicas, found both',
    },
    {
      written: { idle: '5m', cooldownPeriod: 300 },
      said: 'cooldownPeriod: expected either idle or cooldownPeriod, found both',
    },
    {
      written: { scaleUp: {}, behavior: { scaleUp: {} } },
      said: 'behavior.scaleUp: expected either scaleUp or behavior.scaleUp, found both',
    },
    {
      written: { scaleUp: { select: 'min', selectPolicy: 'Min' } },
      said: 'scaleUp.selectPolicy: expected either select or selectPolicy, found both',
    },
    {
      written: { tolerance: 0.1, scaleUp: { tolerance: 0.1 } },
      said: 'scaleUp.tolerance: expected either tolerance or scaleUp.tolerance, found both',
    },
    {
      written: { fallback: { after: 1, failureThreshold: 1, replicas: 1 } },
      said: 'fallback.failureThreshold: expected either after or failureThreshold, found both',
    },
  ])('both names are a problem that names both: $said', ({ written, said }) => {
    expect(problemsOf({ ...smallest, ...written })).toEqual([said]);
  });
});

/** The rest of a ScaledObject, each with the words that tell what to write here. */
const elsewhere = [
  {
    path: 'idleReplicaCount',
    written: { idleReplicaCount: 0, minReplicaCount: 2 },
    tells: 'max(2, ceil(orders.lag / 10)) : 0',
  },
  { path: 'idleReplicaCount', written: { idleReplicaCount: 1 }, tells: 'write min: 1' },
  {
    path: 'initialCooldownPeriod',
    written: { initialCooldownPeriod: 60 },
    tells: 'override: { min: 1, until',
  },
  {
    path: 'scaleTargetRef',
    written: { scaleTargetRef: { name: 'orders' } },
    tells:
      'target: { kind: kubernetes, connection: CONNECTION, namespace: NAMESPACE, name: "orders" }',
  },
  ...['currentReplicas', 'currentReplicasIfLower'].map((behavior) => ({
    path: 'fallback.behavior',
    written: { fallback: { failureThreshold: 3, replicas: 6, behavior } },
    tells: 'leave fallback out',
  })),
  {
    path: 'fallback.behavior',
    written: { fallback: { failureThreshold: 3, replicas: 6, behavior: 'scalingModifiers' } },
    tells: 'rps ?? 0',
  },
  {
    path: 'fallback.behavior',
    written: { fallback: { failureThreshold: 3, replicas: 6, behavior: 'toString' } },
    tells: 'expected static or currentReplicasIfHigher, found "toString"',
  },
  {
    path: 'advanced.restoreToOriginalReplicaCount',
    written: { advanced: { restoreToOriginalReplicaCount: true } },
    tells: 'override: { pin: N',
  },
  {
    path: 'advanced.horizontalPodAutoscalerConfig.name',
    written: { advanced: { horizontalPodAutoscalerConfig: { name: 'x' } } },
    tells: 'there is no HPA',
  },
  {
    path: 'advanced.scalingModifiers',
    written: {
      advanced: {
        scalingModifiers: {
          formula: 'a + b',
          target: '5',
          activationTarget: '2',
          metricType: 'Value',
        },
      },
    },
    tells: 'replicas: (a + b) > 2 ? ceil((a + b) / 5) : 0',
  },
  { path: 'advanced', written: { advanced: 'fast' }, tells: 'expected a map, found "fast"' },
  {
    path: 'behavior',
    written: { behavior: [] },
    tells: 'expected a map with scaleUp and scaleDown',
  },
  {
    path: 'behavior.scaleSideways',
    written: { behavior: { scaleSideways: {} } },
    tells: 'scaleUp or scaleDown',
  },
  { path: 'triggers', written: { triggers: 'kafka' }, tells: 'metrics' },
  { path: 'triggers[0]', written: { triggers: ['kafka'] }, tells: 'type and metadata' },
  {
    path: 'triggers[0]',
    written: { triggers: [{ type: 'rabbitmq', metadata: {} }] },
    tells: 'kafka-lag, http-json, clock',
  },
  {
    path: 'triggers[0]',
    written: {
      triggers: [
        {
          type: 'cron',
          metadata: {
            timezone: 'Europe/Paris',
            start: '0 8 * * MON-FRI',
            end: '30 18 * * MON-FRI',
            desiredReplicas: '10',
          },
        },
      ],
    },
    tells: "windows: [{ days: mon-fri, from: '08:00', to: '18:30', zone: Europe/Paris, min: 10 }]",
  },
];

describe('what a rule says in another way is told, with what to write', () => {
  test.for(elsewhere)('$path: $tells', ({ path, written, tells }) => {
    const said = problemsOf({ ...smallest, ...written });
    expect(said).toEqual([expect.stringContaining(tells)]);
    expect(said[0]?.startsWith(`${path}: `)).toBe(true);
  });
});

describe('a Kafka trigger', () => {
  const trigger = (metadata: object, more: object = {}) => ({
    triggers: [
      { type: 'kafka', metadata: { topic: 'orders', consumerGroup: 'g', ...metadata }, ...more },
    ],
  });
  const said = (metadata: object, more: object = {}): readonly string[] =>
    problemsOf({ ...smallest, ...trigger(metadata, more) });

  test('has its metric and its expression to paste, with KEDA’s defaults', () => {
    expect(said({})).toEqual([
      'triggers: KEDA’s triggers are metrics and an expression here; with the metrics below, write replicas: ceil(orders.lag / 10)',
      'triggers[0]: write metrics: { orders: { kind: kafka-lag, connection: main, topic: orders, group: g, offsetReset: latest, limitTo: partitions } }',
    ]);
  });

  test.for([
    { metadata: { lagThreshold: '50' }, tells: 'ceil(orders.lag / 50)' },
    {
      metadata: { activationLagThreshold: '5' },
      tells: '(orders.lag > 5 ? ceil(orders.lag / 10) : 0)',
    },
    { metadata: { offsetResetPolicy: 'earliest' }, tells: 'offsetReset: earliest' },
    { metadata: { limitToPartitionsWithLag: 'true' }, tells: 'limitTo: lagging' },
    { metadata: { excludePersistentLag: true }, tells: 'excludeStuck: 3' },
    { metadata: { partitionLimitation: '1,2,10-20' }, tells: "partitions: '1,2,10-20'" },
    { metadata: { ensureEvenDistributionOfPartitions: 'true' }, tells: 'spread: even' },
  ])('$metadata is part of it: $tells', ({ metadata, tells }) => {
    expect(said(metadata)).toHaveLength(2);
    expect(said(metadata).join('\n')).toContain(tells);
  });

  test('allowIdleConsumers leaves the limit out', () => {
    expect(said({ allowIdleConsumers: 'true' })[1]).not.toContain('limitTo');
  });

  test.for([
    {
      key: 'bootstrapServers',
      value: 'a:9092, b:9092',
      tells: "main: { kind: kafka, brokers: ['a:9092', 'b:9092'] }",
    },
    { key: 'bootstrapServersFromEnv', value: 'X', tells: 'connections.yml' },
    { key: 'consumerGroupFromEnv', value: 'X', tells: 'group: NAME' },
    { key: 'topicFromEnv', value: 'X', tells: 'topic: NAME' },
    { key: 'scaleToZeroOnInvalidOffset', value: 'true', tells: 'offsetReset' },
    { key: 'version', value: '2.0.0', tells: 'leave it out' },
    { key: 'fullMetadata', value: 'true', tells: 'leave it out' },
    ...[
      'sasl',
      'tls',
      'username',
      'password',
      'saslTokenProvider',
      'awsRegion',
      'keytab',
      'scopes',
    ].map((key) => ({
      key,
      value: 'hunter2',
      tells: 'connections.yml',
    })),
  ])('$key is told where it belongs: $tells', ({ key, value, tells }) => {
    const problems = said({ [key]: value });
    expect(problems[2]).toContain(`triggers[0].metadata.${key}: `);
    expect(problems[2]).toContain(tells);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  test('tells what stands beside its metadata', () => {
    const more = { authenticationRef: { name: 'x' }, useCachedMetrics: true, metricType: 'Value' };
    expect(said({}, more).slice(2)).toEqual([
      expect.stringContaining(
        'triggers[0].authenticationRef: credentials stand in connections.yml',
      ),
      expect.stringContaining('triggers[0].useCachedMetrics: is not needed'),
      expect.stringContaining('triggers[0].metricType: divide by the threshold'),
    ]);
    expect(said({}, { metricType: 'AverageValue' })).toHaveLength(2);
  });

  test('of several the largest wish wins, as with HPA', () => {
    const kafka = (topic: string) => ({ type: 'kafka', metadata: { topic, consumerGroup: 'g' } });
    const problems = problemsOf({ ...smallest, triggers: [kafka('a.b'), kafka('7')] });
    expect(problems[0]).toContain('replicas: max(ceil(a_b.lag / 10), ceil(lag_7.lag / 10))');
  });

  test('what is to be pasted is accepted', () => {
    const [expression, metric] = said({ limitToPartitionsWithLag: 'true' });
    expect(expression?.split('write replicas: ')[1]).toBe('ceil(orders.lag / 10)');
    const pasted = Object.fromEntries(
      (/\{ orders: \{ (.*) \} \}/.exec(metric ?? '')?.[1] ?? '')
        .split(', ')
        .map((part) => part.split(': '))
        .filter(([key]) => key !== 'limitTo'), // The vocabulary of these tests has no such word.
    ) as object;
    const rule = { ...smallest, metrics: { orders: pasted }, replicas: 'ceil(orders.lag / 10)' };
    expect(problemsOf(rule)).toEqual([]);
    expect(pasted).toEqual({ ...metrics.orders, offsetReset: 'latest' });
  });
});
