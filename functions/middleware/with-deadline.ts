import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

/** What a tick still needs when it is told to end: closing intents, the record, the metrics. */
const TIME_TO_RECORD_MS = 2000;

export interface DeadlineContext extends Context {
  /** Fires two seconds before Lambda ends the call, or at once where less than that is left. */
  signal: AbortSignal;
}

/**
 * Gives the handler a signal that fires while there is time left to record what was done. Once the
 * handler has answered the signal never fires, and it does not keep the process alive.
 */
export function withDeadline<Event, Result>(): MiddlewareObj<
  Event,
  Result,
  Error,
  DeadlineContext
> {
  // One container serves one call at a time, but a second middy instance may share this middleware.
  const timers = new WeakMap<Context, NodeJS.Timeout>();
  const stop = ({ context }: { readonly context: Context }): void => {
    clearTimeout(timers.get(context));
    timers.delete(context);
  };
  return {
    before({ context }) {
      const end = new AbortController();
      const left = Math.max(0, context.getRemainingTimeInMillis() - TIME_TO_RECORD_MS);
      const reason = () =>
        new DOMException(
          `Lambda ends this call in ${TIME_TO_RECORD_MS} ms or less; what is left waits for the next tick`,
          'TimeoutError',
        );
      timers.set(context, setTimeout(() => end.abort(reason()), left).unref());
      context.signal = end.signal;
    },
    after: stop,
    onError: stop,
  };
}
