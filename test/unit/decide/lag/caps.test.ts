import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decide, type Seen } from '../../../../lib/decide/decide.ts';
import type { Decision } from '../../../../lib/decide/decision.ts';
import { capOf, fewestAsFast, type GroupShape } from '../../../../lib/decide/lag/caps.ts';
import type { Memory } from '../../../../lib/decide/memory.ts';
import { carriedOut } from '../../../../lib/decide/outcome.ts';
import type { Policy } from '../../../../lib/decide/policy.ts';
import type { Sample } from '../../../../lib/model/sample.ts';
import { type EpochMillis, epochMillis } from '../../../../lib/model/units.ts';
import { lagMetric, numberMetric, policyOf } from '../../../support/policy.ts';

const NOW = epochMillis(Date.UTC(2026, 10, 20, 12));

/** A look at a group in which each partition is so far behind. */
const lags = (...behind: readonly number[]): Sample => ({
  trust: 'fresh',
  at: NOW,
  measurement: {
    kind: 'offsets',
    reset: 'earliest',
    partitions: behind.map((lag, partition) => ({
      partition,
      start: 0n,
      end: 1_000_000n,
      committed: 1_000_000n - BigInt(lag),
    })),
  },
});
const evenly = (partitions: number, lag: number): Sample =>
  lags(
    ...Array.from({ length: partitions }, (_, at) =>
      at === 0
        ? lag - (partitions - 1) * Math.floor(lag / partitions)
        : Math.floor(lag / partitions),
    ),
  );
const gone: Sample = { trust: 'missing', because: 'no answer', code: 'TIMED_OUT' };
const stale = (sample: Sample): Sample =>
  'measurement' in sample ? { ...sample, trust: 'stale', because: 'the broker is away' } : sample;

const seeing = (samples: Seen['samples'], replicas: number): Seen => ({
  samples,
  target: { wanted: { replicas }, ready: { replicas }, busy: undefined, fence: '1' },
  held: undefined,
  lastFiring: () => undefined,
});
const decided = (policy: Policy, samples: Seen['samples'], replicas: number): Decision =>
  decide(policy, seeing(samples, replicas), {}, NOW).decision;
const countOf = ({ capacity }: Decision): number | undefined => capacity.replicas?.to;

const rule = (lag: object, more: object = {}): Policy =>
  policyOf({
    metrics: { orders: { ...lagMetric, ...lag } },
    replicas: 'ceil(orders.lag / 10)',
    max: 1000,
    ...more,
  });

describe('how partitions bear on the count', () => {
  test('is nothing unless a rule says so', () => {
    expect(rule({}).rule.metrics['orders']?.lag).toEqual({
      limitTo: undefined,
      spread: undefined,
      excludeStuck: undefined,
    });
    const options = { limitTo: 'lagging', spread: 'even', excludeStuck: 3 };
    expect(rule(options).rule.metrics['orders']?.lag).toEqual(options);
  });

  test.for([
    { lag: { limitTo: 'partition' }, says: 'expected one of partitions, lagging' },
    { lag: { spread: true }, says: 'expected even, found true' },
    { lag: { excludeStuck: 0 }, says: 'metrics.orders.excludeStuck' },
    { lag: { excludePersistentLag: true }, says: 'is excludeStuck: 3 here, in looks' },
    { lag: { ensureEvenDistributionOfPartitions: true }, says: 'is spread: even here' },
    { lag: { limitToPartitionsWithLag: true }, says: 'is limitTo: lagging here' },
    { lag: { lagThreshold: 10 }, says: 'ceil(orders.lag / 10)' },
  ])('is refused as $lag', ({ lag, says }) => {
    expect(() => rule(lag)).toThrow(says);
  });
});

describe('replicas are limited to partitions', () => {
  test('KEDA at 8b4f083: a lag of 647 at 10 each and 64 partitions is 64 consumers, not 65', () => {
    const decision = decided(rule({ limitTo: 'partitions' }), { orders: evenly(64, 647) }, 1);
    expect(countOf(decision)).toBe(64);
    expect(decision).toMatchObject({ binding: 'bound' });
    expect(decision.steps.at(-1)?.note).toBe('orders has 64 partitions');
    expect(countOf(decided(rule({}), { orders: evenly(64, 647) }, 1))).toBe(65);
  });

  test('KEDA#3997, KEDA#5060: with skewed keys to those that have lag', () => {
    const skewed = lags(500, 0, 300, 0, 0, 200, 0, 0);
    expect(countOf(decided(rule({ limitTo: 'lagging' }), { orders: skewed }, 1))).toBe(3);
    expect(countOf(decided(rule({ limitTo: 'partitions' }), { orders: skewed }, 1))).toBe(8);
  });

  test('and stay one while active though no partition has lag', () => {
    const policy = rule({ limitTo: 'lagging' }, { replicas: 'orders.lag == 0 ? 4 : 9' });
    expect(countOf(decided(policy, { orders: lags(0, 0, 0) }, 4))).toBe(1);
  });

  test('even where a floor asks for more than there are partitions', () => {
    expect(
      countOf(decided(rule({ limitTo: 'partitions' }, { min: 5 }), { orders: lags(1, 1) }, 1)),
    ).toBe(2);
  });

  test('but a floor may warm a group up beyond the partitions with lag', () => {
    const policy = rule({ limitTo: 'lagging' }, { min: 3 });
    expect(countOf(decided(policy, { orders: lags(70, 0, 0, 0) }, 3))).toBe(3);
  });

  test('as slowly as any other way down where lag comes and goes', () => {
    const policy = rule({ limitTo: 'lagging' }, { scaleDown: { stabilization: '5m' } });
    expect(countOf(decided(policy, { orders: lags(900, 0, 0, 0) }, 4))).toBe(4);
  });

  const two = (one: object, other: object): Policy =>
    policyOf({
      metrics: { orders: { ...lagMetric, ...one }, mails: { ...lagMetric, ...other } },
      replicas: 'ceil((orders.lag + (mails?.lag ?? 0)) / 10)',
      max: 1000,
    });

  test('of several groups by the largest cap, for a consumer may serve the other topic', () => {
    const policy = two({ limitTo: 'partitions' }, { limitTo: 'lagging' });
    const samples = { orders: lags(500, 0, 0), mails: lags(9, 9, 9, 9, 9, 0, 0) };
    expect(countOf(decided(policy, samples, 1))).toBe(5);
    expect(countOf(decided(two({ limitTo: 'partitions' }, {}), samples, 1))).toBe(3);
  });

  test('not at all while one of the groups is unknown, and never below what runs while one is stale', () => {
    const policy = two({ limitTo: 'partitions' }, { limitTo: 'partitions' });
    expect(countOf(decided(policy, { orders: lags(500), mails: gone }, 1))).toBe(50);
    const old = { orders: stale(lags(500)), mails: lags(5) };
    expect(countOf(decided(policy, old, 4))).toBe(4);
  });

  test('never beyond the cap, whatever is measured (property)', () => {
    const behind = fc.array(fc.nat({ max: 5000 }), { minLength: 1, maxLength: 40 });
    const count = fc.integer({ min: 0, max: 60 });
    const limitTo = fc.constantFrom('partitions', 'lagging');
    fc.assert(
      fc.property(behind, count, limitTo, (lag, replicas, limit) => {
        const to = countOf(decided(rule({ limitTo: limit }), { orders: lags(...lag) }, replicas));
        const lagging = lag.filter((one) => one > 0).length;
        const cap = limit === 'lagging' ? Math.max(1, lagging) : lag.length;
        expect(to).toBeLessThanOrEqual(cap);
        expect(to).toBeGreaterThanOrEqual(Math.min(1, lagging));
      }),
    );
  });

  test('takes nothing away that runs while any metric in use is not fresh (property)', () => {
    const behind = fc.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 20 });
    const limits = fc.record({
      limitTo: fc.constantFrom(undefined, 'lagging'),
      spread: fc.constantFrom(undefined, 'even'),
    });
    fc.assert(
      fc.property(behind, limits, fc.nat(20), fc.boolean(), (lag, options, replicas, isGone) => {
        const policy = two(options, {});
        const orders = lags(...lag);
        const samples = isGone
          ? { orders, mails: gone }
          : { orders: stale(orders), mails: lags(3) };
        expect(countOf(decided(policy, samples, replicas))).toBeGreaterThanOrEqual(replicas);
      }),
    );
  });

  test('in a trace that has only figures, too', () => {
    const shape: GroupShape = {
      name: 'orders',
      options: { limitTo: 'partitions', spread: undefined, excludeStuck: undefined },
      seen: { partitions: 6, lagging: 2 },
      isDoubtful: false,
    };
    expect(capOf([shape], 0)).toEqual({ count: 6, note: 'orders has 6 partitions' });
    const figures: Sample = {
      trust: 'fresh',
      at: NOW,
      measurement: {
        kind: 'record',
        values: { lag: 400, maxLag: 9, partitions: 6, lagging: 2, activity: 0 },
      },
    };
    expect(countOf(decided(rule({ limitTo: 'partitions' }), { orders: figures }, 1))).toBe(6);
  });
});

/** KEDA's ensureEvenDistributionOfPartitions: up to the next count that divides the partitions. */
function nextFactor(partitions: number, count: number): number {
  for (let at = Math.min(count, partitions); at <= partitions; at += 1) {
    if (partitions % at === 0) return at;
  }
  return partitions;
}

describe('replicas that spread partitions evenly', () => {
  test.for([
    { partitions: 10, wished: 7, count: 5 },
    { partitions: 10, wished: 10, count: 10 },
    { partitions: 10, wished: 9, count: 5 },
    { partitions: 10, wished: 40, count: 10 },
    { partitions: 13, wished: 5, count: 5 },
    { partitions: 13, wished: 6, count: 5 },
    { partitions: 13, wished: 12, count: 7 },
    { partitions: 1, wished: 1, count: 1 },
  ])('KEDA#7517: of $partitions partitions $count do as much as $wished', (row) => {
    expect(fewestAsFast(row.partitions, row.wished)).toBe(row.count);
    const policy = rule({ spread: 'even' }, { replicas: row.wished });
    expect(countOf(decided(policy, { orders: evenly(row.partitions, 500) }, 1))).toBe(row.count);
  });

  const sizes = [fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 3000 })] as const;
  const busiest = (partitions: number, count: number): number => Math.ceil(partitions / count);

  test('are never more than wished and never make the busiest one busier (property)', () => {
    fc.assert(
      fc.property(...sizes, (partitions, wished) => {
        const count = fewestAsFast(partitions, wished);
        expect(count).toBeLessThanOrEqual(Math.min(wished, partitions));
        expect(busiest(partitions, count)).toBe(Math.max(1, busiest(partitions, wished)));
        // One fewer would be slower: none of them is waste (of none, the busiest is infinitely so).
        expect(busiest(partitions, count - 1)).toBeGreaterThan(busiest(partitions, count));
      }),
    );
  });

  test('KEDA#7577: reach whatever KEDA’s factors reach, with no more, and need no factor (property)', () => {
    fc.assert(
      fc.property(...sizes, (partitions, wished) => {
        const theirs = nextFactor(partitions, wished);
        expect(fewestAsFast(partitions, theirs)).toBe(theirs);
        expect(fewestAsFast(partitions, wished)).toBeLessThanOrEqual(theirs);
      }),
    );
  });

  test('grow with the wish (property)', () => {
    fc.assert(
      fc.property(...sizes, fc.nat({ max: 50 }), (partitions, wished, more) => {
        expect(fewestAsFast(partitions, wished + more)).toBeGreaterThanOrEqual(
          fewestAsFast(partitions, wished),
        );
      }),
    );
  });

  test('are counted within the ceiling, not above it', () => {
    const policy = rule({ spread: 'even' }, { replicas: 10, max: 8 });
    expect(countOf(decided(policy, { orders: evenly(10, 500) }, 5))).toBe(5);
  });

  test('are reached though a policy lets the count grow by few at a time', () => {
    const pods = { policies: [{ kind: 'pods', value: 4, period: '1m' }] };
    const policy = rule({ spread: 'even' }, { replicas: 10, scaleUp: pods });
    let [memory, replicas]: [Memory, number] = [{}, 5];
    const counts: number[] = [];
    for (let minute = 0; minute < 3; minute += 1) {
      const now: EpochMillis = epochMillis(NOW + minute * 60_000);
      const next = decide(policy, seeing({ orders: evenly(10, 500) }, replicas), memory, now);
      memory = carriedOut(policy, next, now);
      replicas = countOf(next.decision) ?? -1;
      counts.push(replicas);
    }
    expect(counts).toEqual([9, 10, 10]);
  });

  test('are as many as wished while a group is unknown', () => {
    const policy = policyOf({
      metrics: { orders: { ...lagMetric, spread: 'even' }, load: numberMetric('load') },
      replicas: 'load',
    });
    const load: Sample = { trust: 'fresh', at: NOW, measurement: { kind: 'number', value: 7 } };
    expect(countOf(decided(policy, { orders: gone, load }, 1))).toBe(7);
  });
});
