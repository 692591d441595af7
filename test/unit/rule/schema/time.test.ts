import { Cron } from 'croner';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { cron } from '../../../../lib/rule/attributes/cron.ts';
import { days } from '../../../../lib/rule/attributes/days.ts';
import {
  date,
  duration,
  INVALID,
  moment,
  type Problem,
  type Schema,
} from '../../../../lib/rule/schema.ts';

const about = 'A time.';

function read<T>(schema: Schema<T>, value: unknown): T | string {
  const problems: Problem[] = [];
  const parsed = schema.parse(value, { path: 'at', problems });
  return parsed === INVALID ? problems.map(({ message }) => message).join('; ') : parsed;
}

describe('a length of time', () => {
  test.for([
    { written: '0s', ms: 0 },
    { written: '500ms', ms: 500 },
    { written: '1.35s', ms: 1350 },
    { written: '1.1s', ms: 1100 },
    { written: '2.3s', ms: 2300 },
    { written: '1h30m', ms: 5_400_000 },
    { written: '7d', ms: 604_800_000 },
    { written: '0.4ms', ms: 0 },
  ])('$written is $ms ms', ({ written, ms }) => {
    expect(read(duration({ about }), written)).toBe(ms);
  });

  test.for([
    '',
    's',
    '5',
    '-5s',
    '+5s',
    '5 s',
    '.5s',
    '5.s',
    '1e3s',
    '5w',
    '5M',
    'Infinitys',
    '٥s',
  ])('%j is none', (written) => {
    expect(read(duration({ about }), written)).toMatch(/^expected a length of time with its unit/);
  });
});

describe('a moment', () => {
  test('is what Date makes of it', () => {
    const range = {
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    };
    fc.assert(
      fc.property(fc.date(range), fc.integer({ min: -839, max: 839 }), (at, offset) => {
        const sign = offset < 0 ? '-' : '+';
        const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
        const zone = `${sign}${two(offset / 60)}:${two(offset % 60)}`;
        const written = at.toISOString().replace('Z', zone);
        expect(read(moment({ about }), written)).toBe(Date.parse(written));
      }),
    );
  });

  test.for([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00',
    '2026-01-01',
    '2026-01-01T00:00:00z',
  ])('is not %s', (written) => {
    expect(read(moment({ about }), written)).toMatch(/^expected a moment with its zone/);
  });

  test('may have no seconds, or parts of them', () => {
    expect(read(moment({ about }), '2024-02-29T12:00Z')).toBe(Date.UTC(2024, 1, 29, 12));
    expect(read(moment({ about }), '2024-02-29T12:00:00.1234Z')).toBe(
      Date.UTC(2024, 1, 29, 12, 0, 0, 123),
    );
  });
});

describe('a date', () => {
  test.for([
    { written: '2024-02-29', is: true },
    { written: '2000-02-29', is: true },
    { written: '1900-02-29', is: false },
    { written: '2026-04-31', is: false },
    { written: '2026-4-1', is: false },
  ])('$written exists: $is', ({ written, is }) => {
    expect(read(date({ about }), written) === written).toBe(is);
  });
});

describe('days', () => {
  test.for([
    { written: 'mon', days: ['mon'] },
    { written: 'mon-fri', days: ['mon', 'tue', 'wed', 'thu', 'fri'] },
    { written: 'fri-mon', days: ['mon', 'fri', 'sat', 'sun'] },
    { written: 'sat, sun', days: ['sat', 'sun'] },
    { written: ['sun', 'mon-tue', 'mon'], days: ['mon', 'tue', 'sun'] },
  ])('$written are $days', ({ written, days: expected }) => {
    expect(read(days({ about }), written)).toEqual(expected);
  });

  test.for([
    { written: 'monday', hint: 'found "monday" (did you mean "mon"?)' },
    { written: 'Mon-Fri', hint: 'found "Mon" (did you mean "mon"?)' },
    { written: '', hint: 'found ""' },
    { written: [], hint: 'expected 1 to 7 days, found 0' },
    { written: [1], hint: 'found 1' },
  ])('$written are none', ({ written, hint }) => {
    expect(read(days({ about }), written)).toContain(hint);
  });
});

describe('a cron expression', () => {
  test.for([
    { written: '0 8 * * mon-fri', as: '0 8 * * mon-fri' },
    { written: ' */15  0-6,22 1,15 JAN-mar 0 ', as: '*/15 0-6,22 1,15 JAN-mar 0' },
    { written: '0 0 1-31/2 * 7', as: '0 0 1-31/2 * 7' },
  ])('$written is one', ({ written, as }) => {
    expect(read(cron({ about }), written)).toBe(as);
  });

  test.for([
    '',
    '* * * *',
    '* * * * * *',
    '@daily',
    '60 * * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '* * * * fri-mon',
    '*/0 * * * *',
    '5/15 * * * *',
    '1- * * * *',
    '1,,2 * * * *',
    '* * L * *',
    '-1 * * * *',
    '1-2-3 * * * *',
    7,
    null,
  ])('%j is none', (written) => {
    expect(read(cron({ about }), written)).toMatch(/^expected /);
  });

  test('that is accepted is one that croner accepts, too', () => {
    const number = fc.integer({ min: 0, max: 61 }).map(String);
    const word = fc.constantFrom(
      '*',
      'jan',
      'dec',
      'sun',
      'sat',
      '*/5',
      '1-5',
      '2-10/3',
      'mon-fri',
      '0',
    );
    const list = fc
      .array(fc.oneof(number, word), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(','));
    const field = fc.oneof(
      { weight: 3, arbitrary: fc.constant('*') },
      { weight: 2, arbitrary: list },
    );
    const fields = fc.tuple(field, field, field, field, field).map((parts) => parts.join(' '));
    let accepted = 0;
    fc.assert(
      fc.property(fields, (written) => {
        if (read(cron({ about }), written) !== written) return;
        accepted += 1;
        expect(() => new Cron(written, { paused: true, timezone: 'Europe/Paris' })).not.toThrow();
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
