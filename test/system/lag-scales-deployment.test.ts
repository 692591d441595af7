import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createTables } from '../../infra/tables.ts';
import { at, countAt, textAt } from '../../lib/act/kubernetes/json.ts';
import { type App, createApp } from '../../lib/app.ts';
import { readConfig } from '../../lib/config.ts';
import { formatIso } from '../../lib/model/iso.ts';
import { epochMillis } from '../../lib/model/units.ts';
import type { ChangeEntry } from '../../lib/record/journal.ts';
import type { TickEvent } from '../../lib/tick/event.ts';
import type { DecisionReport, TickReport } from '../../lib/tick/report.ts';
import { tick } from '../../lib/tick/tick.ts';
import { waitForLeaders } from '../backends/kafka-groups.ts';
import {
  type Admin,
  deployment,
  isLocal,
  isSettled,
  openAdmin,
  paths,
  until,
} from '../backends/kubernetes-admin.ts';
import { never } from '../support/world.ts';

const run = promisify(execFile);
const KAFKA = path.resolve(import.meta.dirname, '../backends/kafka.sh');

const { DYNAMODB_ENDPOINT, KUBECONFIG, CI } = process.env;
const isReady = DYNAMODB_ENDPOINT !== undefined && KUBECONFIG !== undefined && isLocal(KUBECONFIG);
if (!isReady && CI) throw new Error('DYNAMODB_ENDPOINT and a local KUBECONFIG must be set in CI');

const TOPIC = 'orders';
const GROUP = 'orders-worker';

/** A broker of this test's own, because it is stopped in the middle; its data outlives the stop. */
function ownBroker() {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    BACKENDS_INSTANCE: `lag-${process.pid}`,
    BACKENDS_KEEP: '1',
  };
  return {
    async start(port: string): Promise<string> {
      const { stdout } = await run(KAFKA, ['start'], { env: { ...env, KAFKA_PORT: port } });
      return /KAFKA_BROKERS=(\S+)/.exec(stdout)?.[1] ?? '';
    },
    stop: () => run(KAFKA, ['stop'], { env }),
  };
}

describe.skipIf(!isReady)('Kafka lag scales a Deployment by a rule in DynamoDB', () => {
  const broker = ownBroker();
  const changes: ChangeEntry[] = [];
  let brokers = '';
  let kafka: Kafka;
  let admin: Admin;
  let namespace = '';
  let app: App;
  /** The moment of the next tick: ticks are a minute apart, whatever time it is. */
  let minute = Date.UTC(2026, 10, 20, 12);

  const rule = (more: object = {}): object => ({
    target: { kind: 'kubernetes', connection: 'prod', namespace, name: 'orders-worker' },
    metrics: {
      orders: {
        kind: 'kafka-lag',
        connection: 'main',
        topic: TOPIC,
        group: GROUP,
        offsetReset: 'earliest',
      },
    },
    replicas: 'ceil(orders.lag / 100)',
    max: 'orders.partitions',
    idle: '2m',
    smoothing: { halfLife: '30m' },
    ...more,
  });

  /** Edits the rule as a person at the table does. */
  const putRule = (attributes: object): Promise<void> =>
    app.ports.rules.put({ id: 'orders', attributes: attributes as Record<string, unknown> }, never);

  async function nextTick(event: TickEvent = {}): Promise<TickReport> {
    minute += 60_000;
    return await tick(app.ports, { now: formatIso(epochMillis(minute)), ...event }, never);
  }

  const only = (report: TickReport): DecisionReport => {
    expect(report.tick.leader).toBe(true);
    expect(report.decisions).toHaveLength(1);
    return report.decisions[0] as DecisionReport;
  };

  const object = () => admin.call('GET', `${paths.deployments(namespace)}/orders-worker`);
  const replicas = async (): Promise<number> => countAt(await object(), 1, 'spec', 'replicas');
  const settled = () => until(object, isSettled, 'settled');

  async function commit(offsetOf: (end: string) => string): Promise<void> {
    const client = kafka.admin();
    await client.connect();
    const ends = await client.fetchTopicOffsets(TOPIC);
    const partitions = ends.map(({ partition, offset }) => ({
      partition,
      offset: offsetOf(offset),
    }));
    await client.setOffsets({ groupId: GROUP, topic: TOPIC, partitions });
    await client.disconnect();
  }

  beforeAll(async () => {
    brokers = await broker.start('0');
    kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
    const client = kafka.admin();
    await client.connect();
    await client.createTopics({
      topics: [{ topic: TOPIC, numPartitions: 6 }],
      waitForLeaders: false,
    });
    await client.disconnect();
    await waitForLeaders(brokers, [TOPIC], 6);
    admin = await openAdmin(KUBECONFIG ?? '');
    namespace = await admin.namespace();
    await admin.call('POST', paths.deployments(namespace), deployment('orders-worker', 0));

    const tables = { rules: `rules-${process.pid}`, state: `state-${process.pid}` };
    app = createApp({
      config: readConfig({
        RULES_TABLE: tables.rules,
        STATE_TABLE: tables.state,
        AWS_REGION: 'eu-central-1',
        AWS_ENDPOINT_URL_DYNAMODB: DYNAMODB_ENDPOINT,
      }),
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      connections: {
        main: { kind: 'kafka', brokers: [brokers], timeout: '2s' },
        prod: { kind: 'kubernetes', kubeconfig: KUBECONFIG },
      },
      env: {},
      journal: {
        change: (entry) => void changes.push(entry),
        problem: () => undefined,
        failure: () => undefined,
      },
      metrics: { record: () => undefined },
    });
    await createTables(app.tables.rules.client, tables);
    await putRule(rule());
  });

  afterAll(async () => {
    await app?.close();
    admin?.close();
    await broker.stop();
  });

  test('with nothing to read it stays at zero', async () => {
    expect(only(await nextTick())).toMatchObject({
      outcome: 'done',
      capacity: { replicas: { from: 0, to: 0 } },
      metrics: { orders: { trust: 'fresh', value: { lag: 0, partitions: 6 } } },
    });
  });

  test('a dry run of 10,000 messages says 0 → 1 and writes nowhere', async () => {
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const messages = Array.from({ length: 10_000 }, (_, n) => ({
      key: String(n),
      value: `order ${n}`,
    }));
    await producer.send({ topic: TOPIC, messages });
    await producer.disconnect();

    const versionBefore = textAt(await settled(), 'metadata', 'resourceVersion');
    const rowsBefore = await everything(app);
    const report = only(await nextTick({ dryRun: true }));
    expect(report).toMatchObject({
      outcome: 'would',
      capacity: { replicas: { from: 0, to: 1 } },
      binding: 'smooth',
      metrics: { orders: { value: { lag: 10_000, lagging: 6 } } },
    });
    expect(textAt(await object(), 'metadata', 'resourceVersion')).toBe(versionBefore);
    expect(await everything(app)).toEqual(rowsBefore);
  });

  test('with nobody reading it climbs 0 → 1 → … → 6 as smoothing allows', async () => {
    const counts: number[] = [];
    for (let ticks = 0; ticks < 6; ticks += 1) {
      await nextTick();
      await settled();
      counts.push(await replicas());
    }
    expect(counts).toEqual([1, 3, 5, 6, 6, 6]);
  });

  test('a second, identical tick in parallel changes nothing twice', async () => {
    await admin.call(
      'PATCH',
      `${paths.deployments(namespace)}/orders-worker/scale`,
      { spec: { replicas: 2 } },
      'application/merge-patch+json',
    );
    await settled();
    const before = changes.length;
    minute += 60_000;
    const now = formatIso(epochMillis(minute));
    const reports = await Promise.all([1, 2, 3].map(() => tick(app.ports, { now }, never)));
    expect(reports.filter((report) => report.tick.leader)).toHaveLength(1);
    expect(changes.slice(before).filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
    await settled();
  });

  test('while the broker is down no replica changes, and the report says why', async () => {
    await broker.stop();
    const before = await replicas();
    const report = only(await nextTick());
    expect(report).toMatchObject({
      outcome: 'held',
      capacity: { replicas: { from: before, to: before } },
      metrics: { orders: { trust: 'missing', value: null } },
    });
    expect(report.steps[0]?.note).toContain('unknown, so kept');
    expect(report.metrics['orders']?.because).toContain(brokers);
    expect(await replicas()).toBe(before);

    await broker.start(brokers.split(':')[1] ?? '');
    // A broker that has just come back may still be loading the group; that is no answer either.
    const back = await until(
      async () => only(await nextTick()),
      ({ metrics }) => metrics['orders']?.trust === 'fresh',
      'read again',
    );
    expect(back.outcome).toBe('done');
    expect(await replicas()).toBeGreaterThan(before);
  });

  test('a foreign edit between read and write is not overwritten blindly', async () => {
    await putRule(rule({ smoothing: undefined, max: 4 }));
    await settled();
    const { deployer } = app.ports;
    const quicker = async (kind: string, connection: string) => {
      const real = await deployer(kind, connection);
      return {
        ...real,
        scale: async (...args: Parameters<typeof real.scale>) => {
          await admin.call(
            'PATCH',
            `${paths.deployments(namespace)}/orders-worker/scale`,
            { spec: { replicas: 9 } },
            'application/merge-patch+json',
          );
          return await real.scale(...args);
        },
      };
    };
    minute += 60_000;
    const now = formatIso(epochMillis(minute));
    const first = only(await tick({ ...app.ports, deployer: quicker }, { now }, never));
    expect(first).toMatchObject({ outcome: 'held' });
    expect(await replicas()).toBe(9);
    await settled();
    expect(only(await nextTick())).toMatchObject({
      outcome: 'done',
      capacity: { replicas: { from: 9, to: 4 } },
    });
  });

  test('an edit of the rule in the table is followed on the next tick', async () => {
    await settled();
    await app.tables.rules.client.send(
      new UpdateCommand({
        TableName: app.tables.rules.tableName,
        Key: { id: 'orders' },
        UpdateExpression: 'SET #max = :max',
        ExpressionAttributeNames: { '#max': 'max' },
        ExpressionAttributeValues: { ':max': 5 },
      }),
    );
    expect(only(await nextTick())).toMatchObject({ capacity: { replicas: { from: 4, to: 5 } } });
    await settled();
  });

  test('once the group has read everything the idle time passes and it goes to zero', async () => {
    await commit((end) => end);
    const counts: number[] = [];
    for (let ticks = 0; ticks < 5; ticks += 1) {
      await nextTick();
      await settled();
      counts.push(await replicas());
    }
    // The commit itself is activity; then two quiet minutes.
    expect(counts).toEqual([1, 1, 1, 0, 0]);
  });

  test('every change has its line in the history, once', async () => {
    const history = await app.ports.audit.list('orders', 100, never);
    const done = changes.filter(({ outcome }) => outcome === 'done');
    const kept = history.filter(({ body }) => at(JSON.parse(body), 'outcome') === 'done');
    expect(kept.map(({ decision }) => decision).toSorted()).toEqual(
      done.map(({ decision }) => decision).toSorted(),
    );
  });
});

/** Every item of both tables, as text. */
async function everything(app: App): Promise<readonly string[]> {
  const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
  const tables = [app.tables.rules, app.tables.state];
  const items = await Promise.all(
    tables.map(async ({ client, tableName }) => {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
      return Items.map((item) => JSON.stringify(item, Object.keys(item).toSorted()));
    }),
  );
  return items.flat().toSorted();
}
