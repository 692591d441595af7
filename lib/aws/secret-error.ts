import { type Retry, ScalerError } from '../model/errors.ts';
import type { SecretReference } from '../model/secrets.ts';

/**
 * Why a secret could not be had: SECRET_MISSING (there is none of that name), SECRET_DENIED (we
 * may not read or decrypt it, or have no AWS credentials), SECRET_UNREADABLE (it is there, but is
 * binary, or its JSON has no such key), SECRET_THROTTLED, SECRET_UNREACHABLE (no answer in time).
 */
export type SecretCode =
  | 'SECRET_MISSING'
  | 'SECRET_DENIED'
  | 'SECRET_UNREADABLE'
  | 'SECRET_THROTTLED'
  | 'SECRET_UNREACHABLE';

const ADVICE: Readonly<Record<SecretCode, string>> = {
  SECRET_MISSING: 'Create it, or correct the reference in connections.yml',
  SECRET_DENIED: 'Allow this role to read it, and to use the key it is encrypted with',
  SECRET_UNREADABLE: 'It must be text, and with #key a JSON object whose key has a text',
  SECRET_THROTTLED: 'The next tick tries again; raise the quota if it lasts',
  SECRET_UNREACHABLE: 'The next tick tries again; check the network and the region if it lasts',
};

const RETRY: Readonly<Record<SecretCode, Retry>> = {
  SECRET_MISSING: 'never',
  SECRET_DENIED: 'never',
  SECRET_UNREADABLE: 'never',
  SECRET_THROTTLED: 'next-tick',
  SECRET_UNREACHABLE: 'next-tick',
};

/**
 * A secret that could not be had, named by its reference. It never holds the secret or a part of
 * it, and has no `cause`: a vendor's error may carry the answer, and with it the secret.
 */
export class SecretError extends ScalerError {
  readonly code: SecretCode;
  readonly retry: Retry;

  constructor(code: SecretCode, reference: SecretReference, because: string) {
    super(`Secret ${reference.from}:${reference.name} ${because}`, `${ADVICE[code]}.`);
    this.code = code;
    this.retry = RETRY[code];
  }
}
