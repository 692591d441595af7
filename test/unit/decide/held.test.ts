import { describe, expect, test } from 'vitest';

import { decide, type Seen } from '../../../lib/decide/decide.ts';
import { type Memory, readMemory, writeMemory } from '../../../lib/decide/memory.ts';
import { carriedOut } from '../../../lib/decide/outcome.ts';
import type { Policy } from '../../../lib/decide/policy.ts';
import { epochMillis } from '../../../lib/model/units.ts';
import { numberMetric, policyOf } from '../../support/policy.ts';

const START = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;

const ruled = (attributes: Readonly<Record<string, unknown>>): Policy =>
  policyOf({
    metrics: { load: numberMetric('load') },
    replicas: 'load',
    idle: '0s',
    ...attributes,
  });

/** The counts and memories after each of so many ticks, a minute apart, under one load. */
function course(policy: Policy, load: number, first: { replicas: number; ticks: number }) {
  let memory: Memory = {};
  let { replicas } = first;
  return Array.from({ length: first.ticks }, (_, tick) => {
    const now = epochMillis(START + tick * MINUTE);
    const seen: Seen = {
      samples: {
        load: { trust: 'fresh', at: now, measurement: { kind: 'number', value: load } },
      },
      target: { wanted: { replicas }, ready: { replicas }, busy: undefined, fence: '' },
      held: undefined,
      lastFiring: () => undefined,
    };
    const decided = decide(policy, seen, memory, now);
    const to = decided.decision.capacity.replicas?.to ?? replicas;
    const after = to === replicas ? decided.memory : carriedOut(policy, decided, now);
    memory = readMemory(writeMemory(after));
    replicas = to;
    return { replicas, memory: writeMemory(memory) };
  });
}
const counts = (of: ReturnType<typeof course>) => of.map(({ replicas }) => replicas);

describe('a smoothed wish that a later step holds', () => {
  test('does not begin the stabilization window anew each time it is rounded away', () => {
    const policy = ruled({ smoothing: { halfLife: '1m' }, scaleDown: { stabilization: '3m' } });
    expect(counts(course(policy, 0, { replicas: 1, ticks: 8 })).at(-1)).toBe(0);
    expect(counts(course(policy, 0, { replicas: 9, ticks: 30 })).at(-1)).toBe(0);
  });

  test('nor on the way up', () => {
    const policy = ruled({ smoothing: { halfLife: '2m' }, scaleUp: { stabilization: '3m' } });
    expect(counts(course(policy, 2, { replicas: 1, ticks: 10 })).at(-1)).toBe(2);
  });

  test('goes on from where it is held without a jump', () => {
    const policy = ruled({ smoothing: { halfLife: '1m' }, scaleUp: { cooldown: '10m' } });
    const grown = counts(course(policy, 20, { replicas: 4, ticks: 14 }));
    expect(grown.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 12));
    expect(grown[10]).toBe(16);
  });

  test.for([
    { name: 'its min', rule: { min: 1 }, load: 0, replicas: 1 },
    { name: 'its max', rule: { max: 5 }, load: 90, replicas: 5 },
    {
      name: 'a window',
      rule: { windows: [{ from: '00:00', to: '24:00', zone: 'UTC', min: 3 }] },
      load: 1,
      replicas: 3,
    },
    {
      name: 'a way that is disabled',
      rule: { scaleDown: { select: 'disabled' } },
      load: 1,
      replicas: 4,
    },
  ])('by $name is no write each tick', ({ rule, load, replicas }) => {
    const after = course(ruled({ smoothing: { halfLife: '1m' }, ...rule }), load, {
      replicas,
      ticks: 12,
    });
    expect(new Set(counts(after))).toEqual(new Set([replicas]));
    expect(new Set(after.slice(4).map(({ memory }) => memory)).size).toBe(1);
  });
});
