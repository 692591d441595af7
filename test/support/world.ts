import { targetKinds } from '../../lib/act/registry.ts';
import { vocabularyOf } from '../../lib/app.ts';
import type { Target } from '../../lib/model/target.ts';
import { millis, minutes, seconds } from '../../lib/model/units.ts';
import type { ChangeEntry, TickFigures, TroubleEntry } from '../../lib/record/journal.ts';
import { parseConnections } from '../../lib/rule/parse-connections.ts';
import type { TickEvent } from '../../lib/tick/event.ts';
import type { Ports } from '../../lib/tick/ports.ts';
import type { TickReport } from '../../lib/tick/report.ts';
import { tick } from '../../lib/tick/tick.ts';
import { createFakeAuditLog } from '../fake/audit-log.ts';
import { createFakeClock, type FakeClock } from '../fake/clock.ts';
import { createFakeDeployer, type FakeDeployer } from '../fake/deployer.ts';
import { createFakeLastGoodStore } from '../fake/last-good.ts';
import { createFakeLeaseStore } from '../fake/lease-store.ts';
import { createFakeMemoryStore } from '../fake/memory-store.ts';
import { createFakeMetricSource, type FakeMetricSource } from '../fake/metric-source.ts';
import { createFakeRuleStore } from '../fake/rule-store.ts';

/** Friday, 20 November 2026, 12:00 in UTC. */
const START = Date.UTC(2026, 10, 20, 12);

/** A whole tick on fakes that keep the ports' contracts, with a clock that moves by hand. */
export interface World {
  readonly ports: Ports;
  readonly clock: FakeClock;
  readonly deployer: FakeDeployer;
  readonly source: FakeMetricSource;
  readonly changes: ChangeEntry[];
  readonly troubles: TroubleEntry[];
  readonly figures: TickFigures[];
  rule(id: string, attributes: Readonly<Record<string, unknown>>): Promise<void>;
  tick(event?: TickEvent, signal?: AbortSignal): Promise<TickReport>;
  /** Lets time pass, then ticks. */
  after(secondsLater: number, event?: TickEvent): Promise<TickReport>;
}

export const never = new AbortController().signal;

export const deployment = (name: string, namespace = 'shop'): Target => ({
  kind: 'kubernetes',
  connection: 'prod',
  resource: 'apps/v1/Deployment',
  namespace,
  name,
});

export function createWorld(settings: Partial<Ports['settings']> = {}): World {
  const clock = createFakeClock(START);
  const deployer = createFakeDeployer();
  const source = createFakeMetricSource();
  const vocabulary = vocabularyOf(targetKinds);
  const parsed = parseConnections(
    {
      main: { kind: 'kafka', brokers: ['127.0.0.1:19092'] },
      prod: { kind: 'kubernetes', kubeconfig: '~/.kube/config' },
      web: { kind: 'http', url: 'http://127.0.0.1:1' },
    },
    vocabulary,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const changes: ChangeEntry[] = [];
  const troubles: TroubleEntry[] = [];
  const figures: TickFigures[] = [];
  const trouble = (entry: TroubleEntry): void => void troubles.push(entry);
  const rules = createFakeRuleStore();
  let ids = 0;
  const ports: Ports = {
    clock,
    newId: () => `tick-${(ids += 1)}`,
    rules,
    lastGood: createFakeLastGoodStore(),
    memories: createFakeMemoryStore(),
    leases: createFakeLeaseStore(),
    audit: createFakeAuditLog(clock),
    source: async () => source,
    deployer: async () => deployer,
    cron: async () => () => undefined,
    vocabulary,
    connections: parsed.connections,
    journal: { change: (entry) => void changes.push(entry), problem: trouble, failure: trouble },
    metrics: { record: (entry) => void figures.push(entry) },
    settings: {
      slots: 4,
      period: minutes(1),
      concurrency: 4,
      guard: { share: 1, free: 0 },
      intentLasts: seconds(75),
      leaseLasts: seconds(90),
      observeLasts: seconds(20),
      grace: millis(500),
      ...settings,
    },
  };
  const run = (event: TickEvent = {}, signal: AbortSignal = never): Promise<TickReport> =>
    tick(ports, event, signal);
  return {
    ports,
    clock,
    deployer,
    source,
    changes,
    troubles,
    figures,
    rule: (id, attributes) => rules.put({ id, attributes }, never),
    tick: run,
    after: async (secondsLater, event) => {
      clock.advance(millis(secondsLater * 1000));
      return await run(event);
    },
  };
}

/** The rule most tests begin with: a Deployment that follows the lag of a group. */
export const ordersRule = (
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'orders' },
  metrics: { orders: { kind: 'kafka-lag', connection: 'main', topic: 'orders', group: 'orders' } },
  replicas: 'ceil(orders.lag / 100)',
  max: 'orders.partitions',
  ...more,
});
