import { formatIso } from '../../lib/model/iso.ts';
import type { PartitionOffsets, Sample } from '../../lib/model/sample.ts';
import { type EpochMillis, epochMillis } from '../../lib/model/units.ts';
import type { FakeMetricSource } from '../fake/metric-source.ts';
import { lagMetric, numberMetric } from '../support/policy.ts';
import type { Chance } from './chance.ts';

const PARTITIONS = 6;

/** One version of a rule, and what its attributes mean in plain numbers. */
export interface Version {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly valid: boolean;
  readonly min: number;
  readonly max: number;
  /** Whether max is an expression of what is read. */
  readonly maxIsRead: boolean;
  /** The lowest of its constant ceilings: max, and an override's; down to it even doubt may shrink. */
  readonly ceiling: number;
  /** What its expressions read: groups and paths. */
  readonly reads: readonly string[];
  /** The count it asks for of a true world, before bounds. */
  readonly wish: (world: Truth) => number;
  /** The floor that a window adds, at any time. */
  readonly floor: number;
  /** The share of the actual count within which a wish changes nothing. */
  readonly tolerance: number;
}

/** What is really so, whatever the sources say. */
export interface Truth {
  readonly lag: number;
  readonly load: number;
}

type Attributes = Record<string, unknown>;

const target = (name: string) => ({
  kind: 'kubernetes',
  connection: 'prod',
  namespace: 'shop',
  name,
});

const SHAPES = {
  orders: {
    metrics: { orders: lagMetric },
    replicas: 'ceil(orders.lag / 100)',
    reads: ['orders'],
    wish: ({ lag }: Truth) => Math.ceil(lag / 100),
  },
  web: {
    metrics: { load: numberMetric('load') },
    replicas: 'ceil(load / 10)',
    reads: ['/load'],
    wish: ({ load }: Truth) => Math.ceil(load / 10),
  },
  both: {
    metrics: { orders: lagMetric, load: numberMetric('load') },
    replicas: 'max(ceil((orders?.lag ?? 700) / 100), ceil((load ?? 20) / 10))',
    reads: ['orders', '/load'],
    wish: ({ lag, load }: Truth) => Math.max(Math.ceil(lag / 100), Math.ceil(load / 10)),
  },
} as const;
export type RuleId = keyof typeof SHAPES;
export const RULES: readonly RuleId[] = ['orders', 'web', 'both'];

/** A version of a rule with some of all steps; `until` bounds what a person decided in it. */
export function versionOf(id: RuleId, chance: Chance, until: EpochMillis): Version {
  const { metrics, replicas, reads, wish } = SHAPES[id];
  const min = chance.one([0, 0, 0, 1, 2]);
  const byPartitions = id === 'orders' && chance.hits(0.4);
  const max = byPartitions ? PARTITIONS : chance.whole(4, 12);
  const override = chance.hits(0.2) ? overrideOf(chance, until) : undefined;
  const floor = chance.hits(0.2) ? chance.whole(1, 3) : 0;
  const tolerance = chance.one([0, 0, 0, 0, 0.05, 0.1]);
  const attributes: Attributes = {
    target: target(id),
    metrics,
    replicas,
    min,
    max: byPartitions ? 'orders.partitions' : max,
    idle: chance.one(['0s', '1m', '2m', '3m']),
    ...(chance.hits(0.3) ? { smoothing: { halfLife: chance.one(['5s', '20s', '1m']) } } : {}),
    tolerance,
    ...(chance.hits(0.5) ? { scaleUp: paceOf(chance) } : {}),
    ...(chance.hits(0.5) ? { scaleDown: paceOf(chance) } : {}),
    ...(chance.hits(0.4)
      ? { fallback: { after: chance.whole(1, 3), replicas: chance.whole(0, 14) } }
      : {}),
    ...(chance.hits(0.2) ? { rebalanceHold: '90s' } : {}),
    ...(override ? { override } : {}),
    ...(floor > 0
      ? { windows: [{ from: '00:00', to: '24:00', zone: 'Europe/Paris', min: floor }] }
      : {}),
  };
  const caps = [
    byPartitions ? Number.POSITIVE_INFINITY : max,
    override?.['pin'],
    override?.['max'],
  ];
  const ceiling = Math.min(...caps.filter((cap) => typeof cap === 'number'));
  return {
    attributes,
    valid: true,
    min,
    max,
    maxIsRead: byPartitions,
    ceiling,
    reads,
    wish,
    floor,
    tolerance,
  };
}

function overrideOf(chance: Chance, until: EpochMillis): Attributes {
  const what: Attributes = chance.one<Attributes>([
    { pin: chance.whole(0, 8) },
    { min: chance.whole(0, 6) },
    { max: chance.whole(3, 8) },
    { paused: chance.one<boolean | string>([true, 'up', 'down']) },
  ]);
  return { ...what, until: formatIso(until), by: 'ops', why: 'a try' };
}

function paceOf(chance: Chance): Attributes {
  return {
    stabilization: chance.one(['0s', '1m', '3m']),
    cooldown: chance.one(['0s', '30s', '2m']),
    policies: chance.hits(0.5)
      ? [
          { kind: 'pods', value: chance.whole(1, 4), period: '1m' },
          { kind: 'percent', value: chance.one([50, 100]), period: '2m' },
        ]
      : [],
    select: chance.one(['max', 'max', 'min']),
  };
}

/** An edit that is not valid: the version before it has to go on. */
export function badVersion(version: Version, chance: Chance): Version {
  const wrong: Attributes = chance.one<Attributes>([
    { replicas: 'ceil(order.lag / 100' },
    { min: 'nothing' },
    { scaleDwon: {} },
    { max: -1 },
    { override: { pin: 3 } },
  ]);
  return { ...version, attributes: { ...version.attributes, ...wrong }, valid: false };
}

export type Lie =
  | 'none'
  | 'missing'
  | 'stale'
  | 'old'
  | 'nan'
  | 'negative'
  | 'zero'
  | 'frozen'
  | 'uncommitted';
export const LIES: readonly [Lie, ...Lie[]] = [
  'none',
  'none',
  'none',
  'missing',
  'stale',
  'old',
  'nan',
  'negative',
  'zero',
  'frozen',
  'uncommitted',
];

/** Makes the sources say what is so, or the lie. `served` are the messages committed so far. */
export function tell(
  source: FakeMetricSource,
  truth: Truth & { readonly served: number },
  lies: { readonly orders: Lie; readonly load: Lie },
  now: EpochMillis,
): void {
  // What is frozen says what it said before.
  if (lies.orders !== 'frozen') {
    const partitions = offsetsOf(truth, lies.orders);
    const measurement = { kind: 'offsets' as const, partitions, reset: 'earliest' as const };
    source.sample('orders', lied({ trust: 'fresh', at: now, measurement }, lies.orders));
  }
  if (lies.load === 'frozen') return;
  const value =
    lies.load === 'nan'
      ? Number.NaN
      : lies.load === 'negative'
        ? -truth.load - 1
        : lies.load === 'zero'
          ? 0
          : truth.load;
  const measurement = { kind: 'number' as const, value };
  source.sample('/load', lied({ trust: 'fresh', at: now, measurement }, lies.load));
}

const OLD_MS = 121_000;

function lied(sample: Extract<Sample, { trust: 'fresh' }>, lie: Lie): Sample {
  if (lie === 'missing') return { trust: 'missing', because: 'no answer', code: 'TIMED_OUT' };
  if (lie === 'stale') return { ...sample, trust: 'stale', because: 'the cache says so' };
  if (lie === 'old') return { ...sample, at: epochMillis(sample.at - OLD_MS) };
  return sample;
}

function offsetsOf(
  { lag, served }: { readonly lag: number; readonly served: number },
  lie: Lie,
): PartitionOffsets[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    const share = (total: number): bigint =>
      BigInt(Math.floor((total + PARTITIONS - 1 - partition) / PARTITIONS));
    const committed = share(served);
    const end = lie === 'zero' ? committed : committed + share(lag);
    // A commit beyond the end (a topic made anew), and none at all.
    if (lie === 'negative') return { partition, start: 0n, end, committed: end + 5n };
    const none = lie === 'uncommitted' || lie === 'nan';
    return { partition, start: committed, end, committed: none ? undefined : committed };
  });
}
