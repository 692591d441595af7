import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createLastFiring } from '../../../lib/cron.ts';
import { openWindows } from '../../../lib/decide/windows.ts';
import { parseIso } from '../../../lib/model/iso.ts';
import { epochMillis, millis, minutes } from '../../../lib/model/units.ts';
import type { Window } from '../../../lib/rule/rule.ts';

const lastFiring = createLastFiring();
const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;

const window = (given: Partial<Window>): Window => ({
  days: WORKDAYS,
  from: 8 * 60,
  to: 18 * 60,
  cron: undefined,
  duration: undefined,
  zone: 'Europe/Paris',
  except: [],
  min: 3,
  max: undefined,
  ramp: millis(0),
  ...given,
});

const at = (iso: string) => parseIso(iso) ?? epochMillis(Number.NaN);
const minAt = (given: Partial<Window>, iso: string): number | undefined =>
  openWindows([window(given)], at(iso), lastFiring).min;

describe('calendar windows', () => {
  test.for([
    { name: 'opens at its start by the clock of its zone', iso: '2026-11-20T07:00:00Z', min: 3 },
    { name: 'is closed a moment before', iso: '2026-11-20T06:59:59.999Z', min: undefined },
    { name: 'is open a moment before its end', iso: '2026-11-20T16:59:59.999Z', min: 3 },
    { name: 'is closed at its end', iso: '2026-11-20T17:00:00Z', min: undefined },
    {
      name: 'KEDA#4677: does not run through the weekend',
      iso: '2026-11-21T10:00:00Z',
      min: undefined,
    },
    { name: 'moves with the summer time of its zone', iso: '2026-07-20T06:00:00Z', min: 3 },
  ])('$name', ({ iso, min }) => {
    expect(minAt({}, iso)).toBe(min);
  });

  test('KEDA#6846: holidays are left out, by the day on which the window starts', () => {
    const friday = { except: ['2026-12-25'] };
    expect(minAt(friday, '2026-12-25T10:00:00Z')).toBe(undefined);
    expect(minAt(friday, '2026-12-24T10:00:00Z')).toBe(3);
  });

  test.for([
    { name: 'Friday night', iso: '2026-11-20T23:00:00Z', min: 3 },
    { name: 'Saturday before its end', iso: '2026-11-21T04:59:00Z', min: 3 },
    { name: 'Saturday after its end', iso: '2026-11-21T05:00:00Z', min: undefined },
    { name: 'Saturday night, when none starts', iso: '2026-11-21T22:00:00Z', min: undefined },
    {
      name: 'Monday early, of a Sunday that has none',
      iso: '2026-11-23T03:00:00Z',
      min: undefined,
    },
  ])('past midnight it belongs to the day it starts on: $name', ({ iso, min }) => {
    expect(minAt({ days: ['fri'], from: 22 * 60, to: 6 * 60 }, iso)).toBe(min);
  });

  test('of several open windows the highest floor and the lowest ceiling hold', () => {
    const both = [window({ min: 3, max: 9 }), window({ min: 5, max: 7 })];
    const { min, max } = openWindows(both, at('2026-11-20T10:00:00Z'), lastFiring);
    expect([min, max]).toEqual([5, 7]);
  });

  test('its floor comes in over the ramp and goes out over it', () => {
    const ramp = { min: 10, ramp: minutes(60) };
    const floors = ['07:00', '07:06', '07:30', '08:00', '12:00', '16:30', '16:54'].map((time) =>
      minAt(ramp, `2026-11-20T${time}:00Z`),
    );
    expect(floors).toEqual([0, 1, 5, 10, 10, 5, 1]);
  });

  test('a cron opens it for its duration', () => {
    const cron = { cron: '0 8 * * 1-5', duration: minutes(90) };
    expect(minAt(cron, '2026-11-20T07:00:00Z')).toBe(3);
    expect(minAt(cron, '2026-11-20T08:29:59Z')).toBe(3);
    expect(minAt(cron, '2026-11-20T08:30:00Z')).toBe(undefined);
    expect(minAt({ ...cron, except: ['2026-11-20'] }, '2026-11-20T07:30:00Z')).toBe(undefined);
  });
});

describe('the nights on which clocks change (Europe/Berlin, 2026)', () => {
  const night = (from: number, to: number): Partial<Window> => ({
    days: ['sun'],
    zone: 'Europe/Berlin',
    from: from * 60 + 30,
    to: to * 60 + 30,
  });

  test('spring: a start that does not exist begins when the clocks change', () => {
    // 02:30 is skipped on 29 March: 02:00 CET is 03:00 CEST, which is 01:00Z.
    expect(minAt(night(2, 4), '2026-03-29T00:59:59Z')).toBe(undefined);
    expect(minAt(night(2, 4), '2026-03-29T01:00:00Z')).toBe(3);
    expect(minAt(night(2, 4), '2026-03-29T02:29:59Z')).toBe(3);
    expect(minAt(night(2, 4), '2026-03-29T02:30:00Z')).toBe(undefined);
  });

  test('autumn: a start that comes twice begins the first time', () => {
    // 02:30 is at 00:30Z and again at 01:30Z on 25 October.
    expect(minAt(night(2, 4), '2026-10-25T00:29:59Z')).toBe(undefined);
    expect(minAt(night(2, 4), '2026-10-25T00:30:00Z')).toBe(3);
    expect(minAt(night(2, 4), '2026-10-25T03:29:59Z')).toBe(3);
    expect(minAt(night(2, 4), '2026-10-25T03:30:00Z')).toBe(undefined);
  });

  test('autumn: an end that comes twice ends the second time', () => {
    expect(minAt(night(0, 2), '2026-10-25T01:29:59Z')).toBe(3);
    expect(minAt(night(0, 2), '2026-10-25T01:30:00Z')).toBe(undefined);
  });
});

test('property: over any week of any zone a daily window is open as long as it reads, but for a change of clocks', () => {
  const zones = [
    'Europe/Paris',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'UTC',
    'America/St_Johns',
  ];
  const days = [...WORKDAYS, 'sat', 'sun'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 1, max: 1439 }),
      fc.integer({ min: 0, max: 51 }),
      (zone, from, length, week) => {
        const daily = window({ days, zone, from, to: (from + length) % 1440 });
        const start = Date.UTC(2026, 0, 1) + week * 7 * 86_400_000;
        let open = 0;
        const step = 5;
        for (let minute = 0; minute < 7 * 1440; minute += step) {
          const now = epochMillis(start + minute * 60_000);
          if (openWindows([daily], now, lastFiring).min !== undefined) open += step;
        }
        // At most one change of at most an hour lies in a week; sampling adds a step a day.
        expect(Math.abs(open - 7 * length)).toBeLessThanOrEqual(60 + 7 * step);
      },
    ),
    { numRuns: 25 },
  );
});
