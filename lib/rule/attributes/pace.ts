import { millis, minutes, seconds } from '../../model/units.ts';
import type { Pace, PacePolicy, Rule } from '../rule.ts';
import {
  choice,
  duration,
  either,
  list,
  mapped,
  number,
  object,
  type Schema,
  withDefault,
} from '../schema.ts';
import { elsewhere } from './elsewhere.ts';
import { MOST_REPLICAS } from './expression.ts';

/** HPA's own limits: windows up to an hour, periods up to 30 minutes (autoscaling/v2). */
const LONGEST_WINDOW = minutes(60);
const LONGEST_PERIOD = minutes(30);

const policy: Schema<PacePolicy> = object(
  {
    kind: choice(['pods', 'percent'], { about: 'Counts replicas, or per cent of the replicas.' }),
    value: number({
      about: 'How many replicas, or how many per cent, any period may change at most.',
      min: 1,
      max: MOST_REPLICAS,
      whole: true,
    }),
    period: duration({
      about: 'The time in which no more than that may change.',
      min: seconds(1),
      max: LONGEST_PERIOD,
    }),
  },
  { about: 'A limit on how fast it goes (HPA’s policy).', explain: elsewhere },
);

/** No limit of its own. */
const FREE: Pace = { stabilization: millis(0), policies: [], select: 'max', cooldown: millis(0) };

/**
 * How fast it may go one way. Everything is off by default: HPA holds a way down for 300 s, but
 * here `idle` guards the last replica already, and a formula is expected to give what it says.
 */
export function paceAttribute(about: string): Schema<Pace> {
  const pace = object(
    {
      stabilization: withDefault(
        duration({
          about: 'Follow the most cautious wish of this long back (HPA’s stabilization window).',
          max: LONGEST_WINDOW,
        }),
        FREE.stabilization,
        '0s',
      ),
      policies: withDefault(
        list(policy, { about: 'Limits on how fast it goes; none = no limit.', max: 10 }),
        FREE.policies,
      ),
      select: withDefault(
        choice(['max', 'min', 'disabled'], {
          about: 'Follow the most permissive policy, the strictest, or never go this way.',
        }),
        FREE.select,
      ),
      cooldown: withDefault(
        duration({
          about: 'No change this way for so long after the last change.',
          max: millis(86_400_000),
        }),
        FREE.cooldown,
        '0s',
      ),
    },
    { about, explain: elsewhere },
  );
  return withDefault<Pace>(pace, FREE, {});
}

const share = (about: string): Schema<number> =>
  number({ about: `${about}, as a share of the actual count: 0.1 is 10 %.`, min: 0, max: 1 });

const shares = object(
  {
    up: withDefault(share('Grow by no less than this'), 0),
    down: withDefault(share('Shrink by no less than this'), 0),
  },
  { about: 'By direction.', explain: elsewhere },
);

/** One share for both directions, or one for each; 0, i.e. off, by default (HPA has 0.1). */
export const toleranceAttribute: Schema<Rule['tolerance']> = withDefault(
  either(
    (value) => typeof value !== 'object',
    mapped(share('Smaller changes are left alone'), (both) => ({ up: both, down: both })),
    shares,
  ),
  { up: 0, down: 0 },
  0,
);
