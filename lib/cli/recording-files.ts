import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { readConfig } from '../config.ts';
import { epochMillis } from '../model/units.ts';
import { createFolderRecordings, readFileLines } from '../record/folder/recordings.ts';
import type { Recordings } from '../record/recordings.ts';
import { createRecordings } from '../record/registry.ts';
import { systemClock } from '../system-clock.ts';
import type { Io } from './io.ts';
import { stateFolder } from './session.ts';

/** One recording and the text lines of it. */
export interface NamedLines {
  readonly name: string;
  readonly lines: AsyncIterable<string>;
}

const OBJECT = /^s3:\/\/([^/]+)\/(.+\.ndjson(?:\.gz)?)$/;
const ALL_TIME = [epochMillis(0), epochMillis(Date.UTC(9999, 0))] as const;

/**
 * The recordings that a name stands for: a file, gzip or plain; a folder of recordings; an object
 * `s3://bucket/key.ndjson.gz`; or everything under `s3://bucket/prefix`. Oldest first.
 */
export async function* recordingsNamed(name: string, io: Io): AsyncGenerator<NamedLines> {
  if (name.startsWith('s3://')) {
    const [, bucket, key] = OBJECT.exec(name) ?? [];
    if (bucket === undefined || key === undefined) {
      yield* all(recordingsAt(name, io), io);
      return;
    }
    const { createS3Client, readS3Lines } = await import('../record/s3/recordings.ts');
    const client = createS3Client({
      region: io.env['AWS_REGION'] ?? io.env['AWS_DEFAULT_REGION'],
      endpoint: io.env['AWS_ENDPOINT_URL_S3'] ?? io.env['AWS_ENDPOINT_URL'],
    });
    yield { name, lines: readS3Lines(client, { bucket, key }, io.signal) };
    return;
  }
  const file = resolve(io.cwd, name);
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) {
    const options = { folder: file, keepDays: Number.POSITIVE_INFINITY, clock: systemClock };
    yield* all(createFolderRecordings(options), io);
    yield* beside(file, io);
  } else {
    yield { name, lines: readFileLines(file, io.signal) };
  }
}

/** Recordings that somebody put into a folder under names of their own. */
async function* beside(folder: string, { signal }: Io): AsyncGenerator<NamedLines> {
  for (const name of (await readdir(folder)).toSorted()) {
    if (!/\.ndjson(?:\.gz)?$/.test(name)) continue;
    yield { name, lines: readFileLines(join(folder, name), signal) };
  }
}

async function* all(recordings: Recordings, { signal }: Io): AsyncGenerator<NamedLines> {
  for await (const key of recordings.list(...ALL_TIME, signal)) {
    yield { name: key, lines: recordings.read(key, signal) };
  }
}

/** The recordings at a place as RECORDINGS names it; those of the local stack where none is named. */
export function recordingsAt(place: string | undefined, io: Io): Recordings {
  const named = place ?? io.env['RECORDINGS'] ?? resolve(stateFolder(io), 'recordings');
  const isPath = !named.includes('://');
  const { recordings, region } = readConfig({
    ...io.env,
    // The tables are not asked for anything here.
    RULES_TABLE: 'none',
    STATE_TABLE: 'none',
    RECORDINGS: isPath ? resolve(io.cwd, named) : named,
  });
  if (recordings === undefined) throw new Error('RECORDINGS is empty');
  return createRecordings(recordings, { clock: systemClock, region });
}
