import { describe, expect, test } from 'vitest';

import { activate, type Activity } from '../../../lib/decide/activate.ts';
import type { Memory } from '../../../lib/decide/memory.ts';
import { epochMillis, millis } from '../../../lib/model/units.ts';

const QUIET: Activity = { busy: false, unsure: false, frozen: false };
const BUSY: Activity = { ...QUIET, busy: true };
const FROZEN: Activity = { busy: true, unsure: false, frozen: true };

interface Step {
  readonly at: number;
  readonly target: number;
  readonly actual: number;
  readonly activity: Activity;
}

/** The counts of one function over time, with T = 50 as riff's table has it. */
function follow(idle: number, steps: readonly Step[], frozenHold = 0): readonly number[] {
  let memory: Memory = {};
  return steps.map(({ at, target, actual, activity }) => {
    const times = { idle: millis(idle), frozenHold: millis(frozenHold) };
    const next = activate(times, { current: actual, target }, activity, {
      memory,
      now: epochMillis(at),
    });
    memory = {
      ...(next.idleSince === undefined ? {} : { idleSince: next.idleSince }),
      ...(next.frozenSince === undefined ? {} : { frozenSince: next.frozenSince }),
    };
    return next.count;
  });
}

const step = (at: number, target: number, actual: number, activity: Activity): Step => ({
  at,
  target,
  actual,
  activity,
});

describe('the way to zero (riff §5.2, T = 50)', () => {
  test.for([
    {
      name: 'a quiet function stays for T and then goes',
      steps: [step(0, 0, 1, QUIET), step(49, 0, 1, QUIET), step(50, 0, 1, QUIET)],
      counts: [1, 1, 0],
    },
    {
      name: 'activity begins the wait anew',
      steps: [
        step(0, 0, 1, QUIET),
        step(30, 0, 1, BUSY),
        step(60, 0, 1, QUIET),
        step(90, 0, 1, QUIET),
        step(120, 0, 1, QUIET),
      ],
      counts: [1, 1, 1, 1, 0],
    },
    {
      name: 'riff fault 9.2: activity in the very pass in which the time is over keeps it',
      steps: [step(0, 0, 1, QUIET), step(60, 0, 1, BUSY)],
      counts: [1, 1],
    },
    {
      name: 'riff fault 9.2: a wish in between leaves no stale clock behind',
      steps: [
        step(0, 0, 1, QUIET),
        step(30, 1, 1, QUIET),
        step(60, 0, 1, QUIET),
        step(110, 0, 1, QUIET),
      ],
      counts: [1, 1, 1, 0],
    },
    {
      name: 'riff-system#151: a function that keeps up with steady traffic is busy, not idle',
      steps: [step(0, 0, 1, BUSY), step(60, 0, 1, BUSY), step(120, 0, 1, BUSY)],
      counts: [1, 1, 1],
    },
    {
      name: 'while a metric is not fresh nobody can say that nothing happens',
      steps: [
        step(0, 0, 1, QUIET),
        step(60, 0, 1, { ...QUIET, unsure: true }),
        step(70, 0, 1, QUIET),
      ],
      counts: [1, 1, 1],
    },
    {
      name: 'of several replicas one stays: how fast the others go is not for this step to say',
      steps: [step(0, 0, 3, QUIET), step(50, 0, 3, QUIET)],
      counts: [1, 0],
    },
    {
      name: 'a shrink to something passes at once',
      steps: [step(0, 3, 5, QUIET)],
      counts: [3],
    },
  ])('$name', ({ steps, counts }) => {
    expect(follow(50, steps)).toEqual(counts);
  });

  test('with T = 0 it goes at the first quiet tick', () => {
    expect(follow(0, [step(0, 0, 5, QUIET)])).toEqual([0]);
  });

  test('a target at zero keeps no clock, so that its ticks write nothing', () => {
    const times = { idle: millis(50), frozenHold: millis(0) };
    const { idleSince } = activate(times, { current: 0, target: 0 }, QUIET, {
      memory: {},
      now: epochMillis(9),
    });
    expect(idleSince).toBe(undefined);
  });
});

describe('the way up', () => {
  test('from zero a wish passes at once', () => {
    expect(follow(50, [step(0, 4, 0, FROZEN)], 30)).toEqual([4]);
  });

  test('with a rebalance hold, growth waits while no offset moves (riff §5.2 case 4)', () => {
    const steps = [step(0, 4, 2, BUSY), step(10, 4, 2, FROZEN), step(20, 4, 2, BUSY)];
    expect(follow(50, steps, 30)).toEqual([4, 2, 4]);
  });

  test('riff fault 9.8: the hold has an end', () => {
    const steps = [0, 10, 20, 29, 30, 40].map((at) => step(at, 4, 2, FROZEN));
    expect(follow(50, steps, 30)).toEqual([2, 2, 2, 2, 4, 4]);
  });

  test('without one, frozen offsets hold nothing', () => {
    expect(follow(50, [step(0, 4, 2, FROZEN)])).toEqual([4]);
  });
});
