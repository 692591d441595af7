import type { Millis } from '../model/units.ts';

/**
 * A signal that fires `grace` after the given one. What was begun when the tick had to end is
 * finished with it, so that nothing is cut off inside an act; nothing new is begun.
 */
export function withGrace(signal: AbortSignal, grace: Millis): AbortSignal {
  const end = new AbortController();
  const wait = (): void => {
    const over = AbortSignal.timeout(grace);
    over.addEventListener('abort', () => end.abort(signal.reason), { once: true });
  };
  if (signal.aborted) wait();
  else signal.addEventListener('abort', wait, { once: true });
  return end.signal;
}
