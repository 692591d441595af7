import { setTimeout as wait } from 'node:timers/promises';

import type { Clock } from './model/clock.ts';
import { epochMillis } from './model/units.ts';

/** The machine's clock: the only file that asks for the time. */
export const systemClock: Clock = {
  now: () => epochMillis(Date.now()),
  sleep: async (duration, signal) => {
    // A sleep that nobody waits for must not keep a process alive.
    await wait(duration, undefined, { ref: true, ...(signal ? { signal } : {}) });
  },
};
