import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Clock } from '../../model/clock.ts';
import { epochMillis } from '../../model/units.ts';
import { encodeRecording } from '../encode.ts';
import { gzipStream, readLines } from '../gzip/lines.ts';
import {
  keyMoment,
  keyStart,
  RecordingError,
  recordingKey,
  recordingMissing,
  type Recordings,
} from '../recordings.ts';

const DAY_MS = 86_400_000;

/** A disk that takes longer than this for some kilobytes does not answer any more. */
const TIMEOUT_MS = 5000;

export interface FolderOptions {
  readonly folder: string;
  /** Recordings of days further back than this are removed, once a day. */
  readonly keepDays: number;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Recordings as files below a folder, one for each tick under its key. A file is written beside
 * its name and then renamed, so that nobody finds half of one.
 */
export function createFolderRecordings({ folder, keepDays, clock }: FolderOptions): Recordings {
  let cleaned: string | undefined;
  const clean = async (): Promise<void> => {
    const oldest = keyStart(epochMillis(clock.now() - keepDays * DAY_MS)).slice(
      0,
      'YYYY/MM/DD'.length,
    );
    if (cleaned === oldest) return;
    await removeBefore(folder, oldest);
    cleaned = oldest;
  };
  return {
    place: folder,
    async append(recording, signal) {
      const file = path.join(folder, recordingKey(recording));
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const part = `${file}.part`;
      try {
        limit.throwIfAborted();
        await mkdir(path.dirname(file), { recursive: true });
        const lines = gzipStream(encodeRecording(recording));
        await pipeline(lines, createWriteStream(part), { signal: limit });
        await rename(part, file);
        await clean();
      } catch (error) {
        await rm(part, { force: true }).catch(() => undefined);
        throw unwritable(file, error);
      }
    },
    async *list(from, to, signal) {
      const [first, end] = [keyStart(from), keyStart(to)];
      for await (const key of keysBetween(folder, '', { first, end, signal })) {
        if (keyMoment(key) !== undefined) yield key;
      }
    },
    async *read(key, signal) {
      const file = path.join(folder, key);
      if (keyMoment(key) === undefined) throw recordingMissing(`under ${key} in ${folder}`);
      yield* readFileLines(file, signal);
    },
  };
}

/** The lines of one file, gzip or plain. Rejects with a RecordingError that names it. */
export async function* readFileLines(file: string, signal: AbortSignal): AsyncGenerator<string> {
  try {
    signal.throwIfAborted();
    const handle = await open(file);
    yield* readLines(createReadStream(file, { fd: handle, signal }), file);
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw recordingMissing(`at ${file}`);
    throw new RecordingError(
      'RECORDING_FAILED',
      `${file} cannot be read (${code ?? (error as Error).name})`,
      'Check that it is a file and that this user may read it.',
      { cause: error },
    );
  }
}

function unwritable(file: string, error: unknown): RecordingError {
  const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
  return new RecordingError(
    'RECORDING_FAILED',
    `${file} cannot be written (${reason})`,
    'The decisions of this tick are not recorded; check the folder and its disk.',
    { cause: error },
  );
}

interface Span {
  readonly first: string;
  readonly end: string;
  readonly signal: AbortSignal;
}

/** Goes down only where keys of the span can be; the names of each folder are read when they are due. */
async function* keysBetween(root: string, below: string, span: Span): AsyncGenerator<string> {
  for (const entry of await entriesOf(path.join(root, below), span.signal)) {
    const key = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      const isInside =
        key >= span.first.slice(0, key.length) && key <= span.end.slice(0, key.length);
      if (isInside) yield* keysBetween(root, key, span);
    } else if (key >= span.first && key < span.end) yield key;
  }
}

async function entriesOf(folder: string, signal?: AbortSignal) {
  try {
    signal?.throwIfAborted();
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return [];
    throw new RecordingError(
      'RECORDING_FAILED',
      `${folder} cannot be listed (${code ?? (error as Error).name})`,
      'Check that it is a folder and that this user may read it.',
      { cause: error },
    );
  }
}

const LEVELS = [/^\d{4}$/, /^\d{2}$/, /^\d{2}$/];

/** Removes days before `oldest` (`YYYY/MM/DD`), and months and years that are empty then; nothing else. */
async function removeBefore(root: string, oldest: string, below = '', level = 0): Promise<void> {
  for (const entry of await entriesOf(path.join(root, below))) {
    if (!entry.isDirectory() || LEVELS[level]?.test(entry.name) !== true) continue;
    const key = below === '' ? entry.name : `${below}/${entry.name}`;
    if (key > oldest.slice(0, key.length) || key === oldest) continue;
    const folder = path.join(root, key);
    if (level === LEVELS.length - 1) await rm(folder, { recursive: true, force: true });
    else {
      await removeBefore(root, oldest, key, level + 1);
      // Refuses while there is anything in it, which is what is wanted.
      await rmdir(folder).catch(() => undefined);
    }
  }
}
