import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { lagFigures } from '../../lib/model/lag.ts';
import type { Sample } from '../../lib/model/sample.ts';
import { epochMillis } from '../../lib/model/units.ts';
import { createKafkaSource } from '../../lib/observe/kafka/metric-source.ts';
import { createLagReader } from '../../lib/observe/kafka/read-lag.ts';
import type { MetricRequest, MetricSource } from '../../lib/observe/metric-source.ts';
import { metricSourceContract } from '../contract/metric-source.contract.ts';
import { kafkaConnectionTo, lagRequest, plainSurroundings } from '../fake/kafka-requests.ts';
import { commitOffsets, deleteRecords, waitForLeaders } from './kafka-groups.ts';

const given = process.env['KAFKA_BROKERS'];
const brokers = given?.split(',') ?? [];
const [first = ''] = brokers;
/** Names of this run only: the broker may have seen an earlier one. */
const run = `lag-${Date.now().toString(36)}`;

test('a broker is given where tests must not be skipped', () => {
  expect(process.env['CI'] === undefined || given !== undefined).toBe(true);
});

describe.skipIf(given === undefined)('lag on a real broker (KAFKA_BROKERS)', () => {
  let admin: Admin;
  let producer: Producer;
  let source: MetricSource;
  const requests: string[] = [];

  const createTopic = async (topic: string, numPartitions: number) => {
    await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false });
    await waitForLeaders(first, [topic], numPartitions);
  };
  const produce = (topic: string, partition: number, count: number) =>
    producer.send({
      topic,
      messages: Array.from({ length: count }, () => ({ value: 'message', partition })),
    });
  const read = (asked: readonly MetricRequest[], later = 0, from = source) =>
    from.read(asked, {
      now: epochMillis(Date.now() + later),
      signal: AbortSignal.timeout(20_000),
    });
  const figures = (sample: Sample | undefined) => {
    if (sample === undefined || !('measurement' in sample)) return sample?.code;
    if (sample.measurement.kind !== 'offsets') return 'no offsets';
    return lagFigures(sample.measurement.partitions, sample.measurement.reset);
  };
  const lag = (sample: Sample | undefined) => {
    const found = figures(sample);
    return typeof found === 'object' ? found.lag : found;
  };

  beforeAll(async () => {
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    [admin, producer] = [kafka.admin(), kafka.producer({ allowAutoTopicCreation: false })];
    await Promise.all([admin.connect(), producer.connect()]);
    source = createKafkaSource(kafkaConnectionTo(brokers), plainSurroundings, (name) =>
      requests.push(name),
    );
    await createTopic(`${run}-orders`, 3);
    for (const partition of [0, 1]) await produce(`${run}-orders`, partition, 20);
    await commitOffsets(first, [
      { group: `${run}-shop`, topic: `${run}-orders`, offsets: { 0: 5, 1: 20 } },
    ]);
  });
  afterAll(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect(), source.close()]);
  });
  const orders = lagRequest(`${run}-orders`, `${run}-shop`);

  test('counts every partition of a group that committed in some', async () => {
    const [sample] = await read([orders]);
    expect(figures(sample)).toEqual({
      lag: 15,
      maxLag: 15,
      partitions: 3,
      lagging: 1,
      activity: 0,
    });
  });

  test('counts a group without any commit by its reset policy (KEDA#2033)', async () => {
    const earliest = lagRequest(`${run}-orders`, `${run}-nobody`);
    const latest = lagRequest(`${run}-orders`, `${run}-nobody`, { offsetReset: 'latest' });
    expect((await read([earliest, latest])).map(lag)).toEqual([40, 0]);
  });

  test('does not count messages that retention has deleted (KEDA#7936)', async () => {
    const topic = `${run}-retained`;
    await createTopic(topic, 1);
    await produce(topic, 0, 50);
    await commitOffsets(first, [{ group: `${run}-slow`, topic, offsets: { 0: 3 } }]);
    await deleteRecords(first, topic, 40n);
    const asked = [lagRequest(topic, `${run}-slow`), lagRequest(topic, `${run}-nobody`)];
    expect((await read(asked)).map(lag)).toEqual([10, 10]);
    await deleteRecords(first, topic, 45n);
    expect((await read(asked)).map(lag)).toEqual([5, 5]);
  });

  test('counts nothing for a commit beyond a topic that was made anew', async () => {
    const topic = `${run}-anew`;
    await createTopic(topic, 1);
    await produce(topic, 0, 30);
    await read([lagRequest(topic, `${run}-shop`)]);
    await admin.deleteTopics({ topics: [topic] });
    await setTimeout(500);
    await createTopic(topic, 1);
    await produce(topic, 0, 4);
    await commitOffsets(first, [{ group: `${run}-shop`, topic, offsets: { 0: 30 } }]);
    const asked = [lagRequest(topic, `${run}-shop`), lagRequest(topic, `${run}-nobody`)];
    expect((await read(asked)).map(lag)).toEqual([0, 4]);
  });

  test('sees partitions that were added, five minutes later at the latest', async () => {
    const topic = `${run}-grown`;
    await createTopic(topic, 1);
    const asked = [lagRequest(topic, `${run}-shop`)];
    await read(asked);
    await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
    await waitForLeaders(first, [topic], 4);
    expect(figures((await read(asked, 301_000))[0])).toMatchObject({ partitions: 4 });
  });

  test('reads what it can beside an unknown topic', async () => {
    const samples = await read([orders, lagRequest(`${run}-nowhere`, `${run}-shop`)]);
    expect(samples.map(lag)).toEqual([15, 'UNKNOWN_TOPIC']);
  });

  test('reads a good cluster while another one hangs', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const hung = createKafkaSource(
      kafkaConnectionTo([`127.0.0.1:${port}`], 500),
      plainSurroundings,
    );
    const begin = performance.now();
    const [bad, good] = await Promise.all([read([orders], 0, hung), read([orders])]);
    expect([...bad, ...good].map(lag)).toEqual(['TIMED_OUT', 15]);
    expect(performance.now() - begin).toBeLessThan(2000);
    await hung.close();
    silent.close();
  });

  test('asks two requests in a tick, and four in the first, for any number of groups', async () => {
    const names: string[] = [];
    const fresh = createKafkaSource(kafkaConnectionTo([first]), plainSurroundings, (name) =>
      names.push(name),
    );
    const groups = Array.from({ length: 40 }, (_, n) => `${run}-many-${n}`);
    await commitOffsets(
      first,
      groups.map((group) => ({ group, topic: `${run}-orders`, offsets: { 0: 1, 1: 2, 2: 0 } })),
    );
    const asked = groups.map((group) => lagRequest(`${run}-orders`, group));
    expect(new Set((await read(asked, 0, fresh)).map(lag))).toEqual(new Set([37]));
    expect(names.splice(0).toSorted()).toEqual([
      'ListOffsets',
      'ListOffsets',
      'Metadata',
      'OffsetFetch',
    ]);
    await read(asked, 0, fresh);
    expect(names.toSorted()).toEqual(['ListOffsets', 'OffsetFetch']);
    await fresh.close();
  });

  test('lists all groups with all topics, and only those that are asked for', async () => {
    const reader = createLagReader(kafkaConnectionTo([first]), plainSurroundings);
    const reading = () => ({
      now: epochMillis(Date.now()),
      signal: AbortSignal.timeout(20_000),
    });
    const all = await reader.read({ reset: 'earliest' }, reading());
    expect(all.rows.map(({ group }) => group)).toContain(`${run}-shop`);
    const { rows } = await reader.read(
      { groups: [`${run}-shop`], topics: [`${run}-orders`], reset: 'earliest' },
      reading(),
    );
    expect(rows.map(({ partition, current, lag: behind }) => [partition, current, behind])).toEqual(
      [
        [0, 5n, 15n],
        [1, 20n, 0n],
        [2, undefined, 0n],
      ],
    );
    reader.close();
  });

  const [saslBroker = ''] = (process.env['KAFKA_SASL_BROKERS'] ?? '').split(',');
  describe.skipIf(saslBroker === '')('with SASL (KAFKA_SASL_BROKERS)', () => {
    const signIn = (password: string) => {
      const reference = { from: 'env', name: 'KAFKA_PASSWORD' };
      const sasl = { mechanism: 'plain', username: 'rubato', password: reference };
      const settings = { brokers: [saslBroker], sasl, timeout: 5000 };
      const secrets = { resolve: () => Promise.resolve(password) };
      const names: string[] = [];
      const signedIn = createKafkaSource(
        { name: 'main', kind: 'kafka', settings },
        { ...plainSurroundings, secrets },
        (name) => names.push(name),
      );
      return { signedIn, names };
    };

    test('signs in once, and asks nothing about it in the next tick', async () => {
      const { signedIn, names } = signIn('sonata');
      expect((await read([orders], 0, signedIn)).map(lag)).toEqual([15]);
      expect(names.splice(0)).toContain('SaslAuthenticate');
      await read([orders], 1000, signedIn);
      expect(names.toSorted()).toEqual(['ListOffsets', 'OffsetFetch']);
      await signedIn.close();
    });

    test('says that a password was refused, without repeating it', async () => {
      const { signedIn } = signIn('wrong-password');
      const [sample] = await read([orders], 0, signedIn);
      expect(sample).toMatchObject({ trust: 'missing', code: 'NOT_AUTHENTICATED' });
      expect(JSON.stringify(sample)).not.toContain('wrong-password');
      await signedIn.close();
    });

    test('says that a broker hung up on a client that does not sign in', async () => {
      const anonymous = createKafkaSource(kafkaConnectionTo([saslBroker]), plainSurroundings);
      const [sample] = await read([orders], 0, anonymous);
      expect(sample).toMatchObject({ trust: 'missing', code: 'DISCONNECTED' });
      await anonymous.close();
    });
  });

  metricSourceContract('Kafka lag from a real broker', async () => ({
    source: createKafkaSource(kafkaConnectionTo(brokers), plainSurroundings),
    good: orders,
    bad: lagRequest(`${run}-nowhere`, `${run}-shop`),
  }));
});
