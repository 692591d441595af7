/** Endpoints where nobody listens: what counts is that each vendor's client is there to say so. */
export const LOCAL = {
  local: { kind: 'http', url: 'http://127.0.0.1:9' },
  cluster: { kind: 'kubernetes', kubeconfig: '', timeout: '500ms' },
  kafka: { kind: 'kafka', brokers: ['127.0.0.1:9'], timeout: '500ms' },
};
/** What the cluster's kubeconfig has to say. */
export const KUBECONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'test',
  clusters: [{ name: 'test', cluster: { server: 'https://127.0.0.1:9' } }],
  users: [{ name: 'test', user: { token: 'none' } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
};

const lag = { kind: 'kafka-lag', connection: 'kafka', topic: 'orders', group: 'orders' };
const target = { kind: 'kubernetes', connection: 'cluster', namespace: 'shop', name: 'orders' };
const rule = { target, metrics: { orders: lag }, replicas: 'ceil(orders.lag / 100)', max: 6 };

/** Items of the rules table: one rule that is valid, and one that is misspelt. */
export const RULES = [
  { id: 'orders', ...rule },
  { id: 'broken', ...rule, replicsa: 'orders.lag' },
];
