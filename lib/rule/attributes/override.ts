import type { Fallback, Override } from '../rule.ts';
import {
  inside,
  moment,
  note,
  number,
  object,
  optional,
  quote,
  type Schema,
  text,
  withDefault,
} from '../schema.ts';
import { elsewhere } from './elsewhere.ts';
import { MOST_REPLICAS } from './expression.ts';

export const replicaCount = (about: string): Schema<number> =>
  number({ about, min: 0, max: MOST_REPLICAS, whole: true });

const PAUSES = ['both', 'up', 'down'] as const;

const paused: Schema<Override['paused']> = {
  parse(value, place) {
    if (value === true) return 'both';
    if (value === false) return 'no';
    const found = PAUSES.find((name) => name === value);
    return found ?? note(place, `expected true, false, up, down or both, found ${quote(value)}`);
  },
  json: {
    enum: [true, false, ...PAUSES],
    description: 'Change nothing, or nothing in one direction.',
  },
};

/** A decision of a person: who, why and until when are not optional, so that none is forgotten. */
export const overrideAttribute: Schema<Override> = object(
  {
    pin: optional(replicaCount('Exactly so many replicas, whatever is measured.')),
    min: optional(replicaCount('At least so many replicas.')),
    max: optional(replicaCount('At most so many replicas.')),
    paused: withDefault(paused, 'no', false),
    until: moment({ about: 'When it ends by itself (an override without an end gets forgotten).' }),
    by: text({ about: 'Who decided it.', max: 200 }),
    why: text({ about: 'Why, for whoever finds it.', max: 1000 }),
  },
  {
    about: 'A decision of a person that wins over what is measured, until its end.',
    explain: elsewhere,
    check({ pin, min, max, paused: pausing }, place) {
      if (pin !== undefined && (min !== undefined || max !== undefined)) {
        note(inside(place, 'pin'), 'expected either pin or min and max, found both');
      }
      if (min !== undefined && max !== undefined && min > max) {
        note(inside(place, 'min'), `${min} is above max, which is ${max}`);
      }
      if (pin === undefined && min === undefined && max === undefined && pausing === 'no') {
        note(place, 'expected one of pin, min, max or paused, found none of them');
      }
    },
  },
);

/** What holds while metrics fail. */
export const fallbackAttribute: Schema<Fallback> = object(
  {
    after: number({
      about: 'After so many ticks in a row on which a metric failed.',
      min: 1,
      max: 1000,
      whole: true,
    }),
    replicas: replicaCount('At least so many replicas then.'),
  },
  { about: 'A floor while metrics fail.', explain: elsewhere },
);
