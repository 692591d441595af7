import type { GuardSettings } from './decide/guard.ts';
import { ScalerError } from './model/errors.ts';
import { type Millis, millis, minutes, seconds } from './model/units.ts';
import type { RecordingsPlace } from './record/registry.ts';
import { INVALID, number, type Place, type Problem, refuse, text } from './rule/schema.ts';
import type { Settings } from './tick/ports.ts';

/** What the environment says, read once. */
export interface Config {
  readonly rulesTable: string;
  readonly stateTable: string;
  readonly region: string | undefined;
  /** A DynamoDB endpoint other than AWS's, for local servers. */
  readonly dynamodbEndpoint: string | undefined;
  /** Where decisions are recorded; undefined = nowhere. */
  readonly recordings: RecordingsPlace | undefined;
  readonly settings: Settings;
}

/** Something in the environment that nothing can be done with, all of it at once. */
export class ConfigError extends ScalerError {
  readonly code = 'CONFIG_INVALID';
  readonly retry = 'never';

  constructor(what: string, problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `${path}: ${message}`);
    super(`${what} is not valid: ${lines.join('; ')}`, 'Correct it and start again.');
  }
}

const PERIOD: Millis = minutes(1);

/** A lease outlives its tick by a little, so that a slow one is not joined by the next. */
const LEASE_LASTS: Millis = seconds(90);

/** Longer than any act may take (a tick's 60 s), so that an open intent means a dead worker. */
const INTENT_LASTS: Millis = seconds(75);

/** Connections have limits of their own (5 s each by default); this is the end of it all. */
const OBSERVE_LASTS: Millis = seconds(25);

/** Less than the two seconds that a handler is told to end before Lambda ends it. */
const GRACE: Millis = millis(1500);

/** A month to look back on: 60 rules on Kafka lag, at 190 bytes a decision, have about 500 MB then. */
const DEFAULT_DAYS = 30;

const DEFAULT_SLOTS = 8;
const DEFAULT_CONCURRENCY = 16;
const DEFAULT_GUARD: GuardSettings = { share: 0.5, free: 20 };

/**
 * The configuration an environment names: RULES_TABLE and STATE_TABLE (required), AWS_REGION,
 * AWS_ENDPOINT_URL_DYNAMODB, SLOTS (8), CONCURRENCY (16), GUARD_SHARE (0.5) and GUARD_FREE (20):
 * a tick that would remove more than this share of all replicas, and more than so many, is held;
 * RECORDINGS, a folder or s3://bucket/prefix where every decision is recorded (nowhere without it),
 * and RECORDINGS_DAYS (30): how long a folder keeps them.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: Problem[] = [];
  const place = (path: string): Place => ({ path, problems });
  const table = (name: string): string => {
    const named = text({
      about: 'The name of a table.',
      max: 255,
      pattern: /^[\w.-]{3,}$/,
      accepted: 'the name of a DynamoDB table',
    });
    const value = named.parse(env[name], place(name));
    return value === INVALID ? '' : value;
  };
  const figure = (name: string, byDefault: number, range: Parameters<typeof number>[0]): number => {
    const given = env[name];
    if (given === undefined || given === '') return byDefault;
    const value = number(range).parse(Number(given), place(name));
    return value === INVALID ? byDefault : value;
  };
  const about = '';
  const config: Config = {
    rulesTable: table('RULES_TABLE'),
    stateTable: table('STATE_TABLE'),
    region: env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'],
    dynamodbEndpoint: env['AWS_ENDPOINT_URL_DYNAMODB'] ?? env['AWS_ENDPOINT_URL'],
    recordings: recordingsPlace(env['RECORDINGS'], {
      keepDays: figure('RECORDINGS_DAYS', DEFAULT_DAYS, { about, min: 1, max: 3650, whole: true }),
      endpoint: env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'],
      place: place('RECORDINGS'),
    }),
    settings: {
      slots: figure('SLOTS', DEFAULT_SLOTS, { about, min: 1, max: 1024, whole: true }),
      concurrency: figure('CONCURRENCY', DEFAULT_CONCURRENCY, {
        about,
        min: 1,
        max: 256,
        whole: true,
      }),
      guard: {
        share: figure('GUARD_SHARE', DEFAULT_GUARD.share, { about, min: 0, max: 1 }),
        free: figure('GUARD_FREE', DEFAULT_GUARD.free, {
          about,
          min: 0,
          max: 1_000_000,
          whole: true,
        }),
      },
      period: PERIOD,
      leaseLasts: LEASE_LASTS,
      intentLasts: INTENT_LASTS,
      observeLasts: OBSERVE_LASTS,
      grace: GRACE,
    },
  };
  if (problems.length > 0) throw new ConfigError('the environment', problems);
  return config;
}

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

interface PlaceParts {
  readonly keepDays: number;
  /** Of S3, where it is another server than AWS's. */
  readonly endpoint: string | undefined;
  readonly place: Place;
}

/** A folder's path, or `s3://bucket/prefix`; undefined for nothing. */
function recordingsPlace(
  given: string | undefined,
  { keepDays, endpoint, place }: PlaceParts,
): RecordingsPlace | undefined {
  if (given === undefined || given === '') return undefined;
  if (!given.includes('://')) return { kind: 'folder', folder: given, keepDays };
  const [, bucket, prefix = ''] = BUCKET.exec(given) ?? [];
  if (bucket === undefined) {
    refuse(place, 'a folder or s3://bucket/prefix', given);
    return undefined;
  }
  return { kind: 's3', bucket, prefix: prefix.replaceAll(/^\/+|\/+$/g, ''), endpoint };
}
