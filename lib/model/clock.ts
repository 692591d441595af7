import type { EpochMillis, Millis } from './units.ts';

/** Time as a port, so that tests and simulations run on a virtual one. */
export interface Clock {
  now(): EpochMillis;
  /** Resolves after `duration`, or rejects with the signal's reason as soon as it is aborted. */
  sleep(duration: Millis, signal?: AbortSignal): Promise<void>;
}
