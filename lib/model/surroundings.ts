import type { Clock } from './clock.ts';
import type { SecretSource } from './secrets.ts';

/** What every adapter is given beside its connection. */
export interface Surroundings {
  readonly secrets: SecretSource;
  readonly clock: Clock;
  /** The AWS region of this deployment, where there is one. */
  readonly region: string | undefined;
}
