import { describe, expect, test } from 'vitest';

import { beside, problemsOf, type Wrong } from './parsing.ts';
import { smallest } from './vocabulary.ts';

const override = { min: 1, until: '2026-11-27T06:00:00Z', by: 'ops', why: 'sale' };

const wrong: readonly Wrong[] = [
  {
    name: 'a constant minimum above the constant maximum',
    written: { min: 5, max: '3' },
    said: ['min: 5 is above max, which is 3'],
  },
  {
    name: 'a range that is upside down',
    written: { replicas: { min: 5, max: 2 } },
    said: ['replicas.min: 5 is above max, which is 2'],
  },
  {
    name: 'an empty range',
    written: { replicas: {} },
    said: ['replicas: expected min or max, found neither'],
  },
  {
    name: 'no wish at all',
    written: { replicas: undefined },
    said: ['replicas: is required: how many there shall be, as an expression or a number'],
  },
  {
    name: 'replicas of a Fly app',
    written: { target: { kind: 'fly', connection: 'acme', name: 'a' } },
    said: ['replicas: a fly target has no replicas; write created or started'],
  },
  {
    name: 'a negative and a broken number of replicas',
    written: { min: -1, max: 2.5 },
    said: [
      'min: expected an expression or a whole number from 0 to 1000000, found -1',
      'max: expected an expression or a whole number from 0 to 1000000, found 2.5',
    ],
  },
  {
    name: 'a bare number for a length of time',
    written: { idle: 300 },
    said: [
      'idle: expected a length of time with its unit, such as 500ms, 15s, 5m, 1h30m or 7d, found 300: a number needs its unit (did you mean "300s"?)',
    ],
  },
  {
    name: 'an unknown unit',
    written: { interval: '15S' },
    said: [
      'interval: expected a length of time with its unit, such as 500ms, 15s, 5m, 1h30m or 7d, found "15S": the units are ms, s, m, h and d (did you mean "15s"?)',
    ],
  },
  {
    name: 'a unit in words',
    written: { interval: '2 minutes' },
    said: [
      'interval: expected a length of time with its unit, such as 500ms, 15s, 5m, 1h30m or 7d, found "2 minutes": the units are ms, s, m, h and d (did you mean "2m"?)',
    ],
  },
  {
    name: 'an interval that is too short',
    written: { interval: '100ms' },
    said: ['interval: expected from 1s to 1d, found "100ms"'],
  },
  {
    name: 'numbers that were written as text, as the table’s form does with S',
    written: { fallback: { after: '3', replicas: 1 } },
    said: [
      'fallback.after: expected a whole number from 1 to 1000, found "3", which is text: make it a number (type N in the table, no quotes in YAML)',
    ],
  },
  {
    name: 'a tolerance in per cent',
    written: { tolerance: 10 },
    said: ['tolerance: expected a number from 0 to 1, found 10'],
  },
  {
    name: 'an override without an end, a name and a reason',
    written: { override: { min: 10 } },
    said: [
      'override.until: is required: when it ends by itself (an override without an end gets forgotten).',
      'override.by: is required: who decided it.',
      'override.why: is required: why, for whoever finds it.',
    ],
  },
  {
    name: 'an override whose end has no zone',
    written: { override: { ...override, until: '2026-11-27T06:00:00' } },
    said: [
      'override.until: expected a moment with its zone, such as 2026-11-27T06:00:00Z, found "2026-11-27T06:00:00"',
    ],
  },
  {
    name: 'an override that pins and bounds',
    written: { override: { ...override, pin: 3 } },
    said: ['override.pin: expected either pin or min and max, found both'],
  },
  {
    name: 'an override that says nothing',
    written: { override: { ...override, min: undefined } },
    said: ['override: expected one of pin, min, max or paused, found none of them'],
  },
  {
    name: 'a workload on a pattern',
    written: { target: { ...smallest.target, name: 'shop-*' }, workload: { image: 'a' } },
    said: ['workload: goes with a target of one plain name, not with a pattern or labels'],
  },
  {
    name: 'a workload without an image and with a number for text',
    written: { workload: { resources: { requests: { cpu: 1 } } } },
    said: [
      'workload.image: is required: the image to run.',
      'workload.resources.requests.cpu: expected a quantity as text, such as 100m, 1 or 64Mi, found 1, which is a number: make it text (quotes in YAML, type S in the table)',
    ],
  },
];

describe('a rule with a value that cannot be is told', () => {
  test.for(wrong)('$name', ({ written, said }) => {
    expect(problemsOf(beside(written))).toEqual(said);
  });
});
