import { createKafkaSource } from '../../lib/observe/kafka/metric-source.ts';
import { createFakeKafkaBroker } from '../fake/kafka-broker.ts';
import { kafkaConnectionTo, lagRequest, plainSurroundings } from '../fake/kafka-requests.ts';
import { metricSourceContract } from './metric-source.contract.ts';

metricSourceContract('Kafka lag from the fake broker', async () => {
  const broker = await createFakeKafkaBroker();
  broker.topics.set('orders', [{ start: 0n, end: 10n }]);
  const source = createKafkaSource(kafkaConnectionTo([broker.address]), plainSurroundings);
  return {
    good: lagRequest('orders', 'shop'),
    bad: lagRequest('nowhere', 'shop'),
    source,
    end: () => broker.close(),
  };
});
