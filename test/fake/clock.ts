import type { Clock } from '../../lib/model/clock.ts';
import { type EpochMillis, epochMillis, later, type Millis } from '../../lib/model/units.ts';

/** A clock that stands still until it is told to go on; a sleep moves it. */
export interface FakeClock extends Clock {
  advance(by: Millis): EpochMillis;
}

export function createFakeClock(start: number): FakeClock {
  let now = epochMillis(start);
  const advance = (by: Millis): EpochMillis => {
    now = later(now, by);
    return now;
  };
  return {
    now: () => now,
    advance,
    sleep: async (duration, signal) => {
      signal?.throwIfAborted();
      advance(duration);
    },
  };
}
