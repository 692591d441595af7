import { describe, expect, test } from 'vitest';

import { beside, problemsOf, type Wrong } from './parsing.ts';

const day = { days: 'mon-fri', from: '08:00', to: '18:00', min: 3 };

const wrong: readonly Wrong[] = [
  {
    name: 'a window whose end is its start (KEDA#4677)',
    written: { windows: [{ ...day, to: '08:00' }] },
    said: [
      'windows[0].to: is the same as from, so that the window would be empty or a whole day; for a whole day write 00:00 to 24:00',
    ],
  },
  {
    name: 'everything wrong in a window at once',
    written: {
      windows: [
        day,
        {
          days: 'mon-fry',
          from: '8:00',
          to: '25:00',
          zone: 'Europe/Pari',
          except: ['2026-02-30'],
          min: '3',
        },
      ],
    },
    said: [
      'windows[1].days: expected one of mon, tue, wed, thu, fri, sat, sun, found "fry" (did you mean "fri"?)',
      'windows[1].from: expected a time of day from 00:00 to 24:00, such as 08:00, found "8:00"',
      'windows[1].to: expected a time of day from 00:00 to 24:00, such as 08:00, found "25:00"',
      'windows[1].zone: expected an IANA time zone such as Europe/Paris or UTC, found "Europe/Pari" (did you mean "Europe/Paris"?)',
      'windows[1].except[0]: expected a date such as 2026-12-25, found "2026-02-30"',
      'windows[1].min: expected a whole number from 0 to 1000000, found "3", which is text: make it a number (type N in the table, no quotes in YAML)',
    ],
  },
  {
    name: 'days as a string set',
    written: { windows: [{ ...day, days: new Set(['mon']) }] },
    said: ['windows[0].days: expected days such as mon-fri, or a list of them, found a string set'],
  },
  {
    name: 'an offset for a time zone',
    written: { windows: [{ ...day, zone: '+02:00' }] },
    said: [
      'windows[0].zone: expected an IANA time zone such as Europe/Paris or UTC, found "+02:00"',
    ],
  },
  {
    name: 'a window that changes nothing',
    written: { windows: [{ ...day, min: undefined }] },
    said: ['windows[0]: expected min or max: a window without either changes nothing'],
  },
  {
    name: 'a window with bounds upside down',
    written: { windows: [{ ...day, max: 2 }] },
    said: ['windows[0].min: 3 is above max, which is 2'],
  },
  {
    name: 'a window without an end',
    written: { windows: [{ ...day, to: undefined }] },
    said: ['windows[0].to: is required: a time of day such as 08:00 (or write cron and duration)'],
  },
  {
    name: 'a window that starts in two ways',
    written: { windows: [{ ...day, cron: '0 8 * * *' }] },
    said: [
      'windows[0].days: expected either cron and duration or days, from and to, found both',
      'windows[0].from: expected either cron and duration or days, from and to, found both',
      'windows[0].to: expected either cron and duration or days, from and to, found both',
      'windows[0].duration: is required beside cron: how long the window lasts',
    ],
  },
  {
    name: 'a ramp that never reaches its top',
    written: { windows: [{ ...day, ramp: '6h' }] },
    said: [
      'windows[0].ramp: is longer than half of the window, so that min would never be reached',
    ],
  },
  {
    name: 'a cron expression with a bad hour',
    written: { windows: [{ cron: '0 24 * * *', duration: '1h', min: 1 }] },
    said: [
      'windows[0].cron: expected as hour 0 to 23, as a list, a range (1-5) or with a step (*/2), found "24"',
    ],
  },
];

describe('a rule with a window that cannot be is told', () => {
  test.for(wrong)('$name', ({ written, said }) => {
    expect(problemsOf(beside(written))).toEqual(said);
  });
});
