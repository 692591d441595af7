import { assert, integer, array, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { epochMillis, millis } from '../../../lib/model/units.ts';
import { createCrew } from '../../../lib/simulate/crew.ts';

/** riff's model in its own unit: a start-up of 15 passes. */
function runningAt(
  wishes: readonly (readonly [pass: number, count: number])[],
  passes: readonly number[],
  running = 0,
): number[] {
  const crew = createCrew(running, millis(15));
  const events = [...wishes.map(([pass]) => pass), ...passes].toSorted((a, b) => a - b);
  const seen = new Map<number, number>();
  for (const pass of new Set(events)) {
    crew.start(epochMillis(pass));
    for (const [at, count] of wishes) if (at === pass) crew.set(count, epochMillis(pass));
    seen.set(pass, crew.running);
  }
  return passes.map((pass) => seen.get(pass) ?? Number.NaN);
}

describe('replicas as riff modelled them', () => {
  test('9 are wanted: none for 14 passes, 9 at pass 15', () => {
    expect(runningAt([[0, 9]], [0, 1, 14, 15])).toEqual([0, 0, 0, 9]);
  });

  test('9 and one pass later 12: 9 at pass 15, 12 at pass 16', () => {
    const wishes = [[0, 9] as const, [1, 12] as const];
    expect(runningAt(wishes, [14, 15, 16])).toEqual([0, 9, 12]);
  });

  test('9 and at once 5: 5 at pass 15', () => {
    expect(runningAt([[0, 9] as const, [0, 5] as const], [14, 15, 16])).toEqual([0, 5, 5]);
  });

  test('a shrink takes those first that started last', () => {
    const wishes = [[0, 4] as const, [5, 10] as const, [6, 7] as const];
    expect(runningAt(wishes, [14, 15, 19, 20])).toEqual([0, 4, 4, 7]);
  });

  test('and running ones at once where too few are starting', () => {
    expect(runningAt([[0, 8] as const, [3, 2] as const], [0, 3, 15, 18], 5)).toEqual([5, 2, 2, 2]);
  });

  test('property: running and starting together are what was wanted last', () => {
    const steps = array(
      record({ wait: integer({ min: 0, max: 20 }), count: integer({ min: 0, max: 30 }) }),
    );
    assert(
      property(steps, (wishes) => {
        const crew = createCrew(0, millis(15));
        let now = 0;
        for (const { wait, count } of wishes) {
          now += wait;
          crew.start(epochMillis(now));
          crew.set(count, epochMillis(now));
          expect(crew.wanted).toBe(count);
          expect(crew.running).toBeLessThanOrEqual(count);
        }
        crew.start(epochMillis(now + 15));
        expect(crew.running).toBe(crew.wanted);
        expect(crew.nextStart).toBe(undefined);
      }),
    );
  });
});
