import { millis, minutes } from '../../model/units.ts';
import type { Window } from '../rule.ts';
import {
  date,
  duration,
  inside,
  list,
  mapped,
  note,
  object,
  type ObjectOf,
  optional,
  type Place,
  type Schema,
  timeOfDay,
  withDefault,
} from '../schema.ts';
import { cron } from './cron.ts';
import { days, WEEK } from './days.ts';
import { elsewhere } from './elsewhere.ts';
import { replicaCount } from './override.ts';
import { zone } from './zone.ts';

const MINUTES_A_DAY = 1440;
const MOST_WINDOWS = 50;
/** A holiday a week for some years. */
const MOST_DATES = 400;

const fields = {
  days: optional(
    days({ about: 'Days on which it starts, such as mon-fri; every day by default.' }),
  ),
  from: optional(timeOfDay({ about: 'When it starts, such as 08:00.' })),
  to: optional(timeOfDay({ about: 'When it ends, such as 18:00; before from = on the next day.' })),
  cron: optional(cron({ about: 'When it starts, in place of days, from and to.' })),
  duration: optional(
    duration({
      about: 'How long it lasts, where it starts by cron.',
      min: minutes(1),
      max: millis(31 * 86_400_000),
    }),
  ),
  zone: withDefault(zone({ about: 'The time zone in which its times are read.' }), 'UTC'),
  except: withDefault(
    list(date({ about: 'YYYY-MM-DD' }), {
      about: 'Dates on which it does not start.',
      max: MOST_DATES,
    }),
    [],
  ),
  min: optional(replicaCount('At least so many replicas while it lasts.')),
  max: optional(replicaCount('At most so many replicas while it lasts.')),
  ramp: withDefault(
    duration({
      about: 'How long min takes to come in at the start and to go at the end.',
      max: millis(86_400_000),
    }),
    millis(0),
    '0s',
  ),
};
type Written = ObjectOf<typeof fields>;

const window: Schema<Window> = mapped(
  object(fields, {
    about: 'A recurring time in which bounds differ.',
    explain: elsewhere,
    check(found, place) {
      checkTimes(found, place);
      checkBounds(found, place);
    },
  }),
  (found): Window => ({
    ...found,
    days: found.days ?? WEEK,
    from: found.from ?? 0,
    to: found.to ?? 0,
  }),
);

/** It starts either by days and clock or by cron; an equal start and end says nothing (KEDA#4677). */
function checkTimes(found: Partial<Written>, place: Place): void {
  const { from, to } = found;
  // An attribute that is there but wrong is not in `found`, and was complained of already.
  if ('cron' in found && found.cron !== undefined) {
    for (const other of ['days', 'from', 'to'] as const) {
      if (found[other] === undefined) continue;
      note(
        inside(place, other),
        'expected either cron and duration or days, from and to, found both',
      );
    }
    if ('duration' in found && found.duration === undefined) {
      note(inside(place, 'duration'), 'is required beside cron: how long the window lasts');
    }
    return;
  }
  if (!('cron' in found)) return;
  if (found.duration !== undefined) {
    note(inside(place, 'duration'), 'goes with cron; write to for the end of the window');
  }
  for (const key of ['from', 'to'] as const) {
    if (key in found && found[key] === undefined) {
      note(
        inside(place, key),
        'is required: a time of day such as 08:00 (or write cron and duration)',
      );
    }
  }
  if (from === MINUTES_A_DAY) note(inside(place, 'from'), 'a day starts at 00:00, not at 24:00');
  if (from !== undefined && from === to) {
    note(
      inside(place, 'to'),
      'is the same as from, so that the window would be empty or a whole day; for a whole day write 00:00 to 24:00',
    );
  }
}

function checkBounds(found: Partial<Written>, place: Place): void {
  const { min, max, ramp = 0 } = found;
  if (min !== undefined && max !== undefined && min > max) {
    note(inside(place, 'min'), `${min} is above max, which is ${max}`);
  }
  if (!('min' in found && 'max' in found)) return;
  if (min === undefined && max === undefined) {
    note(place, 'expected min or max: a window without either changes nothing');
  }
  if (ramp === 0) return;
  if (min === undefined) note(inside(place, 'ramp'), 'is for min, and the window has none');
  const length = lengthOf(found);
  if (length !== undefined && ramp * 2 > length) {
    note(
      inside(place, 'ramp'),
      'is longer than half of the window, so that min would never be reached',
    );
  }
}

function lengthOf({ from, to, duration: lasts }: Partial<Written>): number | undefined {
  if (lasts !== undefined) return lasts;
  if (from === undefined || to === undefined || from === to) return undefined;
  return minutes(to > from ? to - from : to + MINUTES_A_DAY - from);
}

/** Windows may overlap: the highest min and the lowest max of those that are open hold. */
export const windowsAttribute: Schema<readonly Window[]> = withDefault(
  list(window, { about: 'Recurring times in which bounds differ.', max: MOST_WINDOWS }),
  [],
);
