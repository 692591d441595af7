/** When it makes sense to try the same thing again. */
export type Retry = 'never' | 'now' | 'next-tick';

/**
 * A fault that operators can act on. Whatever is thrown and is not one of these is a bug and is
 * not caught. `code` is what alarms and tests match; it changes only with a changelog entry.
 */
export abstract class ScalerError extends Error {
  abstract readonly code: string;
  abstract readonly retry: Retry;
  /** What to do about it, one sentence. */
  readonly advice: string;

  constructor(what: string, advice: string, options?: ErrorOptions) {
    super(`${what}. ${advice}`, options);
    this.name = new.target.name;
    this.advice = advice;
  }
}

/** A place that has to exist for the type checker; reaching it is a bug. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected variant ${JSON.stringify(value)}`);
}

/** The tick had to end before this was finished; the next one goes on from there. */
export class DeadlineError extends ScalerError {
  readonly code = 'DEADLINE';
  readonly retry = 'next-tick';

  constructor(what: string, options?: ErrorOptions) {
    super(`${what}: the tick had to end`, 'The next tick goes on from here.', options);
  }
}
