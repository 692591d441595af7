import { type Retry, ScalerError } from '../../model/errors.ts';

/**
 * Why an HTTP endpoint gave no number: UNREACHABLE, TIMED_OUT, UNAUTHENTICATED (401), FORBIDDEN
 * (403), NOT_FOUND (404), THROTTLED (429), SOURCE_FAILED (5xx), SOURCE_REFUSED (any other status),
 * REDIRECTED (to where it may not go), ANSWER_TOO_LARGE, NOT_READABLE (no JSON, no exposition
 * text), NOTHING_THERE (the answer has no such member or series), NOT_A_NUMBER, PATH_REFUSED (the
 * target's name makes the path leave its place).
 */
export type HttpSourceCode =
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'THROTTLED'
  | 'SOURCE_FAILED'
  | 'SOURCE_REFUSED'
  | 'REDIRECTED'
  | 'ANSWER_TOO_LARGE'
  | 'NOT_READABLE'
  | 'NOTHING_THERE'
  | 'NOT_A_NUMBER'
  | 'PATH_REFUSED';

const NEXT_TICK: ReadonlySet<HttpSourceCode> = new Set([
  'UNREACHABLE',
  'TIMED_OUT',
  'THROTTLED',
  'SOURCE_FAILED',
]);

/** An endpoint that was asked and gave no number; its text never holds a secret or a whole body. */
export class HttpSourceError extends ScalerError {
  readonly code: HttpSourceCode;
  readonly retry: Retry;

  constructor(code: HttpSourceCode, what: string, advice: string, options?: ErrorOptions) {
    super(what, advice, options);
    this.code = code;
    this.retry = NEXT_TICK.has(code) ? 'next-tick' : 'never';
  }
}
