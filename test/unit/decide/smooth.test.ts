import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { smooth, type Smoothed } from '../../../lib/decide/smooth.ts';
import { epochMillis, millis } from '../../../lib/model/units.ts';

/** riff's gain of 0.05 a pass of 100 ms, expressed in time. */
const PASS = millis(100);
const RIFF = { halfLife: millis((-100 * Math.LN2) / Math.log(0.95)), interval: PASS };

/** The pass numbers at which the output changes while a target stays, as riff's tables list them. */
function changes(
  start: { readonly memory: number | undefined; readonly actual: number; readonly target: number },
  passes: number,
): string {
  const seen: string[] = [];
  let memory: Smoothed['memory'] =
    start.memory === undefined ? undefined : { value: start.memory, at: epochMillis(0) };
  let current = start.actual;
  for (let pass = 1; pass <= passes; pass += 1) {
    const now = epochMillis(pass * PASS);
    const next = smooth(RIFF, { current, target: start.target }, memory, now);
    if (next.count !== current) seen.push(`t${pass}: ${next.count}`);
    current = next.count;
    memory = next.memory;
  }
  return seen.join(', ');
}

describe('smoothing as riff had it, by elapsed time', () => {
  test.for([
    {
      memory: undefined,
      actual: 0,
      target: 5,
      outputs: 't1: 1, t3: 2, t10: 3, t20: 4, t41: 5',
      shift: 1,
    },
    { memory: 1, actual: 1, target: 2, outputs: 't14: 2', shift: 0 },
    { memory: 1, actual: 1, target: 3, outputs: 't6: 2, t28: 3', shift: 0 },
    { memory: 1, actual: 1, target: 5, outputs: 't3: 2, t10: 3, t20: 4, t41: 5', shift: 0 },
    {
      memory: 1,
      actual: 1,
      target: 10,
      outputs: 't2: 2, t4: 3, t7: 4, t10: 5, t14: 6, t19: 7, t25: 8, t35: 9, t57: 10',
      shift: 0,
    },
    { memory: 1, actual: 1, target: 0, outputs: 't14: 0', shift: 0 },
    { memory: 5, actual: 5, target: 0, outputs: 't3: 4, t7: 3, t14: 2, t24: 1, t45: 0', shift: 0 },
    {
      memory: 10,
      actual: 10,
      target: 0,
      outputs: 't2: 9, t4: 8, t6: 7, t9: 6, t12: 5, t16: 4, t21: 3, t28: 2, t37: 1, t59: 0',
      shift: 0,
    },
    {
      memory: 10,
      actual: 10,
      target: 3,
      outputs: 't2: 9, t5: 8, t9: 7, t14: 6, t21: 5, t31: 4, t52: 3',
      shift: 0,
    },
  ])('from $actual towards $target: $outputs', ({ memory, actual, target, outputs, shift }) => {
    // From nothing the first pass only wakes; the climb from one is that of the row below it.
    const expected =
      shift === 0
        ? outputs
        : outputs.replaceAll(/t(\d+): (\d+)/g, (_, pass: string, count: string) =>
            count === '1' ? `t1: 1` : `t${Number(pass) + shift}: ${count}`,
          );
    expect(changes({ memory, actual, target }, 70)).toBe(expected);
  });

  test('riff fault 9.1, restart amnesia: without memory it starts from the actual count', () => {
    expect(changes({ memory: undefined, actual: 8, target: 10 }, 70)).toBe('t6: 9, t28: 10');
    expect(changes({ memory: undefined, actual: 8, target: 5 }, 70)).toBe('t4: 7, t14: 6, t35: 5');
  });

  test('from zero it wakes one replica at once, never more', () => {
    expect(smooth(RIFF, { current: 0, target: 40 }, undefined, epochMillis(0)).count).toBe(1);
  });

  test('riff fault 9.14: a tick of a minute follows the wish as far as a minute allows, not 5 %', () => {
    const slow = { halfLife: millis(60_000), interval: millis(60_000) };
    expect(smooth(slow, { current: 10, target: 20 }, undefined, epochMillis(0)).count).toBe(15);
  });

  test('arrived and at rest it needs no memory', () => {
    const { count, memory } = smooth(RIFF, { current: 7, target: 7 }, undefined, epochMillis(5));
    expect({ count, memory }).toEqual({ count: 7, memory: undefined });
  });
});

describe('properties of smoothing', () => {
  const count = fc.integer({ min: 1, max: 10_000 });
  const half = fc.integer({ min: 1, max: 600_000 }).map(millis);

  test('it never leaves the range between the actual count and the target', () => {
    fc.assert(
      fc.property(
        count,
        count,
        half,
        fc.integer({ min: 0, max: 1e7 }),
        (current, target, halfLife, dt) => {
          const memory = { value: current, at: epochMillis(0) };
          const next = smooth(
            { halfLife, interval: PASS },
            { current, target },
            memory,
            epochMillis(dt),
          );
          expect(next.count).toBeGreaterThanOrEqual(Math.min(current, target));
          expect(next.count).toBeLessThanOrEqual(Math.max(current, target));
        },
      ),
    );
  });

  test('many short ticks arrive where one long one does', () => {
    fc.assert(
      fc.property(
        count,
        count,
        half,
        fc.integer({ min: 1, max: 50 }),
        (current, target, halfLife, parts) => {
          const total = 100_000;
          const once = smooth(
            { halfLife, interval: PASS },
            { current, target },
            { value: current, at: epochMillis(0) },
            epochMillis(total),
          );
          let value = current;
          for (let part = 1; part <= parts; part += 1) {
            const at = epochMillis((total * (part - 1)) / parts);
            const now = epochMillis((total * part) / parts);
            const next = smooth(
              { halfLife, interval: PASS },
              { current: Math.max(1, Math.trunc(value + 0.5)), target },
              { value, at },
              now,
            );
            value = next.memory?.value ?? target;
          }
          // The error of arriving (0.01 of a replica) is all that may differ.
          expect(Math.abs(Math.trunc(0.5 + value) - once.count)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
