import { Cron } from 'croner';

import type { LastFiring } from './decide/windows.ts';
import { epochMillis } from './model/units.ts';

/** Parsed expressions are kept, so that a rule's is parsed once and not at every tick. */
const MOST_KEPT = 500;

/**
 * When a cron expression last fired, by croner: five or six fields, `L`, `#`, names, and clocks
 * that change (a time that is skipped fires at the change, one that comes twice fires once).
 */
export function createLastFiring(): LastFiring {
  const kept = new Map<string, Cron>();
  return (expression, zone, atOrBefore) => {
    const key = `${zone} ${expression}`;
    let cron = kept.get(key);
    if (cron === undefined) {
      if (kept.size >= MOST_KEPT) kept.clear();
      cron = new Cron(expression, { timezone: zone, paused: true });
      kept.set(key, cron);
    }
    // previousRuns looks strictly before its reference, and croner counts in whole seconds.
    const [last] = cron.previousRuns(1, new Date(Math.floor(atOrBefore / 1000) * 1000 + 1000));
    return last === undefined ? undefined : epochMillis(last.getTime());
  };
}
