import { type Retry, ScalerError } from '../model/errors.ts';

/**
 * Why a platform could not be read or changed. One class, because what is done about each differs
 * only in the advice: TARGET_NOT_FOUND, UNAUTHENTICATED (401), FORBIDDEN (403), CONFLICT (409 that
 * outlived its retries), THROTTLED (429), PLATFORM_FAILED (5xx), TIMED_OUT, UNREACHABLE, REFUSED
 * (any other answer that trying again will not change).
 */
export type PlatformCode =
  | 'TARGET_NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'THROTTLED'
  | 'PLATFORM_FAILED'
  | 'TIMED_OUT'
  | 'UNREACHABLE'
  | 'REFUSED';

const RETRY: Readonly<Record<PlatformCode, Retry>> = {
  TARGET_NOT_FOUND: 'never',
  UNAUTHENTICATED: 'never',
  FORBIDDEN: 'never',
  CONFLICT: 'next-tick',
  THROTTLED: 'next-tick',
  PLATFORM_FAILED: 'next-tick',
  TIMED_OUT: 'next-tick',
  UNREACHABLE: 'next-tick',
  REFUSED: 'never',
};

export class PlatformError extends ScalerError {
  readonly code: PlatformCode;
  readonly retry: Retry;

  constructor(code: PlatformCode, what: string, advice: string, options?: ErrorOptions) {
    super(what, advice, options);
    this.code = code;
    this.retry = RETRY[code];
  }
}
