import { type Retry, ScalerError } from '../../lib/model/errors.ts';

/** The local stack cannot start: another one runs, or something else has its folder or port. */
export class LocalStackError extends ScalerError {
  readonly code = 'LOCAL_STACK';
  readonly retry: Retry = 'never';
}
