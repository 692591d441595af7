import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { StableMemory } from '../../../lib/decide/memory.ts';
import { stabilize } from '../../../lib/decide/stabilize.ts';
import { epochMillis, millis, seconds } from '../../../lib/model/units.ts';

interface Told {
  readonly at: number;
  readonly wish: number;
}

/** Follows wishes tick by tick, each count carried out, and answers the counts. */
function follow(
  windows: { readonly up: number; readonly down: number },
  start: number,
  wishes: readonly Told[],
): readonly number[] {
  let current = start;
  let memory: StableMemory | undefined;
  return wishes.map(({ at, wish }) => {
    const limits = { up: seconds(windows.up), down: seconds(windows.down) };
    const next = stabilize(limits, { current, wish }, memory, epochMillis(at * 1000));
    memory = next.memory;
    current = next.count;
    return current;
  });
}

const every = (step: number, wishes: readonly number[]): readonly Told[] =>
  wishes.map((wish, index) => ({ at: index * step, wish }));

describe('stabilization windows, as HPA has them', () => {
  test('without windows a wish passes and nothing is remembered', () => {
    const none = { up: millis(0), down: millis(0) };
    expect(stabilize(none, { current: 5, wish: 1 }, undefined, epochMillis(0))).toEqual({
      count: 1,
      memory: undefined,
    });
  });

  test('a shrink waits until the highest wish of the window is old', () => {
    expect(follow({ up: 0, down: 300 }, 10, every(60, [4, 4, 4, 4, 4, 4, 4]))).toEqual([
      10, 10, 10, 10, 10, 4, 4,
    ]);
  });

  test('a peak in between begins the window anew, at the height of the peak', () => {
    expect(follow({ up: 0, down: 120 }, 10, every(60, [4, 7, 4, 4, 4]))).toEqual([10, 10, 7, 7, 4]);
  });

  test('a growth waits until the lowest wish of the window is old', () => {
    expect(follow({ up: 120, down: 0 }, 2, every(60, [8, 6, 8, 8, 8]))).toEqual([2, 2, 6, 6, 8]);
  });

  test('a target at zero is woken at once, and grows further when its window has passed', () => {
    expect(follow({ up: 120, down: 0 }, 0, every(60, [8, 8, 8]))).toEqual([1, 1, 8]);
  });

  test('a wish that swings both ways is damped both ways', () => {
    expect(follow({ up: 60, down: 60 }, 5, every(30, [9, 1, 9, 1, 9]))).toEqual([5, 5, 5, 5, 5]);
  });

  test('at rest it remembers nothing', () => {
    const windows = { up: seconds(60), down: seconds(60) };
    expect(stabilize(windows, { current: 5, wish: 5 }, undefined, epochMillis(0)).memory).toBe(
      undefined,
    );
  });
});

describe('properties of stabilization', () => {
  const wishes = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 200 });
  const window = fc.integer({ min: 0, max: 600 });

  test('it agrees with a plain history of all recommendations', () => {
    fc.assert(
      fc.property(
        wishes,
        window,
        window,
        fc.integer({ min: 1, max: 120 }),
        (told, up, down, step) => {
          const start = told[0] ?? 0;
          const counts = follow({ up, down }, start, every(step, told));
          let current = start;
          const history: Told[] = [];
          for (const [index, wish] of told.entries()) {
            const at = index * step;
            // A recommendation counts until the tick that replaces it.
            const before = index === 0 ? start : (told[index - 1] ?? 0);
            if (before !== wish) history.push({ at, wish: before });
            const within = (span: number): number[] =>
              history.filter((one) => at - one.at < span).map((one) => one.wish);
            const lowest = Math.min(wish, ...(up > 0 ? within(up) : []));
            const highest = Math.max(wish, ...(down > 0 ? within(down) : []));
            const least = current === 0 && wish > 0 ? 1 : 0;
            current = Math.max(Math.min(Math.max(current, lowest), highest), least);
            expect(counts[index]).toBe(current);
          }
        },
      ),
    );
  });

  test('what it remembers is bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 400 }), (told) => {
        let memory: StableMemory | undefined;
        const windows = { up: seconds(3600), down: seconds(3600) };
        for (const [index, wish] of told.entries()) {
          memory = stabilize(
            windows,
            { current: 10, wish },
            memory,
            epochMillis(index * 1000),
          ).memory;
        }
        expect((memory?.high.length ?? 0) + (memory?.low.length ?? 0)).toBeLessThanOrEqual(80);
      }),
    );
  });
});
