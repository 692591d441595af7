import { type Retry, ScalerError } from '../model/errors.ts';
import { formatIso, parseIso } from '../model/iso.ts';
import type { EpochMillis } from '../model/units.ts';
import type { Recording } from './record.ts';

/**
 * What ticks decided, one object for each tick and worker: gzip NDJSON as `encode.ts` writes it,
 * under `YYYY/MM/DD/HH/<moment>-<tick>.ndjson.gz`, so that keys sort by time.
 *
 * Promises: an object is there whole or not at all; appending the same tick again replaces it with
 * the same. Every call ends by a timeout of its own or by the signal, and rejects with a
 * RecordingError.
 */
export interface Recordings {
  /** Where they are, for people: `.rubato/recordings` or `s3://bucket/prefix`. */
  readonly place: string;
  append(recording: Recording, signal: AbortSignal): Promise<void>;
  /** The keys of all objects from `from` until before `to`, oldest first. */
  list(from: EpochMillis, to: EpochMillis, signal: AbortSignal): AsyncIterable<string>;
  /** The lines of one object. Rejects with RECORDING_MISSING where there is none. */
  read(key: string, signal: AbortSignal): AsyncIterable<string>;
}

/** Recordings that cannot be written, found or read. */
export class RecordingError extends ScalerError {
  readonly code:
    | 'RECORDING_FAILED'
    | 'RECORDING_MISSING'
    | 'RECORDING_INVALID'
    | 'RECORDING_VERSION';
  readonly retry: Retry;

  constructor(code: RecordingError['code'], what: string, advice: string, options?: ErrorOptions) {
    super(what, advice, options);
    this.code = code;
    this.retry = code === 'RECORDING_FAILED' ? 'next-tick' : 'never';
  }
}

export const recordingMissing = (where: string): RecordingError =>
  new RecordingError(
    'RECORDING_MISSING',
    `there is no recording ${where}`,
    'Recordings are kept for a while and then removed: look at a later moment.',
  );

/** An id in a key is letters, digits and hyphens, no longer than a UUID needs. */
const LONGEST_ID = 64;

const KEY = /^\d{4}\/\d{2}\/\d{2}\/\d{2}\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z-/;
const ENDING = '.ndjson.gz';

/** What the key of every object of a moment begins with; it sorts before all of them. */
export function keyStart(at: EpochMillis): string {
  const iso = formatIso(at);
  const folder = iso.slice(0, 13).replaceAll(/[-T]/g, '/');
  return `${folder}/${iso.replaceAll(/[-:]/g, '')}`;
}

/** `2026/11/20/12/20261120T120000.000Z-<tick>.ndjson.gz`. */
export function recordingKey({ tick, at }: Pick<Recording, 'tick' | 'at'>): string {
  return `${keyStart(at)}-${tick.replaceAll(/[^\w-]/g, '_').slice(0, LONGEST_ID)}${ENDING}`;
}

/** The moment a key names; undefined for what is no recording's key. */
export function keyMoment(key: string): EpochMillis | undefined {
  const parts = KEY.exec(key);
  if (!parts || !key.endsWith(ENDING)) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return parseIso(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
