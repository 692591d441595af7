import type { OffsetReset } from '../../lib/model/sample.ts';
import type { Surroundings } from '../../lib/model/surroundings.ts';
import { epochMillis, minutes } from '../../lib/model/units.ts';
import type { KafkaLagOptions } from '../../lib/observe/kafka/kind.ts';
import type { MetricRequest } from '../../lib/observe/metric-source.ts';
import type { Connection } from '../../lib/rule/vocabulary.ts';

/** What a rule with one `kafka-lag` metric asks for. */
export function lagRequest(
  topic: string,
  group: string,
  more: { readonly offsetReset?: OffsetReset; readonly partitions?: readonly number[] } = {},
): MetricRequest {
  const options: KafkaLagOptions = {
    topic,
    group,
    offsetReset: more.offsetReset ?? 'earliest',
    partitions: more.partitions,
  };
  return {
    spec: {
      kind: 'kafka-lag',
      connection: 'main',
      maxAge: minutes(5),
      value: undefined,
      figures: ['lag', 'maxLag', 'partitions', 'lagging', 'activity'],
      options,
    },
    target: {
      kind: 'kubernetes',
      connection: 'prod',
      resource: 'apps/v1/Deployment',
      namespace: 'shop',
      name: 'orders',
    },
  };
}

export const kafkaConnectionTo = (brokers: readonly string[], timeout = 5000): Connection => ({
  name: 'main',
  kind: 'kafka',
  settings: { brokers, timeout },
});

/** Real time and no secrets: what a connection without authentication gets by with. */
export const plainSurroundings: Surroundings = {
  clock: { now: () => epochMillis(Date.now()), sleep: () => Promise.resolve() },
  secrets: { resolve: () => Promise.reject(new Error('no secrets here')) },
  region: undefined,
};
