interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Runs `start` unless a run for `key` is under way, which is joined instead. */
export type SharedFlights<T> = (
  key: string,
  signal: AbortSignal,
  start: (inFlight: AbortSignal) => Promise<T>,
) => Promise<T>;

/**
 * One fetch for all who ask for the same thing at once. Whoever's own signal fires stops waiting
 * with its reason, and the others go on; the fetch is ended when nobody waits any more, and after
 * `timeoutMs` at the latest, by the signal that `start` is given and must heed. Nothing is kept
 * afterwards.
 */
export function shareFlights<T>(timeoutMs: number): SharedFlights<T> {
  const flights = new Map<string, Flight<T>>();

  function launch(key: string, start: (inFlight: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(timeoutMs)]);
    const flight: Flight<T> = {
      controller,
      waiting: 0,
      result: start(signal).finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      }),
    };
    flights.set(key, flight);
    return flight;
  }

  return async (key, signal, start) => {
    signal.throwIfAborted();
    const flight = flights.get(key) ?? launch(key, start);
    flight.waiting += 1;
    try {
      return await untilAborted(flight.result, signal);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        // Whoever asks from now on shall not join a fetch that was given up.
        if (flights.get(key) === flight) flights.delete(key);
        flight.controller.abort();
      }
    }
  };
}

/** The promise, or the signal's reason if that comes first: not every promise heeds its signal. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
