import { ScalerError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';

/** A rule was asked for by a name that none has. */
export class RuleUnknownError extends ScalerError {
  readonly code = 'RULE_UNKNOWN';
  readonly retry = 'never';

  constructor(id: string, known: readonly string[]) {
    super(
      `there is no rule ${JSON.stringify(id)}${nearest(id, known)}`,
      'List the rules there are.',
    );
  }
}
