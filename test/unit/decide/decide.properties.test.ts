import {
  type Arbitrary,
  array,
  assert,
  constantFrom,
  integer,
  nat,
  oneof,
  property,
  record,
  tuple,
} from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decide, type Decided, type Seen } from '../../../lib/decide/decide.ts';
import { type Memory, readMemory, writeMemory } from '../../../lib/decide/memory.ts';
import { carriedOut } from '../../../lib/decide/outcome.ts';
import type { Policy } from '../../../lib/decide/policy.ts';
import type { PartitionOffsets, Sample } from '../../../lib/model/sample.ts';
import { type EpochMillis, epochMillis } from '../../../lib/model/units.ts';
import { MAX_MEMORY_BYTES } from '../../../lib/store/limits.ts';
import { lagMetric, numberMetric, policyOf } from '../../support/policy.ts';

const START = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;

type Attributes = Readonly<Record<string, unknown>>;

const duration = constantFrom('0s', '30s', '1m', '2m', '5m');
const pace = record({
  stabilization: duration,
  cooldown: duration,
  policies: array(
    record({
      kind: constantFrom('pods', 'percent'),
      value: integer({ min: 1, max: 100 }),
      period: constantFrom('15s', '1m', '5m'),
    }),
    { maxLength: 2 },
  ),
  select: constantFrom('max', 'min', 'disabled'),
});

/** Rules with any of the steps that damp, around an expression that grows with its metric. */
const attributes: Arbitrary<Attributes> = record(
  {
    bounds: tuple(integer({ min: 0, max: 5 }), integer({ min: 0, max: 30 })),
    idle: duration,
    smoothing: constantFrom({ halfLife: '5s' }, { halfLife: '1m' }, { halfLife: '10m' }),
    tolerance: constantFrom(0, 0.1, 0.5),
    scaleUp: pace,
    scaleDown: pace,
    fallback: record({
      after: integer({ min: 1, max: 4 }),
      replicas: integer({ min: 0, max: 40 }),
    }),
  },
  { requiredKeys: ['bounds', 'idle'] },
).map(({ bounds: [min, more], ...rest }) => Object.assign(rest, { min, max: min + more }));

const ruled = (more: Attributes): Policy =>
  policyOf({ metrics: { load: numberMetric('load') }, replicas: 'ceil(load / 10)', ...more });

const fresh = (value: number, at: EpochMillis): Sample => ({
  trust: 'fresh',
  at,
  measurement: { kind: 'number', value },
});

/** A sample as a source may give it: mostly fresh, else anything that is not. */
const sample = oneof(
  { weight: 6, arbitrary: integer({ min: 0, max: 400 }).map((value) => ({ value, lie: '' })) },
  {
    weight: 2,
    arbitrary: record({
      value: integer({ min: 0, max: 400 }),
      lie: constantFrom('stale', 'old', 'missing', 'invalid', 'nan', 'unread'),
    }),
  },
);
type Given = Parameters<typeof sampled>[0];

function sampled(
  { value, lie }: { readonly value: number; readonly lie: string },
  now: EpochMillis,
): Readonly<Record<string, Sample>> {
  const measurement = { kind: 'number' as const, value };
  switch (lie) {
    case 'stale':
      return { load: { trust: 'stale', at: now, measurement, because: 'a cache' } };
    case 'old':
      return { load: fresh(value, epochMillis(now - 121_000)) };
    case 'missing':
    case 'invalid':
      return { load: { trust: lie, because: 'no answer', code: 'TEST' } };
    case 'nan':
      return { load: fresh(Number.NaN, now) };
    case 'unread':
      return {};
    default:
      return { load: fresh(value, now) };
  }
}

const seeing = (replicas: number, samples: Seen['samples']): Seen => ({
  samples,
  target: { wanted: { replicas }, ready: { replicas }, busy: undefined, fence: '' },
  held: undefined,
  lastFiring: () => undefined,
});

const countOf = ({ decision }: Decided): number => decision.capacity.replicas?.to ?? Number.NaN;

/** Every decision of a history, each carried out, the memory written and read between them. */
function* history(
  policy: Policy,
  first: number,
  ticks: readonly { readonly wait: number; readonly given: Given }[],
) {
  let memory: Memory = {};
  let replicas = first;
  let now = epochMillis(START);
  for (const { wait, given } of ticks) {
    now = epochMillis(now + wait * 1000);
    const decided = decide(policy, seeing(replicas, sampled(given, now)), memory, now);
    const to = countOf(decided);
    const text = writeMemory(to === replicas ? decided.memory : carriedOut(policy, decided, now));
    yield { from: replicas, to, given, text, decided, now, before: memory };
    memory = readMemory(text);
    replicas = to;
  }
}

const replicas = integer({ min: 0, max: 50 });
const ticks = array(record({ wait: constantFrom(0, 1, 15, 60, 61, 300), given: sample }), {
  minLength: 1,
  maxLength: 40,
});

describe('whatever was measured before', () => {
  test('a decision is never outside its bounds', () => {
    assert(
      property(attributes, replicas, ticks, (rule, first, given) => {
        const { min, max } = rule as { readonly min: number; readonly max: number };
        for (const { to } of history(ruled(rule), first, given)) {
          expect(to).toBeGreaterThanOrEqual(min);
          expect(to).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  test('a sample that is not fresh shrinks nothing, but for what is above a constant max', () => {
    assert(
      property(attributes, replicas, ticks, (rule, first, all) => {
        const { max } = rule as { readonly max: number };
        for (const { from, to, given } of history(ruled(rule), first, all)) {
          const least = given.lie === '' ? 0 : Math.min(from, max);
          expect(to).toBeGreaterThanOrEqual(least);
        }
      }),
    );
  });

  test('deciding twice gives the same bytes and leaves what it was given as it was', () => {
    assert(
      property(attributes, replicas, ticks, (rule, first, all) => {
        const policy = ruled(rule);
        for (const { from, given, now, before, decided } of history(policy, first, all)) {
          const text = writeMemory(before);
          const again = decide(policy, seeing(from, sampled(given, now)), readMemory(text), now);
          expect(JSON.stringify(again)).toBe(JSON.stringify(decided));
          expect(writeMemory(before)).toBe(text);
        }
      }),
    );
  });

  test('a decision at rest is made again without a word in memory', () => {
    assert(
      property(attributes, replicas, ticks, (rule, first, all) => {
        const policy = ruled(rule);
        for (const { from, to, given, now, text, decided } of history(policy, first, all)) {
          // Ticks that fail are counted towards the fallback, also those of a rule that wishes nothing.
          if (decided.decision.verdict !== 'rest' || readMemory(text).failing !== undefined)
            continue;
          const again = decide(policy, seeing(from, sampled(given, now)), readMemory(text), now);
          expect(countOf(again)).toBe(to);
          expect(writeMemory(again.memory)).toBe(text);
        }
      }),
    );
  });
});

describe('under one load', () => {
  test('a rule comes to rest: no change, and no write', () => {
    assert(
      property(
        attributes,
        replicas,
        integer({ min: 0, max: 400 }),
        constantFrom(15, 60, 61),
        (rule, first, value, wait) => {
          const long = Math.ceil((3 * 60 * 60) / wait);
          const same = Array.from({ length: long }, () => ({ wait, given: { value, lie: '' } }));
          const course = [...history(ruled(rule), first, same)].slice(-5);
          expect(new Set(course.map(({ to, text }) => `${to} ${text}`)).size).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('without memory a higher metric never gives a lower count', () => {
    const loads = tuple(nat(500), nat(500));
    assert(
      property(attributes, replicas, loads, (rule, current, [one, other]) => {
        const policy = ruled(rule);
        const now = epochMillis(START);
        const count = (load: number): number =>
          countOf(decide(policy, seeing(current, { load: fresh(load, now) }), {}, now));
        expect(count(Math.min(one, other))).toBeLessThanOrEqual(count(Math.max(one, other)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('however often ticks come', () => {
  /** The counts at whole multiples of `common` seconds, with a tick each `every` seconds. */
  function countsAt(policy: Policy, load: number, first: number, every: number) {
    const lasting = 40 * 60;
    const same = Array.from({ length: lasting / every + 1 }, (_, tick) => ({
      wait: tick === 0 ? 0 : every,
      given: { value: load, lie: '' },
    }));
    return [...history(policy, first, same)].map(({ to }, tick) => ({ second: tick * every, to }));
  }

  test('smoothing is where it is by the time gone by, to one replica', () => {
    assert(
      property(
        constantFrom('20s', '1m', '5m'),
        integer({ min: 10, max: 500 }),
        integer({ min: 1, max: 50 }),
        (halfLife, load, first) => {
          const policy = ruled({ smoothing: { halfLife }, interval: '15s', max: 100 });
          const fine = countsAt(policy, load, first, 15);
          for (const { second, to } of countsAt(policy, load, first, 60)) {
            const other = fine.find((each) => each.second === second)?.to ?? Number.NaN;
            expect(Math.abs(other - to)).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the way to zero takes idle and the window, never less, and at most two ticks more', () => {
    assert(
      property(
        constantFrom(0, 1, 2, 5),
        constantFrom(0, 1, 3, 5),
        constantFrom(1, 15, 60, 120),
        integer({ min: 1, max: 20 }),
        (idle, window, every, first) => {
          const policy = ruled({
            idle: `${idle}m`,
            scaleDown: { stabilization: `${window}m` },
            max: 100,
          });
          const course = countsAt(policy, 0, first, every);
          const zero = course.find(({ to }) => to === 0)?.second ?? Number.NaN;
          expect(zero).toBeGreaterThanOrEqual(Math.max(idle, window) * 60);
          expect(zero).toBeLessThanOrEqual((idle + window) * 60 + 2 * every);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('what is remembered', () => {
  const offsets = (seed: number, partitions: number): PartitionOffsets[] =>
    Array.from({ length: partitions }, (_, partition) => {
      const committed = BigInt(Math.floor(Math.abs(Math.sin(seed + partition)) * 1e15));
      return { partition, start: 0n, end: committed + BigInt(partition * 977), committed };
    });

  test('fits into its item, with all steps and topics of many partitions', () => {
    const topics = ['alpha', 'beta', 'gamma', 'delta'];
    const policy = policyOf({
      metrics: Object.fromEntries(topics.map((topic) => [topic, { ...lagMetric, topic }])),
      replicas: topics.map((topic) => `ceil(${topic}.lag / 1000000)`).join(' + '),
      max: 1000,
      idle: '5m',
      smoothing: { halfLife: '10m' },
      scaleUp: { stabilization: '1h', policies: [{ kind: 'pods', value: 1, period: '30m' }] },
      scaleDown: { stabilization: '1h', cooldown: '1h' },
      fallback: { after: 5, replicas: 3 },
    });
    assert(
      property(array(tuple(nat(1000), nat(700)), { minLength: 20, maxLength: 120 }), (looks) => {
        let memory: Memory = {};
        let current = 5;
        for (const [tick, [seed, partitions]] of looks.entries()) {
          const now = epochMillis(START + tick * MINUTE);
          const samples = Object.fromEntries(
            topics.map((topic, at): [string, Sample] => [
              topic,
              {
                trust: 'fresh',
                at: now,
                measurement: {
                  kind: 'offsets',
                  partitions: offsets(seed + at, partitions),
                  reset: 'earliest',
                },
              },
            ]),
          );
          const decided = decide(policy, seeing(current, samples), memory, now);
          const after = carriedOut(policy, decided, now);
          current = countOf(decided);
          const text = writeMemory(after);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_MEMORY_BYTES);
          memory = readMemory(text);
        }
      }),
      { numRuns: 8 },
    );
  });
});
