import type { Explain } from '../schema.ts';

/** Names that other autoscalers have for what a rule says, and how it is said here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  minReplicaCount: 'KEDA’s minReplicaCount is min here',
  maxReplicaCount: 'KEDA’s maxReplicaCount is max here',
  cooldownPeriod: 'KEDA’s cooldownPeriod is idle here, with its unit (300 is 300s)',
  pollingInterval: 'KEDA’s pollingInterval is interval here, with its unit (30 is 30s)',
  idleReplicaCount: 'KEDA’s idleReplicaCount is not needed: min: 0 and idle say when to go to zero',
  scaleTargetRef: 'KEDA’s scaleTargetRef is target here',
  triggers: 'KEDA’s triggers are metrics here, a map from names to metrics',
  formula: 'KEDA’s formula is replicas here',
  advanced: 'KEDA’s advanced settings are scaleUp, scaleDown and tolerance here',
  behavior: 'HPA’s behavior is scaleUp and scaleDown here',
  minReplicas: 'HPA’s minReplicas is min here',
  maxReplicas: 'HPA’s maxReplicas is max here',
  stabilizationWindowSeconds:
    'HPA’s stabilizationWindowSeconds is stabilization here, with its unit (300 is 300s)',
  selectPolicy: 'HPA’s selectPolicy is select here: max, min or disabled',
  periodSeconds: 'HPA’s periodSeconds is period here, with its unit (60 is 60s)',
  failureThreshold: 'KEDA’s failureThreshold is after here',
  timezone: 'KEDA’s timezone is zone here',
  start: 'write days and from, or cron, for when a window starts',
  end: 'write to, or duration beside cron, for when a window ends',
  desiredReplicas: 'KEDA’s desiredReplicas is min here',
  consumerGroup: 'KEDA’s consumerGroup is group here',
  lagThreshold: 'KEDA’s lagThreshold is what replicas divides by: ceil(orders.lag / 10)',
  activationLagThreshold:
    'KEDA’s activationLagThreshold is a condition in replicas: orders.lag > 5 ? ceil(orders.lag / 10) : 0',
  offsetResetPolicy: 'KEDA’s offsetResetPolicy is offsetReset here',
  allowIdleConsumers: 'KEDA’s allowIdleConsumers is what a metric without limitTo does',
  limitToPartitionsWithLag: 'KEDA’s limitToPartitionsWithLag is limitTo: lagging here',
  excludePersistentLag: 'KEDA’s excludePersistentLag is excludeStuck: 3 here, in looks',
  partitionLimitation: 'KEDA’s partitionLimitation is partitions here',
  ensureEvenDistributionOfPartitions:
    'KEDA’s ensureEvenDistributionOfPartitions is spread: even here',
};

const ENDPOINTS: ReadonlySet<string> = new Set([
  'command',
  'url',
  'uri',
  'host',
  'hostname',
  'address',
  'serveraddress',
  'endpoint',
  'broker',
  'brokers',
  'bootstrapservers',
  'bootstrap_servers',
  'kubeconfig',
  'sasl',
  'tls',
  'headers',
  'username',
  'user',
  'auth',
  'authorization',
]);
const SECRETS = /password|passwd|secret|token|credential|api[_-]?key|private[_-]?key|bearer/;

const IN_CONNECTIONS =
  'commands, endpoints and secrets stand in connections.yml only, so that whoever can edit rules cannot run a command or send credentials elsewhere; name a connection here';

/** Why an attribute is not a rule's, where its name tells: another system's word, or a connection's. */
export const elsewhere: Explain = (key) => {
  if (Object.hasOwn(OTHER_NAMES, key)) return OTHER_NAMES[key];
  const name = key.slice(0, 100).toLowerCase();
  return ENDPOINTS.has(name) || SECRETS.test(name) ? IN_CONNECTIONS : undefined;
};
