import type { StepName } from '../../../lib/decide/decision.ts';
import { packOffsets } from '../../../lib/model/lag.ts';
import { epochMillis } from '../../../lib/model/units.ts';
import { lagMetric, numberMetric } from '../../support/policy.ts';
import { missing, NOON, number, offsets, type Situation } from '../../support/records.ts';

/** A made-up decision, the step that binds it, and what an operator has to be told. */
export interface ExplainedCase extends Situation {
  readonly name: string;
  readonly binding: StepName | 'none';
  /** The sentence at the top, or its beginning. */
  readonly says: string;
  /** Parts of the lines below it. */
  readonly shows: readonly string[];
}

const ago = (seconds: number) => epochMillis(NOON - seconds * 1000);
const queue = { metrics: { queue: numberMetric('queue') }, replicas: 'queue' };
const orders = { metrics: { orders: lagMetric }, replicas: 'ceil(orders.lag / 100)' };
const six = (lag: bigint) =>
  offsets(...Array.from({ length: 6 }, () => [1000n + lag, 1000n] as const));
const noLag = [1000n, 1000n] as const;
const sale = { by: 'ops', why: 'the sale', until: '2026-11-20T18:30:00Z' };

export const CASES: readonly ExplainedCase[] = [
  {
    name: 'a wish that its max bounds',
    rule: { ...orders, max: 'orders.partitions' },
    samples: { orders: six(300n) },
    replicas: 3,
    binding: 'bound',
    says: '3 → 6: max orders.partitions = 6 bound it; the rule asked for 18.',
    shows: [
      'orders  fresh  0 s old  kafka-lag over main',
      'lag 1800, maxLag 300, partitions 6, lagging 6, activity 0',
      'ceil(orders.lag / 100) = ceil(1800 / 100) = 18',
      'evaluate  3 → 18',
      '▸ bound',
      'done: the platform took it (decision 001795176000000-00000007)',
      'the bound has to change, or the wish to come within it',
    ],
  },
  {
    name: 'a wish that a literal min bounds',
    rule: { ...queue, min: 2 },
    samples: { queue: number(1) },
    replicas: 4,
    binding: 'bound',
    says: '4 → 2: min 2 bound it; the rule asked for 1.',
    shows: ['queue  fresh', 'http-json over web'],
  },
  {
    name: 'a min above the max',
    rule: { ...queue, min: 'queue + 2', max: 5 },
    samples: { queue: number(7) },
    replicas: 1,
    binding: 'bound',
    says: '1 → 5: max 5 bound it, min 9 above max 5: max wins; the rule asked for 7.',
    shows: [],
  },
  {
    name: 'a wish that goes through',
    rule: { ...queue, replicas: 'queue / 4' },
    samples: { queue: number(23, 4000) },
    replicas: 3,
    binding: 'evaluate',
    says: '3 → 6: the rule asks for 6, queue / 4 = 6.',
    shows: ['fresh  4 s old', 'queue / 4 = 23 / 4 = 5.75'],
  },
  {
    name: 'nothing to do',
    rule: queue,
    samples: { queue: number(3) },
    replicas: 3,
    binding: 'none',
    says: 'stays at 3: the rule asks for 3 (queue = 3).',
    shows: ['nothing was to be done'],
  },
  {
    name: 'a metric that is missing',
    rule: queue,
    samples: { queue: missing('the server did not answer') },
    replicas: 5,
    binding: 'none',
    says: 'stays at 5: unknown, so kept: queue is missing: the server did not answer.',
    shows: ['queue  missing', 'queue = nil = unknown', 'queue has to be measured again'],
  },
  {
    name: 'a sample that is too old to shrink on',
    rule: { metrics: { queue: { ...numberMetric('q'), maxAge: '30s' } }, replicas: 'queue' },
    samples: { queue: number(2, 95_000) },
    replicas: 5,
    binding: 'none',
    says: 'stays at 5: 2 wished, not shrunk: queue is stale: 95 s old, at most 30 s are trusted.',
    shows: ['queue  stale  1 m 35 s old', '2; stale: 95 s old'],
  },
  {
    name: 'failing ticks that reach the fallback',
    rule: { ...queue, fallback: { after: 3, replicas: 5 } },
    samples: { queue: missing('no route') },
    replicas: 1,
    memory: { failing: 2 },
    binding: 'trust',
    says: '1 → 5: the fallback of 5 after 3 failing ticks: queue is missing: no route; the rule asked for 1.',
    shows: ['▸ trust'],
  },
  {
    name: 'failing ticks that have not reached it yet',
    rule: { ...queue, fallback: { after: 3, replicas: 5 } },
    samples: { queue: missing('no route') },
    replicas: 1,
    binding: 'none',
    says: 'stays at 1: unknown',
    shows: ['after 2 more failing ticks the fallback applies'],
  },
  {
    name: 'a last replica that waits for the idle time',
    rule: { ...orders, idle: '5m' },
    samples: { orders: offsets(noLag) },
    replicas: 1,
    memory: {
      idleSince: ago(100),
      offsets: { orders: packOffsets([{ partition: 0, start: 0n, end: 1000n, committed: 1000n }]) },
    },
    binding: 'activate',
    says: 'stays at 1: activate keeps 1 (idle for 100 s of 300 s) where 0 was wished.',
    shows: [
      'the idle time ends at 2026-11-20 12:03:20 UTC (in 3 m 20 s), and the last replica may go',
    ],
  },
  {
    name: 'a last replica that messages keep awake',
    rule: { ...orders, idle: '5m' },
    samples: { orders: offsets([2000n, 2000n]) },
    replicas: 1,
    memory: {
      offsets: { orders: packOffsets([{ partition: 0, start: 0n, end: 1000n, committed: 1000n }]) },
    },
    binding: 'activate',
    says: 'stays at 1: activate keeps 1 (still active) where 0 was wished.',
    shows: ['activity 1000', 'it has to be quiet for 5 m before the last replica goes'],
  },
  {
    name: 'growth that waits for a rebalance',
    rule: { ...orders, rebalanceHold: '2m' },
    samples: { orders: offsets([1900n, 1000n]) },
    replicas: 2,
    memory: {
      frozenSince: ago(30),
      offsets: { orders: packOffsets([{ partition: 0, start: 0n, end: 1900n, committed: 1000n }]) },
    },
    binding: 'activate',
    says: 'stays at 2: activate keeps 2 (no offset moves: waiting for a rebalance to end) where 9 was wished.',
    shows: ['the wait for a rebalance ends at 2026-11-20 12:01:30 UTC (in 1 m 30 s)'],
  },
  {
    name: 'a smoothed climb',
    rule: { ...queue, smoothing: { halfLife: '1m' } },
    samples: { queue: number(20) },
    replicas: 4,
    binding: 'smooth',
    says: '4 → 12: smoothing has come to 12 on its way to 20.',
    shows: ['smoothing moves on with the next tick'],
  },
  {
    name: 'a wish within the tolerance',
    rule: { ...queue, tolerance: 0.1 },
    samples: { queue: number(21) },
    replicas: 20,
    binding: 'tolerance',
    says: 'stays at 20: 21 is within the tolerance of 20.',
    shows: ['▸ tolerance'],
  },
  {
    name: 'a shrink that a stabilization window holds back',
    rule: { ...queue, scaleDown: { stabilization: '5m' } },
    samples: { queue: number(3) },
    replicas: 9,
    memory: { dimensions: { replicas: { stable: { last: 3, high: [[ago(60), 8]], low: [] } } } },
    binding: 'stabilize',
    says: '9 → 8: the stabilization window keeps 8 where 3 was wished.',
    shows: [
      'the 8 of 2026-11-20 11:59:00 UTC leaves the window at 2026-11-20 12:04:00 UTC (in 4 m)',
    ],
  },
  {
    name: 'a shrink that policies slow down',
    rule: { ...queue, scaleDown: { policies: [{ kind: 'pods', value: 4, period: '1m' }] } },
    samples: { queue: number(1) },
    replicas: 9,
    memory: { dimensions: { replicas: { changes: [[ago(20), -2]] } } },
    binding: 'pace',
    says: '9 → 7: the policies of scaleDown allow 7 now, not 1.',
    shows: ['the policies allow more at 2026-11-20 12:00:40 UTC (in 40 s)'],
  },
  {
    name: 'growth after a change that is too recent',
    rule: { ...queue, scaleUp: { cooldown: '2m' } },
    samples: { queue: number(9) },
    replicas: 4,
    memory: { dimensions: { replicas: { changedAt: ago(45) } } },
    binding: 'cooldown',
    says: 'stays at 4: the cooldown after the last change keeps 4 where 9 was wished.',
    shows: ['the cooldown up ends at 2026-11-20 12:01:15 UTC (in 1 m 15 s)'],
  },
  {
    name: 'the floor of an open window',
    rule: {
      ...queue,
      windows: [{ days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Paris', min: 3 }],
    },
    samples: { queue: number(1) },
    replicas: 1,
    binding: 'windows',
    says: '1 → 3: the open window mon,tue,wed,thu,fri 08:00-18:00 Europe/Paris min 3 raises 1 to 3.',
    shows: ['no window is open any more at 2026-11-20 17:00:00 UTC (in 5 h)'],
  },
  {
    name: 'a person’s pin',
    rule: { ...queue, override: { pin: 7, ...sale } },
    samples: { queue: number(2) },
    replicas: 2,
    binding: 'override',
    says: '2 → 7: an override raises 2 to 7 (pinned to 7 by ops: the sale).',
    shows: ['the override ends at 2026-11-20 18:30:00 UTC (in 6 h 30 m)'],
  },
  {
    name: 'a person’s pause',
    rule: { ...queue, override: { paused: true, ...sale } },
    samples: { queue: number(9) },
    replicas: 2,
    binding: 'override',
    says: 'stays at 2: an override lowers 9 to 2 (paused by ops: the sale)',
    shows: ['held: nothing was changed'],
  },
  {
    name: 'a shrink that the guard took back',
    rule: queue,
    samples: { queue: number(1) },
    replicas: 30,
    withheld: { step: 'guard', note: 'this tick would remove 90 of 120 replicas, more than 50 %' },
    binding: 'guard',
    says: 'stays at 30: the guard held 1: this tick would remove 90 of 120 replicas, more than 50 %.',
    shows: ['▸ guard'],
  },
  {
    name: 'a rollout in progress',
    rule: queue,
    samples: { queue: number(9) },
    replicas: 2,
    busy: 'rollout of revision 4',
    binding: 'gate',
    says: 'stays at 2: 9 was held at the gate: rollout of revision 4.',
    shows: ['the target has to be ready: rollout of revision 4'],
  },
  {
    name: 'another worker’s open intent',
    rule: queue,
    samples: { queue: number(9) },
    replicas: 2,
    held: 'decision 7 of another worker is still being carried out',
    binding: 'gate',
    says: 'stays at 2: 9 was held at the gate: decision 7 of another worker is still being carried out.',
    shows: ['the other worker has to finish, or its time to end'],
  },
  {
    name: 'a dry run',
    rule: { ...queue, dryRun: true },
    samples: { queue: number(9) },
    replicas: 2,
    became: 'would',
    binding: 'evaluate',
    says: '2 → 9: the rule asks for 9, queue = 9.',
    shows: ['nothing was written: the rule is a dry run', 'dryRun has to be taken from the rule'],
  },
];
