import { describe, expect, test } from 'vitest';

import { compile } from '../../../lib/expression/compile.ts';
import { epochMillis } from '../../../lib/model/units.ts';
import { numberError, value } from './evaluate.ts';

describe('now()', () => {
  test('is the tick’s clock, and nothing else', () => {
    const program = compile('now().Hour() >= 6 ? 3 : 1', {}, 'number');
    expect(program.evaluate({}, epochMillis(Date.parse('2026-11-27T05:59:59.999Z')))).toBe(1);
    expect(program.evaluate({}, epochMillis(Date.parse('2026-11-27T06:00:00Z')))).toBe(3);
  });

  test.for([
    ['now().Year()', 2026n],
    ['now().Month().String()', 'November'],
    ['int(now().Month())', 11n],
    ['now().Weekday().String() == "Friday"', true],
    ['now(timezone("Asia/Tokyo")).Hour()', 15n],
    [
      'now().In(timezone("America/New_York")).Format("2006-01-02 15:04 MST")',
      '2026-11-27 01:00 EST',
    ],
    ['now().Unix()', 1_795_759_200n],
    ['now().YearDay()', 331n],
    ['now() > date("2026-11-26") and now() - date("2026-11-26") > duration("29h")', true],
    ['(now() - date("2026-11-26")).Hours()', 30],
    ['string(now() + duration("90m"))', '2026-11-27 07:30:00 +0000 UTC'],
    ['now().AddDate(0, 3, 1).Format("Jan _2 2006")', 'Feb 28 2027'],
    ['now().Truncate(duration("24h")).Format("15:04")', '00:00'],
  ] as const)('%s gives %s', ([source, wanted]) => {
    expect(value(source)).toBe(wanted);
  });
});

/* Which of two moments an ambiguous hour is, is Go's choice; these are its answers. */
describe('a date in a zone', () => {
  const shown = (text: string, zone: string): unknown =>
    value(`date("${text}", "2006-01-02 15:04", "${zone}").UTC().Format("2006-01-02T15:04Z07:00")`);

  test.for([
    [
      'an hour that the clock skips in Paris is taken by the offset before it',
      '2026-03-29 02:30',
      'Europe/Paris',
      '2026-03-29T01:30Z',
    ],
    [
      'an hour that comes twice in Paris is the second of them',
      '2026-10-25 02:30',
      'Europe/Paris',
      '2026-10-25T01:30Z',
    ],
    [
      'an hour skipped in New York is taken by the offset behind it',
      '2026-03-08 02:30',
      'America/New_York',
      '2026-03-08T06:30Z',
    ],
    [
      'an hour that comes twice in New York is the first of them',
      '2026-11-01 01:30',
      'America/New_York',
      '2026-11-01T05:30Z',
    ],
    ['half an hour of offset', '2026-06-01 00:15', 'Asia/Kolkata', '2026-05-31T18:45Z'],
  ] as const)('%s', ([, text, zone, wanted]) => {
    expect(shown(text, zone)).toBe(wanted);
  });

  test('has weekdays and hours of its own', () => {
    expect(
      value('date("2026-11-29T23:30:00Z").In(timezone("Europe/Paris")).Weekday().String()'),
    ).toBe('Monday');
  });

  test('that is not there is an error', () => {
    expect(numberError('now().In(timezone("Mars/Olympus")).Hour()').message).toContain(
      'unknown time zone',
    );
    expect(numberError('now().In(timezone("+02:00")).Hour()').message).toContain(
      'unknown time zone',
    );
  });
});

describe('reading dates', () => {
  test.for([
    ['date("2026-11-27")', '2026-11-27 00:00:00 +0000 UTC'],
    ['date("06:07:08")', '0000-01-01 06:07:08 +0000 UTC'],
    ['date("2026-11-27T06:00:00.25+02:00")', '2026-11-27 06:00:00.25 +0200 +0200'],
    ['date("27 Nov 26 06:07 UTC")', '2026-11-27 06:07:00 +0000 UTC'],
    ['date("5/3/1999 4PM", "2/1/2006 3PM")', '1999-03-05 16:00:00 +0000 UTC'],
    ['date("2024-366", "2006-002")', '2024-12-31 00:00:00 +0000 UTC'],
  ] as const)('%s is %s', ([source, wanted]) => {
    expect(value(`string(${source})`)).toBe(wanted);
  });

  test.for([
    'date("2026-02-29")',
    'date("2026-13-01")',
    'date("tomorrow")',
    'date("2025-366", "2006-002")',
    'date("")',
  ])('%s is an error', (source) => {
    expect(numberError(`${source}.Unix()`).stage).toBe('run');
  });
});

describe('durations', () => {
  test.for([
    ['duration("90s").Seconds()', 90],
    ['duration("1h30m").Hours()', 1.5],
    ['duration("-1.5h").Minutes()', -90],
    ['duration("1us").Nanoseconds()', 1000n],
    ['string(duration("1h0.5s"))', '1h0m0.5s'],
    ['string(duration("1500us"))', '1.5ms'],
    ['string(duration("0"))', '0s'],
    ['string(duration("1h") * 2)', '2h0m0s'],
    ['string(duration("1s") * 2.5)', '2.5s'],
    ['string(duration("1h29m30s").Round(duration("1h")))', '1h0m0s'],
    ['duration("1m") < duration("90s")', true],
    ['string(duration("1m") - duration("90s"))', '-30s'],
    ['string(duration("-2s").Abs())', '2s'],
  ] as const)('%s is %s', ([source, wanted]) => {
    expect(value(source)).toBe(wanted);
  });

  test.for(['5', '', '1', '1x', '.s', '-', '1h-2m', '9999999h'])('%j is no duration', (text) => {
    expect(numberError('duration(text).Hours()', { text }).message).toContain('is no duration');
  });
});
