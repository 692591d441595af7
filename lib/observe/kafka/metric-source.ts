import { ScalerError } from '../../model/errors.ts';
import type { Sample } from '../../model/sample.ts';
import type { Surroundings } from '../../model/surroundings.ts';
import type { Connection } from '../../rule/vocabulary.ts';
import type { MetricRequest, MetricSource, Reading } from '../metric-source.ts';
import { createCluster } from './cluster.ts';
import type { OffsetAnswer } from './conversation.ts';
import type { KafkaLagOptions } from './kind.ts';

const optionsOf = ({ spec }: MetricRequest): KafkaLagOptions => spec.options as KafkaLagOptions;

const missing = (options: KafkaLagOptions, error: ScalerError): Sample => ({
  trust: 'missing',
  because: `group ${options.group} on topic ${options.topic}: ${error.message}`,
  code: error.code,
});

function toSample(request: MetricRequest, answer: OffsetAnswer, { now }: Reading): Sample {
  const options = optionsOf(request);
  if (!answer.ok) return missing(options, answer.error);
  return {
    trust: 'fresh',
    at: now,
    measurement: { kind: 'offsets', partitions: answer.value, reset: options.offsetReset },
  };
}

/**
 * Lag of consumer groups over one Kafka connection, all in one conversation a tick. Nothing is sent
 * before the first reading; connections, metadata and log starts are then kept until `close`, and
 * cost nothing while they rest. Needs DESCRIBE on the groups and topics; DESCRIBE on the topic of
 * commits too saves one request in each process.
 */
export function createKafkaSource(
  connection: Connection,
  surroundings: Surroundings,
  onRequest?: (name: string) => void,
): MetricSource {
  const cluster = createCluster(connection, surroundings, onRequest);
  return {
    async read(requests, reading) {
      if (requests.length === 0) return [];
      const queries = requests.map((request) => {
        const { group, topic, offsetReset: reset, partitions } = optionsOf(request);
        return { group, topic, reset, ...(partitions === undefined ? {} : { only: partitions }) };
      });
      try {
        const answers = await cluster.talk(reading, (conversation) =>
          conversation.offsets(queries, reading),
        );
        return requests.map((request, at) => {
          const answer = answers[at];
          if (answer === undefined) throw new Error('a request was lost on the way');
          return toSample(request, answer, reading);
        });
      } catch (error) {
        if (!(error instanceof ScalerError)) throw error;
        return requests.map((request) => missing(optionsOf(request), error));
      }
    },
    close: () => Promise.resolve(cluster.close()),
  };
}
