import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decide } from '../../../../lib/decide/decide.ts';
import { type Looks, readLooks, writeLooks } from '../../../../lib/decide/lag/looks.ts';
import { type Memory, readMemory, writeMemory } from '../../../../lib/decide/memory.ts';
import type { Policy } from '../../../../lib/decide/policy.ts';
import type { PartitionOffsets, Sample } from '../../../../lib/model/sample.ts';
import { type EpochMillis, epochMillis } from '../../../../lib/model/units.ts';
import { MAX_MEMORY_BYTES } from '../../../../lib/store/limits.ts';
import { lagMetric, policyOf } from '../../../support/policy.ts';
import { createRandom } from './queue.ts';

const NOW = epochMillis(Date.UTC(2026, 10, 20, 12));

const sampleOf = (partitions: readonly PartitionOffsets[], at: EpochMillis): Sample => ({
  trust: 'fresh',
  at,
  measurement: { kind: 'offsets', reset: 'earliest', partitions },
});

function decideOn(
  policy: Policy,
  samples: Record<string, Sample>,
  memory: Memory,
  now: EpochMillis,
) {
  const counts = { replicas: 3 };
  const target = { wanted: counts, ready: counts, busy: undefined, fence: '1' };
  return decide(
    policy,
    { samples, target, held: undefined, lastFiring: () => undefined },
    memory,
    now,
  );
}

const one = (end: number, committed: number): readonly PartitionOffsets[] => [
  { partition: 0, start: 0n, end: BigInt(end), committed: BigInt(committed) },
];

describe('a rule on seconds', () => {
  const policy = policyOf({
    metrics: { orders: lagMetric },
    replicas: 'orders.seconds > 90 ? 8 : 2',
    idle: '5m',
  });
  const minute = (n: number): EpochMillis => epochMillis(NOW + n * 60_000);

  test('changes nothing before they are known, and then follows them', () => {
    const first = decideOn(policy, { orders: sampleOf(one(100, 40), NOW) }, {}, NOW);
    expect(first.decision.capacity.replicas?.to).toBe(3);
    expect(first.decision.steps.map(({ note }) => note)).toContain(
      'unknown, so kept: orders is without seconds before a second look',
    );
    const again = decideOn(
      policy,
      { orders: sampleOf(one(100, 40), minute(2)) },
      readMemory(writeMemory(first.memory)),
      minute(2),
    );
    expect(again.decision.capacity.replicas?.to).toBe(8);
  });

  test('shrinks on no default for seconds that are unknown', () => {
    const guarded = policyOf({ metrics: { orders: lagMetric }, replicas: 'orders.seconds ?? 0' });
    const first = decideOn(guarded, { orders: sampleOf(one(100, 40), NOW) }, {}, NOW);
    expect(first.decision.capacity.replicas?.to).toBe(3);
  });

  test('knows them as the one value of the metric, too', () => {
    const valued = policyOf({
      metrics: { orders: { ...lagMetric, value: 'seconds' } },
      replicas: 'ceil(orders / 10)',
    });
    const first = decideOn(valued, { orders: sampleOf(one(100, 40), NOW) }, {}, NOW);
    expect(first.decision).toMatchObject({ verdict: 'hold', capacity: { replicas: { to: 3 } } });
    const second = decideOn(
      valued,
      { orders: sampleOf(one(160, 100), minute(1)) },
      first.memory,
      minute(1),
    );
    expect(second.decision.capacity.replicas?.to).toBe(6);
  });

  test('keeps what it remembers through a look that could not be taken', () => {
    const gone: Sample = { trust: 'missing', because: 'no answer', code: 'TIMED_OUT' };
    const first = decideOn(policy, { orders: sampleOf(one(100, 40), NOW) }, {}, NOW).memory;
    const missed = decideOn(policy, { orders: gone }, first, minute(1));
    expect(missed.memory.lags).toEqual(first.lags);
    const third = decideOn(
      policy,
      { orders: sampleOf(one(100, 40), minute(2)) },
      missed.memory,
      minute(2),
    );
    expect(third.decision.capacity.replicas?.to).toBe(8);
  });

  test('remembers nothing more than before where no expression uses them', () => {
    const plain = policyOf({ metrics: { orders: lagMetric }, replicas: 'ceil(orders.lag / 10)' });
    let memory: Memory = {};
    for (const [at, end] of [100, 200, 300].entries()) {
      ({ memory } = decideOn(
        plain,
        { orders: sampleOf(one(end, 40), minute(at)) },
        memory,
        minute(at),
      ));
    }
    expect(memory).not.toHaveProperty('lags');
  });

  test.for([
    { name: 'without lag', committed: 500 },
    { name: 'with lag that nobody reads', committed: 40 },
  ])('is no write from tick to tick at rest $name', ({ committed }) => {
    let memory: Memory = {};
    const texts: string[] = [];
    for (let at = 0; at < 12; at += 1) {
      const samples = {
        orders: sampleOf(one(at < 3 ? 300 + 100 * at : 500, committed), minute(at)),
      };
      ({ memory } = decideOn(policy, samples, memory, minute(at)));
      const { idleSince: _, ...rest } = memory;
      texts.push(writeMemory(rest));
    }
    expect(new Set(texts.slice(4)).size).toBe(1);
  });
});

describe('memory of past looks', () => {
  const looks = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 12 }))
    .chain(([columns, count]) =>
      fc.record({
        first: fc.array(fc.bigInt({ min: 0n, max: 2n ** 62n }), {
          minLength: columns,
          maxLength: columns,
        }),
        steps: fc.array(
          fc.record({
            by: fc.array(fc.bigInt({ min: 0n, max: 2n ** 40n }), {
              minLength: columns,
              maxLength: columns,
            }),
            after: fc.integer({ min: 0, max: 86_400_000 }),
          }),
          { minLength: count, maxLength: count },
        ),
        rest: fc.integer({ min: 0, max: 86_400_000 }),
        isResting: fc.boolean(),
      }),
    )
    .map(({ first, steps, rest, isResting }): Looks => {
      let [at, ends]: [number, readonly bigint[]] = [NOW, first];
      const all = steps.map(({ by, after }) => {
        at += after;
        ends = ends.map((end, column) => end + (by[column] ?? 0n));
        return { at: epochMillis(at), ends };
      });
      return { looks: all, until: epochMillis(at + rest), isResting };
    });

  test('comes back as it was written', () => {
    fc.assert(
      fc.property(looks, (written) => {
        const text = writeLooks(written);
        expect(text).toMatch(/^[\w-]+$/);
        expect(readLooks(text, written.looks.at(-1)?.ends ?? [])).toEqual(written);
      }),
    );
  });

  test('is of whole milliseconds on a clock that has parts of them', () => {
    const taken = [0.4, 1000.6].map((at) => ({ at: epochMillis(NOW + at), ends: [5n] }));
    const text = writeLooks({ looks: taken, until: epochMillis(NOW + 2000.5), isResting: false });
    const read = readLooks(text, [5n]);
    expect(read?.looks.map(({ at }) => at - NOW)).toEqual([1, 1001]);
  });

  test('of any other text or of other columns is none, never an exception', () => {
    fc.assert(fc.property(fc.string(), (text) => void readLooks(text, [5n, 6n])));
    const text = writeLooks({ looks: [{ at: NOW, ends: [1n] }], until: NOW, isResting: false });
    expect(readLooks(text, [1n, 1n])).toBeUndefined();
    expect(readLooks('', [1n])).toBeUndefined();
  });

  test.for([
    { groups: 1, partitions: 1 },
    { groups: 1, partitions: 100 },
    { groups: 1, partitions: 180 },
    { groups: 1, partitions: 5000 },
    { groups: 2, partitions: 60 },
    { groups: 5, partitions: 400 },
    { groups: 32, partitions: 12 },
  ])('keeps a scalable with $groups groups of $partitions partitions within its room', (size) => {
    const names = Array.from({ length: size.groups }, (_, n) => `group${n}`);
    const metrics = Object.fromEntries(
      names.map((name) => [name, { ...lagMetric, excludeStuck: 3 }]),
    );
    const policy = policyOf({
      metrics,
      replicas: names.map((name) => `ceil(${name}.seconds / 100)`).join(' + '),
      smoothing: { halfLife: '1m' },
      scaleUp: { stabilization: '1h', policies: [{ kind: 'pods', value: 4, period: '30m' }] },
      scaleDown: { stabilization: '1h', policies: [{ kind: 'pods', value: 4, period: '30m' }] },
    });
    const random = createRandom(size.partitions + size.groups);
    const ends = names.map(() => Array.from({ length: size.partitions }, () => 2n ** 40n));
    const reads = ends.map((of) => of.map((end) => end - 1000n));
    let memory: Memory = {};
    let longest = 0;
    for (let minute = 0; minute < 90; minute += 1) {
      const now = epochMillis(NOW + minute * 60_000);
      const samples: Record<string, Sample> = {};
      for (const [at, name] of names.entries()) {
        const partitions = (ends[at] ?? []).map((end, partition) => {
          const to = end + BigInt(Math.floor(random() * 1e6));
          const stays = partition % 3 === 0 && partition !== 0;
          const committed = (reads[at]?.[partition] ?? 0n) + (stays ? 0n : 1000n);
          ends[at]?.splice(partition, 1, to);
          reads[at]?.splice(partition, 1, committed);
          return { partition, start: 0n, end: to, committed };
        });
        samples[name] = sampleOf(partitions, now);
      }
      ({ memory } = decideOn(policy, samples, memory, now));
      longest = Math.max(longest, Buffer.byteLength(writeMemory(memory)));
      memory = readMemory(writeMemory(memory));
    }
    expect(longest).toBeGreaterThan(100);
    expect(longest).toBeLessThanOrEqual(MAX_MEMORY_BYTES);
  });
});
