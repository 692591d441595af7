import { describe, expect, test } from 'vitest';

import { parse, problemsOf, ruleOf } from './parsing.ts';
import { complete, smallest } from './vocabulary.ts';

describe('a valid rule', () => {
  test('has every default filled in', () => {
    const still = { stabilization: 0, policies: [], select: 'max', cooldown: 0 };
    expect(ruleOf(smallest)).toEqual({
      id: 'orders',
      target: {
        kind: 'kubernetes',
        connection: 'prod',
        resource: 'apps/v1/Deployment',
        namespace: 'default',
        name: 'orders-worker',
        labels: {},
      },
      workload: undefined,
      metrics: {},
      wanted: { replicas: { min: '3', max: '3' } },
      min: '0',
      max: '100',
      interval: 60_000,
      idle: 300_000,
      smoothing: undefined,
      rebalanceHold: 0,
      scaleUp: still,
      scaleDown: still,
      tolerance: { up: 0, down: 0 },
      windows: [],
      override: undefined,
      fallback: undefined,
      dryRun: false,
    });
  });

  test('keeps everything that was written, in units', () => {
    const figures = ['lag', 'maxLag', 'partitions', 'lagging', 'activity'];
    const lag = { kind: 'kafka-lag', connection: 'main', figures };
    expect(ruleOf(complete)).toEqual({
      id: 'orders',
      target: {
        kind: 'kubernetes',
        connection: 'prod',
        resource: 'apps/v1/Deployment',
        namespace: 'shop',
        name: 'orders-worker',
        labels: {},
      },
      workload: {
        containers: [
          {
            name: 'main',
            image: 'registry.example.org/orders:1.2',
            command: ['node'],
            args: ['worker.js', ''],
            env: { LOG_LEVEL: 'debug', EMPTY: '' },
            requests: { cpu: '100m' },
            limits: { memory: '64Mi' },
          },
        ],
        labels: { 'app.kubernetes.io/part-of': 'shop' },
        annotations: { 'example.org/owner': 'team orders' },
      },
      metrics: {
        orders: {
          ...lag,
          maxAge: 90_000,
          value: undefined,
          options: { topic: 'orders', group: 'orders-worker', offsetReset: 'latest' },
        },
        depth: {
          kind: 'http-json',
          connection: 'web',
          maxAge: 120_000,
          value: undefined,
          figures: [],
          options: { path: '/', json: '$.depth' },
        },
        behind: {
          ...lag,
          maxAge: 120_000,
          value: 'maxLag',
          options: { topic: 'x', group: 'y', offsetReset: 'latest' },
        },
        minute: {
          kind: 'clock',
          connection: '',
          maxAge: 120_000,
          value: undefined,
          figures: [],
          options: {},
        },
      },
      wanted: { replicas: { min: 'ceil(orders.lag / 100)', max: 'ceil(orders.lag / 50)' } },
      min: '1',
      max: 'min(20, orders.partitions)',
      interval: 15_000,
      idle: 600_000,
      smoothing: { halfLife: 1350 },
      rebalanceHold: 30_000,
      scaleUp: {
        stabilization: 0,
        policies: [{ kind: 'percent', value: 100, period: 60_000 }],
        select: 'min',
        cooldown: 0,
      },
      scaleDown: {
        stabilization: 300_000,
        policies: [{ kind: 'pods', value: 4, period: 60_000 }],
        select: 'max',
        cooldown: 90_000,
      },
      tolerance: { up: 0.1, down: 0.2 },
      windows: [
        {
          days: ['mon', 'tue', 'wed', 'thu', 'fri'],
          from: 480,
          to: 1080,
          cron: undefined,
          duration: undefined,
          zone: 'Europe/Paris',
          except: [],
          min: 3,
          max: undefined,
          ramp: 1_800_000,
        },
        {
          days: ['sat', 'sun'],
          from: 1320,
          to: 360,
          cron: undefined,
          duration: undefined,
          zone: 'UTC',
          except: ['2026-12-26'],
          min: undefined,
          max: 2,
          ramp: 0,
        },
        {
          days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
          from: 0,
          to: 0,
          cron: '0 8 * * mon-fri',
          duration: 7_200_000,
          zone: 'UTC',
          except: [],
          min: 4,
          max: undefined,
          ramp: 0,
        },
      ],
      override: {
        pin: undefined,
        min: 10,
        max: undefined,
        paused: 'no',
        until: Date.UTC(2026, 10, 27, 6),
        by: 'ops',
        why: 'sale',
      },
      fallback: { after: 3, replicas: 5 },
      dryRun: true,
    });
  });

  test('may be a Fly rule with an expression for each dimension', () => {
    const target = { kind: 'fly', connection: 'acme', name: 'shop-*' };
    expect(ruleOf({ target, created: { min: 1 }, started: 'depth' }).wanted).toEqual({
      created: { min: '1', max: undefined },
      started: { min: 'depth', max: 'depth' },
    });
  });

  test('may carry a workload of several containers', () => {
    const containers = [
      { name: 'app', image: 'a' },
      { name: 'proxy', image: 'b:1@sha256:00' },
    ];
    expect(ruleOf({ ...smallest, workload: { containers } }).workload?.containers).toMatchObject([
      { name: 'app', command: [], requests: {} },
      { name: 'proxy', image: 'b:1@sha256:00' },
    ]);
  });

  test.for([
    { written: true, meant: 'both' },
    { written: 'both', meant: 'both' },
    { written: 'up', meant: 'up' },
    { written: 'down', meant: 'down' },
  ])('is paused $meant by paused: $written', ({ written, meant }) => {
    const override = { paused: written, until: '2026-11-27T06:00:00+01:00', by: 'me', why: 'x' };
    expect(ruleOf({ ...smallest, override }).override).toMatchObject({
      paused: meant,
      until: Date.UTC(2026, 10, 27, 5),
    });
  });

  test('takes one tolerance for both directions', () => {
    expect(ruleOf({ ...smallest, tolerance: 0.1 }).tolerance).toEqual({ up: 0.1, down: 0.1 });
  });

  test('treats null, which is DynamoDB’s NULL, as not there', () => {
    expect(ruleOf({ ...smallest, min: null, windows: null, workload: null })).toEqual(
      ruleOf(smallest),
    );
  });

  test('may name a metric like a property of every object', () => {
    const metrics = { constructor: { kind: 'clock' }, toString: { kind: 'clock' } };
    expect(Object.keys(ruleOf({ ...smallest, metrics }).metrics)).toEqual([
      'constructor',
      'toString',
    ]);
  });
});

describe('whoever writes no rule at all is told', () => {
  test.for([
    { attributes: undefined, found: 'nothing' },
    { attributes: null, found: 'null' },
    { attributes: 'a rule', found: '"a rule"' },
    {
      attributes: [smallest],
      found: '[{"target":{"kind":"kubernetes","connection":"prod","name":"…',
    },
    { attributes: new Map(), found: 'a value of type object' },
  ])('that $found is no rule', ({ attributes, found }) => {
    const [problem = ''] = problemsOf(attributes);
    expect(problem).toMatch(/^: expected a map with target, workload, /);
    expect(problem.endsWith(`, found ${found}`)).toBe(true);
  });

  test.for(['', 'a/b', '-a', 'a b', 'ü', 'x'.repeat(129)])('that %j is no name for it', (id) => {
    expect(parse(smallest, id)).toMatchObject({ ok: false, problems: [{ path: 'id' }] });
  });

  test('of its value’s secret that it is not repeated', () => {
    const env = { PASSWORD: ['hunter2'] };
    expect(problemsOf({ ...smallest, workload: { image: 'a', env } })).toEqual([
      'workload.env.PASSWORD: expected a text, found a list',
    ]);
  });
});
