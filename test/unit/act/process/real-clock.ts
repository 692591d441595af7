import { setTimeout as wait } from 'node:timers/promises';

import type { Clock } from '../../../../lib/model/clock.ts';
import { epochMillis } from '../../../../lib/model/units.ts';

/** Real time, because real processes start and end in it. */
export const realClock: Clock = {
  now: () => epochMillis(Date.now()),
  sleep: async (duration, signal) => {
    await wait(duration, undefined, signal === undefined ? {} : { signal });
  },
};

/** Resolves as soon as `met` answers true, and rejects after ten seconds. */
export async function until(what: string, met: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`waited 10 s in vain until ${what}`);
    await wait(20);
  }
}
