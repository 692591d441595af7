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

/** Two rules scale the same target. */
export class TargetContestedError extends ScalerError {
  readonly code = 'TARGET_CONTESTED';
  readonly retry = 'never';

  constructor(target: string, rules: readonly string[]) {
    super(
      `${target} is scaled by ${rules.join(' and ')}`,
      'Keep one of these rules; until then neither acts.',
    );
  }
}
