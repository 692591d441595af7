import { describe, expect, test } from 'vitest';

import { epochMillis, minutes } from '../../../lib/model/units.ts';
import { bounded } from '../../../lib/tick/bounded.ts';
import { parseTickEvent } from '../../../lib/tick/event.ts';
import { isDue } from '../../../lib/tick/scalables.ts';

describe('the event of a tick', () => {
  test.for([
    { name: 'nothing', event: undefined, asked: {} },
    {
      name: 'an empty object',
      event: {},
      asked: { dryRun: undefined, rules: undefined, now: undefined },
    },
    {
      name: 'a schedule of EventBridge',
      event: { source: 'aws.events', 'detail-type': 'Scheduled Event', id: '1' },
      asked: {},
    },
    {
      name: 'a request by hand',
      event: { dryRun: true, rules: ['a'], now: '2026-11-20T20:00:00Z' },
      asked: { dryRun: true, rules: ['a'], now: '2026-11-20T20:00:00Z' },
    },
  ])('$name is taken', ({ event, asked }) => {
    expect(parseTickEvent(event)).toEqual(asked);
  });

  test.for([
    {
      name: 'a misspelt dryRun, or it would be a real tick',
      event: { dryrun: true },
      error: /did you mean "dryRun"\?/,
    },
    {
      name: 'a text for a flag',
      event: { dryRun: 'true' },
      error: /dryRun: expected true or false, found "true"/,
    },
    {
      name: 'a moment without a zone',
      event: { now: '2026-11-20T20:00:00' },
      error: /now: expected a moment with its zone/,
    },
    { name: 'a day that does not exist', event: { now: '2026-02-30T20:00:00Z' }, error: /now:/ },
    { name: 'a list', event: [], error: /expected/ },
  ])('$name is refused', ({ event, error }) => {
    expect(() => parseTickEvent(event)).toThrow(error);
  });
});

describe('due', () => {
  const period = minutes(1);
  const at = (minute: number) => epochMillis(Date.UTC(2026, 10, 20, 12, minute));

  test('an interval no longer than the beat is due at every tick', () => {
    const beat = { now: at(3), before: at(2), period };
    expect(isDue({ interval: period, phase: 0.5 }, beat)).toBe(true);
  });

  test('a tick that was missed does not skip a round', () => {
    const rule = { interval: minutes(5), phase: 0 };
    expect(isDue(rule, { now: at(5), before: at(4), period })).toBe(true);
    expect(isDue(rule, { now: at(6), before: at(4), period })).toBe(true);
    expect(isDue(rule, { now: at(6), before: at(5), period })).toBe(false);
  });
});

describe('bounded work', () => {
  test('never runs more at once than it may, and answers in order', async () => {
    let running = 0;
    let most = 0;
    const doubled = await bounded([5, 1, 4, 2, 3], 2, async (n) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, n));
      running -= 1;
      return n * 2;
    });
    expect(doubled).toEqual([10, 2, 8, 4, 6]);
    expect(most).toBe(2);
  });

  test('a rejection waits for what is under way and then rejects the whole', async () => {
    const ended: number[] = [];
    const work = bounded([1, 2, 3], 3, async (n) => {
      if (n === 1) throw new Error('first');
      await new Promise((resolve) => setTimeout(resolve, n));
      ended.push(n);
    });
    await expect(work).rejects.toThrow('first');
    expect(ended).toEqual([2, 3]);
  });
});
