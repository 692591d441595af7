import { type EpochMillis, later, type Millis } from '../model/units.ts';

/** The replicas of a simulated target: those that run and those that are starting. */
export interface Crew {
  /** What was last asked for: running and starting together. */
  readonly wanted: number;
  readonly running: number;
  /** When the next of the starting ones will run; undefined = none is starting. */
  readonly nextStart: EpochMillis | undefined;
  /** Asks for so many; a shrink is immediate, a growth takes the start-up time. */
  set(count: number, now: EpochMillis): void;
  /** Lets those run whose time has come by `now`, and answers how many these are. */
  start(now: EpochMillis): number;
}

/**
 * riff's model of replicas (reference benchmark): a growth by n starts n that run after `startUp`;
 * a shrink takes starting ones first, the newest of them first, then running ones, at once.
 */
export function createCrew(running: number, startUp: Millis): Crew {
  const starting: { readonly at: EpochMillis; count: number }[] = [];
  const crew = {
    wanted: running,
    running,
    get nextStart() {
      return starting[0]?.at;
    },
    set(count: number, now: EpochMillis) {
      if (count > crew.wanted)
        starting.push({ at: later(now, startUp), count: count - crew.wanted });
      let surplus = Math.max(0, crew.wanted - count);
      for (let newest = starting.at(-1); newest && surplus > 0; newest = starting.at(-1)) {
        const cancelled = Math.min(newest.count, surplus);
        newest.count -= cancelled;
        surplus -= cancelled;
        if (newest.count === 0) starting.pop();
      }
      crew.running -= surplus;
      crew.wanted = count;
      crew.start(now);
    },
    start(now: EpochMillis) {
      let started = 0;
      for (let first = starting[0]; first && first.at <= now; first = starting[0]) {
        started += first.count;
        starting.shift();
      }
      crew.running += started;
      return started;
    },
  };
  return crew;
}
