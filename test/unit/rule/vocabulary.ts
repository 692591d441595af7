import { connectionKinds } from '../../../lib/rule/connection-kinds.ts';
import { choice, object, optional, record, text, withDefault } from '../../../lib/rule/schema.ts';
import type { Connections, Vocabulary } from '../../../lib/rule/vocabulary.ts';

const labels = withDefault(
  record(text({ about: 'Value of the label.' }), {
    about: 'Labels.',
    key: /^[\w./-]+$/,
    keyAccepted: 'a label',
    max: 10,
  }),
  {},
);

const kubernetes = object(
  {
    namespace: withDefault(text({ about: 'Namespace.' }), 'default'),
    name: optional(text({ about: 'Name or pattern.' })),
    labels,
  },
  { about: 'A Kubernetes workload.' },
);

const named = object({ name: text({ about: 'Its name.' }) }, { about: 'Something with a name.' });

/** Kinds of every shape that rules can meet; the real ones come from the registries. */
export const vocabulary: Vocabulary = {
  connections: connectionKinds,
  metrics: {
    'kafka-lag': {
      connections: ['kafka'],
      figures: ['lag', 'maxLag', 'partitions', 'lagging', 'activity'],
      schema: object(
        {
          topic: text({ about: 'The topic.' }),
          group: text({ about: 'The consumer group.' }),
          offsetReset: withDefault(
            choice(['earliest', 'latest'], { about: 'Where a group without a commit starts.' }),
            'latest',
          ),
        },
        { about: 'Lag of a consumer group.' },
      ),
    },
    'http-json': {
      connections: ['http'],
      figures: [],
      schema: object(
        { path: withDefault(text({ about: 'Path.' }), '/'), json: text({ about: 'JSON path.' }) },
        { about: 'A number in a JSON document.' },
      ),
    },
    clock: { connections: [], figures: [], schema: object({}, { about: 'Minutes of the day.' }) },
  },
  targets: {
    kubernetes: {
      connections: ['kubernetes'],
      managesWorkloads: true,
      dimensions: ['replicas'],
      schema: kubernetes,
      select(options) {
        const {
          namespace,
          name,
          labels: wanted,
        } = options as {
          namespace: string;
          name?: string;
          labels: Record<string, string>;
        };
        return { resource: 'apps/v1/Deployment', namespace, name: name ?? '', labels: wanted };
      },
    },
    process: {
      connections: ['process'],
      managesWorkloads: false,
      dimensions: ['replicas'],
      schema: named,
      select: (options) => ({
        resource: '',
        namespace: '',
        labels: {},
        ...(options as { name: string }),
      }),
    },
    fly: {
      connections: ['fly'],
      managesWorkloads: false,
      dimensions: ['created', 'started'],
      schema: named,
      select: (options) => ({
        resource: '',
        namespace: '',
        labels: {},
        ...(options as { name: string }),
      }),
    },
  },
};

export const connections: Connections = Object.fromEntries(
  Object.entries({
    main: 'kafka',
    prod: 'kubernetes',
    jobs: 'process',
    web: 'http',
    acme: 'fly',
  }).map(([name, kind]) => [name, { name, kind, settings: {} }]),
);

/** The least a rule can be. */
export const smallest = {
  target: { kind: 'kubernetes', connection: 'prod', name: 'orders-worker' },
  replicas: 3,
};

/** Every attribute of the rule format, each with a value that is not its default. */
export const complete = {
  target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'orders-worker' },
  workload: {
    image: 'registry.example.org/orders:1.2',
    command: ['node'],
    args: ['worker.js', ''],
    env: { LOG_LEVEL: 'debug', EMPTY: '' },
    resources: { requests: { cpu: '100m' }, limits: { memory: '64Mi' } },
    labels: { 'app.kubernetes.io/part-of': 'shop' },
    annotations: { 'example.org/owner': 'team orders' },
  },
  metrics: {
    orders: {
      kind: 'kafka-lag',
      connection: 'main',
      topic: 'orders',
      group: 'orders-worker',
      maxAge: '90s',
    },
    depth: { kind: 'http-json', connection: 'web', json: '$.depth' },
    behind: { kind: 'kafka-lag', connection: 'main', topic: 'x', group: 'y', value: 'maxLag' },
    minute: { kind: 'clock' },
  },
  replicas: { min: 'ceil(orders.lag / 100)', max: 'ceil(orders.lag / 50)' },
  min: 1,
  max: 'min(20, orders.partitions)',
  interval: '15s',
  idle: '10m',
  smoothing: { halfLife: '1.35s' },
  rebalanceHold: '30s',
  scaleUp: { policies: [{ kind: 'percent', value: 100, period: '1m' }], select: 'min' },
  scaleDown: {
    stabilization: '5m',
    policies: [{ kind: 'pods', value: 4, period: '1m' }],
    cooldown: '1m30s',
  },
  tolerance: { up: 0.1, down: 0.2 },
  windows: [
    { days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Paris', min: 3, ramp: '30m' },
    { days: ['sat', 'sun'], from: '22:00', to: '06:00', max: 2, except: ['2026-12-26'] },
    { cron: '0 8 * * mon-fri', duration: '2h', min: 4 },
  ],
  override: { min: 10, until: '2026-11-27T06:00:00Z', by: 'ops', why: 'sale' },
  fallback: { after: 3, replicas: 5 },
  dryRun: true,
};
