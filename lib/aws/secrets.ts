import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';

import type { Clock } from '../model/clock.ts';
import { assertNever } from '../model/errors.ts';
import type { SecretReference, SecretSource } from '../model/secrets.ts';
import { elapsed, minutes, type EpochMillis } from '../model/units.ts';
import { SecretError } from './secret-error.ts';
import { shareFlights, untilAborted } from './shared-flights.ts';

/** A rotated secret is picked up after this at the latest; each container asks 12 times an hour. */
const TIME_TO_LIVE = minutes(5);
const MOST_KEPT = 100;
/** One GetParameter or GetSecretValue with its retry; a tick has a minute for everything. */
const TIMEOUT_MS = 5000;
const MOST_ATTEMPTS = 2;

export interface SecretSourceOptions {
  /** Where `env:` references look; given, so that nothing here reads the process's own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The region of Parameter Store and Secrets Manager; the SDK's own choice by default. */
  readonly region?: string | undefined;
  /** The longest that fetching one may take; 5,000 by default. */
  readonly timeoutMs?: number;
}

interface Kept {
  readonly text: string;
  readonly since: EpochMillis;
}

/**
 * Secrets from the environment, SSM Parameter Store (`GetParameter`, decrypted) and Secrets
 * Manager (`GetSecretValue`; `id#key` is one key of a JSON object). Each is fetched once per
 * container and five minutes, however many ask at once; the two clients load when they are first
 * needed. Rejects with a SecretError, or with the signal's reason once it is aborted.
 */
export function createSecretSource(options: SecretSourceOptions): SecretSource {
  const { env, clock, timeoutMs = TIMEOUT_MS } = options;
  const fetchStored = createFetch(options.region);
  const flights = shareFlights<string>(timeoutMs);
  const kept = new Map<string, Kept>();

  async function stored(reference: SecretReference, signal: AbortSignal): Promise<string> {
    const key = `${reference.from}:${reference.name}`;
    const known = kept.get(key);
    if (known && elapsed(known.since, clock.now()) < TIME_TO_LIVE) return known.text;
    return flights(key, signal, async (inFlight) => {
      const since = clock.now();
      const text = await fetchStored(reference, inFlight);
      keep(kept, key, { text, since });
      return text;
    });
  }

  return {
    async resolve(reference, signal) {
      signal.throwIfAborted();
      switch (reference.from) {
        case 'env':
          return fromEnvironment(reference, env);
        case 'ssm':
          return stored(reference, signal);
        case 'secretsmanager': {
          const [id, key] = splitKey(reference.name);
          const text = await stored({ from: 'secretsmanager', name: id }, signal);
          return key === undefined ? text : entryOf(text, key, reference);
        }
        default:
          return assertNever(reference.from);
      }
    },
  };
}

function keep(kept: Map<string, Kept>, key: string, entry: Kept): void {
  // Deleted first, so that the map's order is the order of fetching and the oldest goes.
  kept.delete(key);
  kept.set(key, entry);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
}

function fromEnvironment(reference: SecretReference, env: SecretSourceOptions['env']): string {
  const value = Object.hasOwn(env, reference.name) ? env[reference.name] : undefined;
  if (value === undefined || value === '') {
    const state = value === undefined ? 'is not set' : 'is empty';
    throw new SecretError('SECRET_MISSING', reference, state);
  }
  return value;
}

function splitKey(name: string): readonly [string, string?] {
  const at = name.indexOf('#');
  return at === -1 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}

function entryOf(text: string, key: string, reference: SecretReference): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message quotes what it read, which is the secret.
    throw new SecretError('SECRET_UNREADABLE', reference, 'is no JSON');
  }
  const entries = typeof parsed === 'object' && parsed !== null ? parsed : {};
  const entry: unknown = Object.hasOwn(entries, key) ? Reflect.get(entries, key) : undefined;
  if (typeof entry !== 'string' || entry === '') {
    throw new SecretError('SECRET_UNREADABLE', reference, 'has no text under that key');
  }
  return entry;
}

type Fetch = (reference: SecretReference, signal: AbortSignal) => Promise<string>;

function createFetch(region: string | undefined): Fetch {
  const settings = { maxAttempts: MOST_ATTEMPTS, ...(region === undefined ? {} : { region }) };
  let ssm: SSMClient | undefined;
  let manager: SecretsManagerClient | undefined;

  async function parameter(name: string, signal: AbortSignal): Promise<string | undefined> {
    const { GetParameterCommand, SSMClient: Client } = await import('@aws-sdk/client-ssm');
    ssm ??= new Client(settings);
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    return (await ssm.send(command, { abortSignal: signal })).Parameter?.Value;
  }

  async function secret(id: string, signal: AbortSignal): Promise<string | undefined> {
    const { GetSecretValueCommand, SecretsManagerClient: Client } =
      await import('@aws-sdk/client-secrets-manager');
    manager ??= new Client(settings);
    const command = new GetSecretValueCommand({ SecretId: id });
    return (await manager.send(command, { abortSignal: signal })).SecretString;
  }

  return async (reference, signal) => {
    const read = reference.from === 'ssm' ? parameter : secret;
    let text: string | undefined;
    try {
      // Raced, because the SDK looks for credentials without heeding the signal.
      text = await untilAborted(read(reference.name, signal), signal);
    } catch (error) {
      throw explain(error, reference, signal);
    }
    if (text === undefined || text === '') {
      throw new SecretError('SECRET_UNREADABLE', reference, 'has no text');
    }
    return text;
  };
}

const MISSING = /^(?:ParameterNotFound|ParameterVersionNotFound|ResourceNotFoundException)$/;
const DENIED =
  /^(?:AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature|InvalidKeyId|DecryptionFailure|CredentialsProvider|InvalidClientTokenId)/;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded/;

/** Says what AWS answered by its name and status only: a message can repeat what was answered. */
function explain(error: unknown, reference: SecretReference, signal: AbortSignal): unknown {
  if (!(error instanceof Error)) return error;
  if (signal.aborted) {
    return new SecretError('SECRET_UNREACHABLE', reference, 'was not answered in time');
  }
  const metadata = (error as { readonly $metadata?: { readonly httpStatusCode?: number } })
    .$metadata;
  const status = metadata?.httpStatusCode;
  const what = status === undefined ? error.name : `${error.name}, HTTP ${status}`;
  if (MISSING.test(error.name))
    return new SecretError('SECRET_MISSING', reference, 'does not exist');
  if (DENIED.test(error.name) || status === 401 || status === 403) {
    return new SecretError('SECRET_DENIED', reference, `may not be read (${what})`);
  }
  if (THROTTLED.test(error.name) || status === 429) {
    return new SecretError('SECRET_THROTTLED', reference, `is asked for too often (${what})`);
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return new SecretError('SECRET_MISSING', reference, `was refused (${what})`);
  }
  return new SecretError('SECRET_UNREACHABLE', reference, `could not be fetched (${what})`);
}
