import { ScalerError } from '../model/errors.ts';

/** A command that was called in a way it cannot be: exit code 2. */
export class UsageError extends ScalerError {
  readonly code = 'USAGE';
  readonly retry = 'never';
}
