import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decide } from '../../../../lib/decide/decide.ts';
import { watchStuck } from '../../../../lib/decide/lag/stuck.ts';
import { type Memory, writeMemory } from '../../../../lib/decide/memory.ts';
import { marksOf } from '../../../../lib/model/lag.ts';
import type { PartitionOffsets } from '../../../../lib/model/sample.ts';
import { type EpochMillis, epochMillis } from '../../../../lib/model/units.ts';
import { lagMetric, policyOf } from '../../../support/policy.ts';

const NOW = epochMillis(Date.UTC(2026, 10, 20, 12));
const END = 1000n;

const looksAt = (committed: readonly bigint[]): readonly PartitionOffsets[] =>
  committed.map((at, partition) => ({ partition, start: 0n, end: END, committed: at }));

/** What is stuck after each of several looks, each the commits of all partitions. */
function stuckAfter(after: number, looks: readonly (readonly bigint[])[]): readonly number[][] {
  let memory = '';
  return looks.map((committed, at) => {
    const before = looks[at - 1];
    const previous = before && marksOf(looksAt(before));
    const found = watchStuck(
      { after, room: 400 },
      { partitions: looksAt(committed), reset: 'earliest', previous },
      memory,
    );
    memory = found.memory;
    return [...found.partitions];
  });
}

describe('a partition is stuck', () => {
  test('KEDA#3904: once others committed so many times and it did not', () => {
    const looks = [1n, 2n, 3n, 4n, 5n].map((at) => [at, 7n, at]);
    expect(stuckAfter(3, looks)).toEqual([[], [], [], [1], [1]]);
  });

  test('not when it commits less often than it is looked at, which KEDA takes for stuck', () => {
    const looks = [0n, 1n, 2n, 3n, 4n, 5n, 6n].map((at) => [at, (at / 3n) * 30n]);
    expect(stuckAfter(3, looks).flat()).toEqual([]);
    expect(stuckAfter(1, looks).flat()).toContain(1);
  });

  test('not while nobody commits: a rebalance, or no consumer', () => {
    const looks = Array.from({ length: 9 }, () => [5n, 7n]);
    expect(stuckAfter(2, looks).flat()).toEqual([]);
  });

  test('not when all of it has been read', () => {
    const looks = [1n, 2n, 3n, 4n].map((at) => [at, END]);
    expect(stuckAfter(2, looks).flat()).toEqual([]);
  });

  test('until it commits again, forward or back', () => {
    const looks = [1n, 2n, 3n, 4n, 5n].map((at, look) => [at, look < 4 ? 7n : 6n]);
    expect(stuckAfter(2, looks)).toEqual([[], [], [1], [1], []]);
  });

  test('without a commit at all, too', () => {
    const seen = (other: bigint): readonly PartitionOffsets[] => [
      { partition: 0, start: 0n, end: END, committed: other },
      { partition: 4, start: 0n, end: END, committed: undefined },
    ];
    const group = { reset: 'earliest', previous: marksOf(seen(1n)) } as const;
    const watch = { after: 1, room: 400 };
    expect(watchStuck(watch, { ...group, partitions: seen(2n) }, '').partitions).toEqual(
      new Set([4]),
    );
  });

  test('and what is remembered fits its room whatever happens (property)', () => {
    const commits = fc.array(fc.bigInt({ min: 0n, max: END }), { minLength: 80, maxLength: 80 });
    fc.assert(
      fc.property(
        fc.array(commits, { minLength: 2, maxLength: 12 }),
        fc.nat(400),
        (looks, room) => {
          let memory = '';
          for (const [at, committed] of looks.entries()) {
            const before = looks[at - 1];
            const found = watchStuck(
              { after: 2, room },
              {
                partitions: looksAt(committed),
                reset: 'earliest',
                previous: before && marksOf(looksAt(before)),
              },
              memory,
            );
            memory = found.memory;
            expect(memory.length).toBeLessThanOrEqual(room);
          }
        },
      ),
    );
  });
});

describe('a rule that leaves stuck partitions out', () => {
  const policy = policyOf({
    metrics: { orders: { ...lagMetric, excludeStuck: 2 } },
    replicas: 'ceil(orders.lag / 100)',
    idle: '1m',
  });

  /** One decision a minute, each on the commits of all partitions. */
  function run(looks: readonly (readonly bigint[])[], replicas = 9) {
    let memory: Memory = {};
    return looks.map((committed, minute) => {
      const now: EpochMillis = epochMillis(NOW + minute * 60_000);
      const seen = {
        samples: {
          orders: {
            trust: 'fresh',
            at: now,
            measurement: { kind: 'offsets', reset: 'earliest', partitions: looksAt(committed) },
          },
        },
        target: { wanted: { replicas }, ready: { replicas }, busy: undefined, fence: '1' },
        held: undefined,
        lastFiring: () => undefined,
      } as const;
      const next = decide(policy, seen, memory, now);
      ({ memory } = next);
      const { capacity, steps } = next.decision;
      return {
        to: capacity.replicas?.to,
        notes: steps.map(({ note }) => note),
        memory: writeMemory(memory),
      };
    });
  }

  test('scales on the lag of the others and says so', () => {
    const course = run([100n, 200n, 300n, 400n].map((at) => [at, at, 50n]));
    expect(course.map(({ to }) => to)).toEqual([28, 26, 14, 12]);
    expect(course[3]?.notes[0]).toBe(
      'orders: stuck and left out of its lag: partition 2 (950 of 2150)',
    );
  });

  test('stays awake for them: their lag still is activity', () => {
    const last = run([
      ...[400n, 600n, 800n].map((at) => [at, 50n]),
      ...Array.from({ length: 9 }, () => [END, 50n]),
    ]);
    expect(last.map(({ to }) => to).slice(-3)).toEqual([1, 1, 1]);
  });

  test('remembers the same from tick to tick while nothing moves', () => {
    const texts = run([
      [1n, 5n],
      [2n, 5n],
      [3n, 5n],
      [3n, 5n],
      [3n, 5n],
      [3n, 5n],
    ]).map(({ memory }) => memory);
    expect(new Set(texts.slice(2)).size).toBe(1);
    expect(texts[2]).toContain('"lags"');
  });

  test('counts it in full where no consumer runs, so that it can be woken', () => {
    const course = run(
      [100n, 200n, 300n, 400n].map((at) => [at, 50n]),
      0,
    );
    expect(course.at(-1)?.to).toBe(16);
  });
});
