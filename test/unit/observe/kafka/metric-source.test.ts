import { createHook } from 'node:async_hooks';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { lagFigures } from '../../../../lib/model/lag.ts';
import type { Sample } from '../../../../lib/model/sample.ts';
import { epochMillis } from '../../../../lib/model/units.ts';
import { createKafkaSource } from '../../../../lib/observe/kafka/metric-source.ts';
import type { MetricRequest, MetricSource } from '../../../../lib/observe/metric-source.ts';
import { createFakeKafkaBroker, type FakeBroker } from '../../../fake/kafka-broker.ts';
import { kafkaConnectionTo, lagRequest, plainSurroundings } from '../../../fake/kafka-requests.ts';

const START = 1_795_240_000_000;
const MINUTE = 60_000;

let broker: FakeBroker;
let source: MetricSource;
beforeEach(async () => {
  broker = await createFakeKafkaBroker();
  broker.topics.set('orders', [
    { start: 0n, end: 10n },
    { start: 0n, end: 20n },
  ]);
  broker.commits.set('shop orders 0', 4n);
  broker.commits.set('shop orders 1', 20n);
  source = createKafkaSource(kafkaConnectionTo([broker.address], 300), plainSurroundings);
});
afterEach(async () => {
  await source.close();
  await broker.close();
});

const read = (requests: readonly MetricRequest[], at = START, from = source) =>
  from.read(requests, { now: epochMillis(at), signal: AbortSignal.timeout(5000) });

const lagOf = (sample: Sample | undefined): number | string => {
  if (sample === undefined || !('measurement' in sample)) return sample?.code ?? 'none';
  if (sample.measurement.kind !== 'offsets') return 'no offsets';
  return lagFigures(sample.measurement.partitions, sample.measurement.reset).lag;
};

const orders = lagRequest('orders', 'shop');

describe('a conversation with a cluster', () => {
  test('is four requests at first and two then, whatever the number of groups', async () => {
    const many = Array.from({ length: 50 }, (_, n) => lagRequest('orders', `shop-${n}`));
    const committed = [orders, ...many];
    for (const [n] of many.entries()) {
      for (const partition of [0, 1]) broker.commits.set(`shop-${n} orders ${partition}`, 1n);
    }
    await read(committed);
    expect(broker.requests.toSorted()).toEqual([
      'ListOffsets 2',
      'ListOffsets 2',
      'Metadata 4',
      'OffsetFetch 8',
    ]);
    broker.requests.length = 0;
    expect((await read(committed, START + MINUTE)).map(lagOf)[0]).toBe(6);
    expect(broker.requests.toSorted()).toEqual(['ListOffsets 2', 'OffsetFetch 8']);
  });

  test('sees new partitions and starts of the log within five minutes', async () => {
    await read([orders]);
    broker.topics.get('orders')?.push({ start: 0n, end: 5n });
    expect(lagOf((await read([orders], START + MINUTE))[0])).toBe(6);
    expect(lagOf((await read([orders], START + 6 * MINUTE))[0])).toBe(11);
  });

  test('follows the start of the log for a group that is behind it (KEDA#7936)', async () => {
    broker.topics.set('orders', [{ start: 7n, end: 10n }]);
    expect(lagOf((await read([orders]))[0])).toBe(3);
    broker.topics.set('orders', [{ start: 9n, end: 10n }]);
    expect(lagOf((await read([orders], START + MINUTE))[0])).toBe(1);
  });

  test('asks for the start again when the end went back, as after a topic was made anew', async () => {
    broker.topics.set('orders', [{ start: 50n, end: 60n }]);
    broker.commits.set('shop orders 0', 60n);
    expect(lagOf((await read([orders]))[0])).toBe(0);
    broker.topics.set('orders', [{ start: 0n, end: 8n }]);
    broker.commits.set('shop orders 0', 2n);
    expect(lagOf((await read([orders], START + MINUTE))[0])).toBe(6);
  });

  test('reads only the partitions that a rule names', async () => {
    const some = lagRequest('orders', 'shop', { partitions: [1] });
    const none = lagRequest('orders', 'shop', { partitions: [1, 9] });
    expect((await read([some, none])).map(lagOf)).toEqual([0, 'PARTITION_MISSING']);
  });
});

describe('what cannot be read is missing, and the rest is read', () => {
  test('a topic that does not exist', async () => {
    const samples = await read([lagRequest('nope', 'shop'), orders]);
    expect(samples.map(lagOf)).toEqual(['UNKNOWN_TOPIC', 6]);
    expect(samples[0]).toMatchObject({ because: expect.stringContaining('topic nope') as string });
  });

  test('a partition that the answer leaves out: never counted as 0', async () => {
    broker.topics.set('other', [{ start: 0n, end: 3n }]);
    broker.behaviour.leavesOut.add('orders 1');
    const samples = await read([orders, lagRequest('other', 'shop')]);
    expect(samples.map(lagOf)).toEqual(['PARTITION_MISSING', 3]);
  });

  test('a partition whose leader stays unknown, after one more try', async () => {
    broker.behaviour.errors.set(
      'ListOffsets',
      Array.from({ length: 20 }, () => 6),
    );
    expect((await read([orders])).map(lagOf)).toEqual(['NO_LEADER']);
    expect(broker.requests.filter((name) => name.startsWith('Metadata'))).toHaveLength(2);
  });

  test('a group that we may not describe', async () => {
    broker.behaviour.errors.set('OffsetFetch', [30]);
    const [sample] = await read([orders]);
    expect(sample).toMatchObject({
      code: 'NOT_AUTHORIZED',
      because: expect.stringContaining('DESCRIBE on the group') as string,
    });
  });

  test.for([
    { name: 'metadata', silent: 'Metadata', lags: ['TIMED_OUT'] },
    { name: 'offsets', silent: 'ListOffsets', lags: ['TIMED_OUT'] },
    { name: 'commits', silent: 'OffsetFetch', lags: ['TIMED_OUT'] },
  ])('a broker that hangs on $name, within the connection’s timeout', async ({ silent, lags }) => {
    broker.behaviour.silent.add(silent);
    const begin = performance.now();
    expect((await read([orders])).map(lagOf)).toEqual(lags);
    expect(performance.now() - begin).toBeLessThan(1500);
    broker.behaviour.silent.clear();
    expect((await read([orders], START + MINUTE)).map(lagOf)).toEqual([6]);
  });

  test('a broker that hangs, as soon as the tick ends', async () => {
    const patient = createKafkaSource(
      kafkaConnectionTo([broker.address], 30_000),
      plainSurroundings,
    );
    broker.behaviour.silent.add('Metadata');
    const begin = performance.now();
    const reading = { now: epochMillis(START), signal: AbortSignal.timeout(100) };
    expect((await patient.read([orders], reading)).map(lagOf)).toEqual(['TIMED_OUT']);
    expect(performance.now() - begin).toBeLessThan(1500);
    await patient.close();
  });

  test('a port where nobody listens', async () => {
    const nobody = createKafkaSource(kafkaConnectionTo(['127.0.0.1:1']), plainSurroundings);
    const [sample] = await read([orders], START, nobody);
    expect(sample).toMatchObject({
      code: 'UNREACHABLE',
      because: expect.stringContaining('127.0.0.1:1 cannot be reached') as string,
    });
  });

  test('a connection whose authority file is not there', async () => {
    const settings = { brokers: [broker.address], tls: { ca: '/nowhere/ca.pem' }, timeout: 300 };
    const connection = { name: 'main', kind: 'kafka', settings };
    const invalid = createKafkaSource(connection, plainSurroundings);
    expect((await read([orders], START, invalid)).map(lagOf)).toEqual(['CONNECTION_INVALID']);
  });
});

describe('a cluster that changes', () => {
  test('is asked once more when a leader has moved', async () => {
    await read([orders]);
    broker.behaviour.errors.set('ListOffsets', [6]);
    expect((await read([orders], START + MINUTE)).map(lagOf)).toEqual([6]);
  });

  test('is asked who coordinates a group when the computed one is not it', async () => {
    broker.behaviour.errors.set('OffsetFetch', [16]);
    expect((await read([orders])).map(lagOf)).toEqual([6]);
    expect(broker.requests).toContain('FindCoordinator 4');
    broker.requests.length = 0;
    await read([orders], START + MINUTE);
    expect(broker.requests.toSorted()).toEqual(['ListOffsets 2', 'OffsetFetch 8']);
  });

  test('is asked for coordinators, all in one request, where the topic of commits is hidden', async () => {
    broker.behaviour.hidesCommits = true;
    broker.commits.set('mail orders 0', 9n);
    broker.commits.set('mail orders 1', 19n);
    expect((await read([orders, lagRequest('orders', 'mail')])).map(lagOf)).toEqual([6, 2]);
    expect(broker.requests.filter((name) => name === 'FindCoordinator 4')).toHaveLength(1);
  });

  test('is reached through another bootstrap broker when the first one hangs', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const both = kafkaConnectionTo([`127.0.0.1:${port}`, broker.address], 600);
    const patient = createKafkaSource(both, plainSurroundings);
    expect((await read([orders], START, patient)).map(lagOf)).toEqual([6]);
    await patient.close();
    silent.close();
  });

  test('is reached through the last of many bootstrap brokers, in a time that they cannot share evenly', async () => {
    const brokers = ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3', broker.address];
    const persistent = createKafkaSource(kafkaConnectionTo(brokers, 1000.5), plainSurroundings);
    expect((await read([orders], START, persistent)).map(lagOf)).toEqual([6]);
    await persistent.close();
  });

  test('is reached again after its connections were dropped', async () => {
    await read([orders]);
    await source.close();
    expect((await read([orders], START + MINUTE)).map(lagOf)).toEqual([6]);
  });
});

describe('a connection that rests between ticks', () => {
  test('runs no timers: kafkajs would fire one every millisecond', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => void warnings.push(name);
    process.on('warning', onWarning);
    await read([orders]);
    let timers = 0;
    const hook = createHook({
      init(_, type) {
        if (type === 'Timeout') timers += 1;
      },
    }).enable();
    await setTimeout(300);
    hook.disable();
    process.off('warning', onWarning);
    expect(timers).toBeLessThan(30);
    expect(warnings).not.toContain('TimeoutNegativeWarning');
  });
});

describe('a broker from before 3.0', () => {
  test('is asked for its versions once it hung up, and then group by group', async () => {
    broker.behaviour.old = true;
    broker.behaviour.hidesCommits = true;
    broker.commits.set('mail orders 0', 9n);
    broker.commits.set('mail orders 1', 19n);
    const asked = [orders, lagRequest('orders', 'mail')];
    expect((await read(asked)).map(lagOf)).toEqual([6, 2]);
    expect(broker.requests).toContain('ApiVersions 2');
    expect(broker.requests.filter((name) => name === 'OffsetFetch 3')).toHaveLength(2);
    expect(broker.requests.filter((name) => name === 'FindCoordinator 1')).toHaveLength(2);
  });
});
