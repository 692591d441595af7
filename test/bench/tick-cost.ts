import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { createTables } from '../../infra/tables.ts';
import { createApp } from '../../lib/app.ts';
import { readConfig } from '../../lib/config.ts';
import { formatIso } from '../../lib/model/iso.ts';
import { epochMillis } from '../../lib/model/units.ts';
import { type Consumed, countConsumed } from '../../lib/store/dynamodb/client.ts';
import { tick } from '../../lib/tick/tick.ts';
import { createFakeDeployer } from '../fake/deployer.ts';
import { createFakeMetricSource } from '../fake/metric-source.ts';
import { deployment, never, ordersRule } from '../support/world.ts';

/*
 * What one tick over 1,000 idle rules costs on DynamoDB, counted from ConsumedCapacity. The rules
 * are the ordinary kind: Kafka lag with the offsets of ten partitions remembered, smoothing, an
 * idle time. Metrics and targets are fakes, for they cost DynamoDB nothing.
 */
const RULES = 1000;
const MOST_WRITE_UNITS = 2;
const MOST_READ_UNITS = 250;

const script = path.resolve(import.meta.dirname, '../backends/dynamodb-local.sh');
const instance = { ...process.env, BACKENDS_INSTANCE: `bench-${process.pid}`, DYNAMODB_PORT: '0' };
const given = process.env['DYNAMODB_ENDPOINT'];

function startServer(): string {
  const printed = execFileSync(script, ['start'], { env: instance, encoding: 'utf8' });
  return /DYNAMODB_ENDPOINT=(\S+)/.exec(printed)?.[1] ?? '';
}

async function measure(endpoint: string): Promise<readonly Consumed[]> {
  const names = { rules: `cost-rules-${process.pid}`, state: `cost-state-${process.pid}` };
  const deployer = createFakeDeployer();
  const source = createFakeMetricSource();
  const app = createApp({
    config: readConfig({
      RULES_TABLE: names.rules,
      STATE_TABLE: names.state,
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    }),
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    connections: {
      main: { kind: 'kafka', brokers: ['127.0.0.1:1'] },
      prod: { kind: 'kubernetes', kubeconfig: '/nowhere' },
    },
    env: {},
    journal: { change: () => undefined, problem: () => undefined, failure: () => undefined },
    metrics: { record: () => undefined },
    ports: { deployer: async () => deployer, source: async () => source },
  });
  const consumed: Consumed[] = [];
  countConsumed(app.tables.rules.client, (one) => void consumed.push(one));
  await createTables(app.tables.rules.client, names);
  const ids = Array.from({ length: RULES }, (_, n) => `orders-${String(n).padStart(4, '0')}`);
  for (const id of ids) {
    deployer.put(deployment(id), 1);
    source.offsets(
      id,
      Array.from({ length: 10 }, () => [123_456_789, 123_456_789] as const),
    );
    await app.ports.rules.put(
      {
        id,
        attributes: ordersRule({
          target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: id },
          metrics: { orders: { kind: 'kafka-lag', connection: 'main', topic: id, group: id } },
          smoothing: { halfLife: '30s' },
          idle: '5m',
          min: 1,
        }),
      },
      never,
    );
  }
  const start = Date.UTC(2026, 10, 20, 12);
  // The first tick judges the rules and remembers their offsets, the others find them at rest.
  for (let minute = 0; minute < 8; minute += 1) {
    consumed.length = 0;
    const report = await tick(
      app.ports,
      { now: formatIso(epochMillis(start + minute * 60_000)) },
      never,
    );
    if (report.decisions.length !== RULES) throw new Error(`${report.decisions.length} decisions`);
  }
  const last = [...consumed];
  await app.close();
  return last;
}

try {
  const consumed = await measure(given ?? startServer());
  const sum = (unit: 'read' | 'write'): number =>
    consumed.reduce((total, one) => total + one[unit], 0);
  const lines = [
    {
      name: `write units of a tick over ${RULES} idle rules`,
      value: sum('write'),
      bar: MOST_WRITE_UNITS,
    },
    {
      name: `read units of a tick over ${RULES} idle rules`,
      value: sum('read'),
      bar: MOST_READ_UNITS,
    },
    { name: 'requests to DynamoDB of that tick', value: consumed.length, bar: null },
  ].map(({ name, value, bar }) => {
    const unit = bar === null ? 'requests' : 'units';
    return { bench: 'tick-cost', name, value, unit, bar, ok: bar === null || value <= bar };
  });
  for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
  process.exitCode = lines.every(({ ok }) => ok) ? 0 : 1;
} finally {
  if (given === undefined) execFileSync(script, ['stop'], { env: instance, stdio: 'ignore' });
}
