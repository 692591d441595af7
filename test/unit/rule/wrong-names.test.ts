import { describe, expect, test } from 'vitest';

import { beside, problemsOf, type Wrong } from './parsing.ts';

const orders = { kind: 'kafka-lag', connection: 'main', topic: 'orders', group: 'g' };
const day = { days: 'mon-fri', from: '08:00', to: '18:00', min: 3 };

const wrong: readonly Wrong[] = [
  {
    name: 'a string where a list is meant (instance-scheduler#247)',
    written: { windows: 'office-hours' },
    said: ['windows: expected a list, found "office-hours": put it between [ and ]'],
  },
  {
    name: 'a DynamoDB string set where a list is meant',
    written: { windows: new Set(['office-hours']) },
    said: ['windows: expected a list, found a string set: use the type list (L) instead'],
  },
  {
    name: 'one window without its list',
    written: { windows: day },
    said: [
      'windows: expected a list, found {"days":"mon-fri","from":"08:00","to":"18:00","min":3}: put it between [ and ]',
    ],
  },
  {
    name: 'an unknown attribute, with the nearest known one',
    written: { inteval: '15s' },
    said: [
      'inteval: unknown attribute; accepted here: target, workload, metrics, replicas, created, started, min, max, interval, idle, smoothing, rebalanceHold, scaleUp, scaleDown, tolerance, windows, override, fallback, dryRun (did you mean "interval"?)',
    ],
  },
  {
    name: 'an unknown attribute of a metric, told all that its kind knows',
    written: { metrics: { orders: { ...orders, topics: 'a' } } },
    said: [
      'metrics.orders.topics: unknown attribute; accepted here: kind, connection, maxAge, value, topic, group, offsetReset (did you mean "topic"?)',
    ],
  },
  {
    name: 'an attribute that is named like one of every object',
    written: JSON.parse('{"__proto__": {"min": 5}, "constructor": 1}') as object,
    said: [
      '__proto__: unknown attribute; accepted here: target, workload, metrics, replicas, created, started, min, max, interval, idle, smoothing, rebalanceHold, scaleUp, scaleDown, tolerance, windows, override, fallback, dryRun',
      'constructor: unknown attribute; accepted here: target, workload, metrics, replicas, created, started, min, max, interval, idle, smoothing, rebalanceHold, scaleUp, scaleDown, tolerance, windows, override, fallback, dryRun',
    ],
  },
  {
    name: 'an unknown connection',
    written: { metrics: { orders: { ...orders, connection: 'mian' } } },
    said: [
      'metrics.orders.connection: no connection "mian" in connections.yml; there is of kind kafka: main (did you mean "main"?)',
    ],
  },
  {
    name: 'a connection named like a property of every object',
    written: { metrics: { orders: { ...orders, connection: 'constructor' } } },
    said: [
      'metrics.orders.connection: no connection "constructor" in connections.yml; there is of kind kafka: main',
    ],
  },
  {
    name: 'a connection of a kind that the metric cannot use',
    written: { metrics: { orders: { ...orders, connection: 'prod' } } },
    said: [
      'metrics.orders.connection: connection "prod" is of kind kubernetes, which metric kind kafka-lag cannot use; there is of kind kafka: main',
    ],
  },
  {
    name: 'a target over a connection of another kind',
    written: { target: { kind: 'process', connection: 'prod', name: 'a' } },
    said: [
      'target.connection: connection "prod" is of kind kubernetes, which target kind process cannot use; there is of kind process: jobs',
    ],
  },
  {
    name: 'no target',
    written: { target: undefined },
    said: [
      'target: is required: what is scaled: its kind, the connection it is reached over, and its name.',
    ],
  },
  {
    name: 'an unknown kind of target, and what can be said without knowing it',
    written: { target: { kind: 'kubernets', connection: 'nowhere' } },
    said: [
      'target.kind: expected one of kubernetes, process, fly, found "kubernets" (did you mean "kubernetes"?)',
      'target.connection: no connection "nowhere" in connections.yml; there is: main, prod, jobs, web, acme',
    ],
  },
  {
    name: 'no kind of metric',
    written: { metrics: { orders: { connection: 'main' } } },
    said: ['metrics.orders.kind: expected one of kafka-lag, http-json, clock, found nothing'],
  },
  {
    name: 'a metric that is only the name of a kind',
    written: { metrics: { orders: 'kafka-lag' } },
    said: [
      'metrics.orders: expected a map with kind, connection, maxAge, value, found "kafka-lag"',
    ],
  },
  {
    name: 'an unknown figure of a metric',
    written: { metrics: { orders: { ...orders, value: 'lags' } } },
    said: [
      'metrics.orders.value: expected one of lag, maxLag, partitions, lagging, activity, found "lags" (did you mean "lag"?)',
    ],
  },
  {
    name: 'a figure of a metric that is a single number',
    written: {
      metrics: { depth: { kind: 'http-json', connection: 'web', json: '$', value: 'lag' } },
    },
    said: ['metrics.depth.value: expected nothing: this kind of metric is a single number'],
  },
  {
    name: 'a metric that would hide a function of the language',
    written: { metrics: { max: orders } },
    said: [
      'metrics.max: max is a word of the expression language; give the metric another name, such as maxValue',
    ],
  },
  {
    name: 'metrics with names that no expression could use',
    written: { metrics: { 'my-orders': orders, '1st': orders } },
    said: [
      'metrics.my-orders: expected a word of letters, digits and _ as name, found "my-orders"',
      'metrics.1st: expected a word of letters, digits and _ as name, found "1st"',
    ],
  },
  {
    name: 'a metric named __proto__',
    written: { metrics: JSON.parse('{"__proto__": {"kind": "clock"}}') as object },
    said: [
      'metrics.__proto__: expected a word of letters, digits and _ as name, found "__proto__"',
    ],
  },
  {
    name: 'a dimension that the target does not have',
    written: { started: 2 },
    said: ['started: a kubernetes target has no started; write replicas'],
  },
  {
    name: 'a policy without time, in HPA’s spelling and in ours',
    written: {
      scaleUp: { policies: [{ kind: 'pods', value: 4, period: '0s' }] },
      scaleDown: { policies: [{ type: 'Pods', value: 4, periodSeconds: 0 }] },
    },
    said: [
      'scaleUp.policies[0].period: expected from 1s to 30m, found "0s"',
      'scaleDown.policies[0].periodSeconds: expected from 1s to 30m, found "0s" (read as scaleDown.policies[0].period)',
    ],
  },
  {
    name: 'a workload on a target that has none',
    written: {
      target: { kind: 'process', connection: 'jobs', name: 'a' },
      workload: { image: 'a' },
    },
    said: ['workload: a process target cannot carry its workload; this can: kubernetes'],
  },
  ...['command', 'url', 'host', 'token', 'apiKey', 'bearerTokenFrom', 'password'].map((key) => ({
    name: `a ${key}, which belongs to a connection`,
    written: { metrics: { orders: { ...orders, [key]: 'hunter2' } } },
    said: [
      `metrics.orders.${key}: unknown attribute; commands, endpoints and secrets stand in connections.yml only, so that whoever can edit rules cannot run a command or send credentials elsewhere; name a connection here`,
    ],
  })),
];

describe('a rule that names what there is not is told', () => {
  test.for(wrong)('$name', ({ written, said }) => {
    expect(problemsOf(beside(written))).toEqual(said);
  });
});
