import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { cooldown } from '../../../lib/decide/cooldown.ts';
import type { Changed } from '../../../lib/decide/memory.ts';
import { longestPeriod, pace, rememberChange } from '../../../lib/decide/pace.ts';
import { epochMillis, millis, seconds } from '../../../lib/model/units.ts';
import type { Pace, PacePolicy } from '../../../lib/rule/rule.ts';

const FREE: Pace = { stabilization: millis(0), policies: [], select: 'max', cooldown: millis(0) };
const pods = (value: number, period: number): PacePolicy => ({
  kind: 'pods',
  value,
  period: seconds(period),
});
const percent = (value: number, period: number): PacePolicy => ({
  kind: 'percent',
  value,
  period: seconds(period),
});

describe('policies, as HPA has them', () => {
  test.for([
    { name: 'no policy lets any change through', up: FREE, current: 3, wish: 90, count: 90 },
    {
      name: 'so many pods in a period',
      up: { ...FREE, policies: [pods(4, 60)] },
      current: 3,
      wish: 90,
      count: 7,
    },
    {
      name: 'so many per cent, rounded up',
      up: { ...FREE, policies: [percent(50, 60)] },
      current: 3,
      wish: 90,
      count: 5,
    },
    {
      name: 'the most permissive policy by default',
      up: { ...FREE, policies: [pods(4, 15), percent(100, 15)] },
      current: 10,
      wish: 90,
      count: 20,
    },
    {
      name: 'the strictest with select min',
      up: { ...FREE, policies: [pods(4, 15), percent(100, 15)], select: 'min' as const },
      current: 10,
      wish: 90,
      count: 14,
    },
    {
      name: 'none at all with select disabled',
      up: { ...FREE, select: 'disabled' as const },
      current: 10,
      wish: 90,
      count: 10,
    },
    {
      name: 'a first replica whatever the percentage',
      up: { ...FREE, policies: [percent(100, 60)] },
      current: 0,
      wish: 90,
      count: 1,
    },
    {
      name: 'a wish that asks for less than is allowed',
      up: { ...FREE, policies: [pods(4, 60)] },
      current: 3,
      wish: 5,
      count: 5,
    },
  ])('upwards: $name', ({ up, current, wish, count }) => {
    expect(pace({ up, down: FREE }, { current, wish }, [], epochMillis(0))).toBe(count);
  });

  test.for([
    {
      name: 'so many pods in a period',
      down: { ...FREE, policies: [pods(4, 60)] },
      current: 30,
      wish: 0,
      count: 26,
    },
    {
      name: 'so many per cent, what remains rounded down',
      down: { ...FREE, policies: [percent(10, 60)] },
      current: 35,
      wish: 0,
      count: 31,
    },
    {
      name: 'the most permissive policy by default',
      down: { ...FREE, policies: [pods(4, 60), percent(50, 60)] },
      current: 30,
      wish: 0,
      count: 15,
    },
    {
      name: 'the strictest with select min',
      down: { ...FREE, policies: [pods(4, 60), percent(50, 60)], select: 'min' as const },
      current: 30,
      wish: 0,
      count: 26,
    },
    {
      name: 'none at all with select disabled',
      down: { ...FREE, select: 'disabled' as const },
      current: 30,
      wish: 0,
      count: 30,
    },
    {
      name: 'KEDA#7770: the last step to zero obeys them too',
      down: { ...FREE, policies: [pods(1, 60)] },
      current: 5,
      wish: 0,
      count: 4,
    },
  ])('downwards: $name', ({ down, current, wish, count }) => {
    expect(pace({ up: FREE, down }, { current, wish }, [], epochMillis(0))).toBe(count);
  });

  test('what was changed within the period counts against it, older changes do not', () => {
    const up = { ...FREE, policies: [pods(4, 60)] };
    const changes: readonly Changed[] = [
      [epochMillis(0), 9],
      [epochMillis(50_000), 3],
    ];
    expect(pace({ up, down: FREE }, { current: 12, wish: 90 }, changes, epochMillis(60_000))).toBe(
      13,
    );
    expect(pace({ up, down: FREE }, { current: 12, wish: 90 }, changes, epochMillis(120_000))).toBe(
      16,
    );
  });

  test('a policy already used up holds, and never turns a growth into a shrink', () => {
    const up = { ...FREE, policies: [pods(2, 60)] };
    expect(
      pace({ up, down: FREE }, { current: 12, wish: 90 }, [[epochMillis(0), 8]], epochMillis(1)),
    ).toBe(12);
  });

  test('changes are remembered for the longest period, and their number is bounded', () => {
    const paces = {
      up: { ...FREE, policies: [pods(1, 60)] },
      down: { ...FREE, policies: [pods(1, 300)] },
    };
    expect(longestPeriod(paces)).toBe(300_000);
    let changes: readonly Changed[] = [];
    for (let at = 0; at < 1000; at += 1) {
      changes = rememberChange(changes, [epochMillis(at), 1], seconds(300), epochMillis(at));
    }
    expect(changes.length).toBeLessThanOrEqual(40);
    // Merged, not lost: the sum still stands for all of them.
    expect(changes.reduce((sum, [, by]) => sum + by, 0)).toBe(1000);
    expect(rememberChange(changes, undefined, seconds(300), epochMillis(999_999))).toEqual([]);
  });

  test('property: it stays between the actual count and the wish', () => {
    const policy = fc.oneof(
      fc.integer({ min: 0, max: 50 }).map((value) => pods(value, 60)),
      fc.integer({ min: 0, max: 300 }).map((value) => percent(value, 60)),
    );
    const any: fc.Arbitrary<Pace> = fc.record({
      stabilization: fc.constant(millis(0)),
      policies: fc.array(policy, { maxLength: 3 }),
      select: fc.constantFrom('max' as const, 'min' as const, 'disabled' as const),
      cooldown: fc.constant(millis(0)),
    });
    const count = fc.nat({ max: 200 });
    const past = fc.array(
      fc.tuple(fc.nat({ max: 60_000 }).map(epochMillis), fc.integer({ min: -50, max: 50 })),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(any, any, count, count, past, (up, down, current, wish, changes) => {
        const next = pace({ up, down }, { current, wish }, changes, epochMillis(60_000));
        expect(next).toBeGreaterThanOrEqual(Math.min(current, wish));
        expect(next).toBeLessThanOrEqual(Math.max(current, wish));
      }),
    );
  });
});

describe('cooldowns', () => {
  const paces = {
    up: { ...FREE, cooldown: seconds(30) },
    down: { ...FREE, cooldown: seconds(120) },
  };
  test.for([
    { name: 'a shrink waits', current: 5, wish: 2, since: 119, count: 5 },
    { name: 'a shrink goes when its time is over', current: 5, wish: 2, since: 120, count: 2 },
    { name: 'a growth waits its own time', current: 5, wish: 9, since: 29, count: 5 },
    { name: 'a growth goes when its time is over', current: 5, wish: 9, since: 30, count: 9 },
    { name: 'a target at zero is woken all the same', current: 0, wish: 9, since: 1, count: 9 },
    {
      name: 'KEDA#7770: the last replica waits like any other',
      current: 1,
      wish: 0,
      since: 60,
      count: 1,
    },
    {
      name: 'a clock that ran backwards only waits longer',
      current: 5,
      wish: 2,
      since: -50,
      count: 5,
    },
  ])('$name', ({ current, wish, since, count }) => {
    const now = epochMillis(1_000_000);
    expect(cooldown(paces, { current, wish }, epochMillis(now - since * 1000), now)).toBe(count);
  });
  test('without a change on record nothing waits', () => {
    expect(cooldown(paces, { current: 5, wish: 0 }, undefined, epochMillis(0))).toBe(0);
  });
});
