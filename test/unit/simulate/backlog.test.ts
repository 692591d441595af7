import { array, assert, double, integer, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { lagFigures } from '../../../lib/model/lag.ts';
import { createBacklog, offsetsOf } from '../../../lib/simulate/backlog.ts';

describe('a queue as a fluid', () => {
  test('grows by what comes, shrinks by what is served, and is never below none', () => {
    const backlog = createBacklog(100);
    backlog.pass(10_000, 30, 0);
    expect(backlog.waiting).toBe(300);
    backlog.pass(5_000, 0, 20);
    expect(backlog.waiting).toBe(200);
    backlog.pass(60_000, 0, 20);
    expect(backlog.waiting).toBe(0);
    expect(backlog.highest).toBe(300);
    expect(backlog.counts()).toEqual({ arrived: 300, served: 300 });
  });

  test('knows its mean and its time over the target exactly', () => {
    const backlog = createBacklog(100);
    // Up to 200 in 10 s and down to none in 20 s: over 100 for half of each.
    backlog.pass(10_000, 20, 0);
    backlog.pass(30_000, 0, 10);
    expect(backlog.over).toBe(15_000);
    expect(backlog.area / 1000).toBe(200 * 15);
  });

  test('is not over its target while it stands at it', () => {
    const backlog = createBacklog(100);
    backlog.pass(10_000, 10, 0);
    backlog.pass(60_000, 10, 10);
    expect(backlog.over).toBe(0);
    backlog.pass(1_000, 10, 9);
    expect(backlog.over).toBe(1_000);
  });

  test('property: the figures do not depend on how time is cut', () => {
    const rate = integer({ min: 0, max: 50 });
    const pieces = array(tuple(integer({ min: 1, max: 20 }), rate, rate), { maxLength: 20 });
    assert(
      property(pieces, (all) => {
        const [whole, cut] = [createBacklog(40), createBacklog(40)];
        for (const [seconds, arriving, serving] of all) {
          whole.pass(seconds * 1000, arriving, serving);
          for (let at = 0; at < seconds * 4; at += 1) cut.pass(250, arriving, serving);
        }
        expect(cut.waiting).toBeCloseTo(whole.waiting, 6);
        expect(cut.highest).toBeCloseTo(whole.highest, 6);
        expect(cut.area / 1000).toBeCloseTo(whole.area / 1000, 3);
        expect(cut.over).toBeCloseTo(whole.over, 3);
      }),
    );
  });

  test('property: no message is lost or served twice, whatever the rates', () => {
    const rate = double({ min: 0, max: 1e4, noNaN: true });
    assert(
      property(array(tuple(integer({ min: 1, max: 1e6 }), rate, rate)), (all) => {
        const backlog = createBacklog(0);
        let before = { arrived: 0, served: 0 };
        for (const [ms, arriving, serving] of all) {
          backlog.pass(ms, arriving, serving);
          const now = backlog.counts();
          expect(now.served).toBeLessThanOrEqual(now.arrived);
          expect(now.arrived).toBeGreaterThanOrEqual(before.arrived);
          expect(now.served).toBeGreaterThanOrEqual(before.served);
          before = now;
        }
      }),
    );
  });
});

describe('a backlog as a consumer group’s offsets', () => {
  test('spreads both counts over the partitions', () => {
    const measured = offsetsOf({ arrived: 10, served: 7 }, 4);
    if (measured.kind !== 'offsets') throw new Error('expected offsets');
    expect(measured.partitions.map(({ end, committed }) => [end, committed])).toEqual([
      [3n, 2n],
      [3n, 2n],
      [2n, 2n],
      [2n, 1n],
    ]);
  });

  test('property: the lag is what waits, for any number of partitions', () => {
    const counts = tuple(integer({ min: 0, max: 1e9 }), integer({ min: 0, max: 1e6 }));
    assert(
      property(counts, integer({ min: 1, max: 50 }), ([served, waiting], partitions) => {
        const measured = offsetsOf({ arrived: served + waiting, served }, partitions);
        if (measured.kind !== 'offsets') throw new Error('expected offsets');
        expect(lagFigures(measured.partitions, 'earliest').lag).toBe(waiting);
      }),
    );
  });
});
