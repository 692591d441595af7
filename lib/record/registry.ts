import { assertNever } from '../model/errors.ts';
import type { Surroundings } from '../model/surroundings.ts';
import type { Recordings } from './recordings.ts';

/** Where recordings are kept: a folder, in which old ones are removed, or a bucket. */
export type RecordingsPlace =
  | { readonly kind: 'folder'; readonly folder: string; readonly keepDays: number }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Begins every key; empty, or without a slash at either end. */
      readonly prefix: string;
      /** A server other than AWS's. */
      readonly endpoint: string | undefined;
    };

/** The recordings of a place. Loads what writes and reads them when it is first used, once. */
export function createRecordings(
  place: RecordingsPlace,
  surroundings: Pick<Surroundings, 'clock' | 'region'>,
): Recordings {
  let opened: Promise<Recordings> | undefined;
  const load = (): Promise<Recordings> => (opened ??= open(place, surroundings));
  return {
    place: place.kind === 'folder' ? place.folder : `s3://${place.bucket}/${place.prefix}`,
    append: async (recording, signal) => (await load()).append(recording, signal),
    list: async function* list(from, to, signal) {
      yield* (await load()).list(from, to, signal);
    },
    read: async function* read(key, signal) {
      yield* (await load()).read(key, signal);
    },
  };
}

async function open(
  place: RecordingsPlace,
  { clock, region }: Pick<Surroundings, 'clock' | 'region'>,
): Promise<Recordings> {
  switch (place.kind) {
    case 'folder': {
      const { createFolderRecordings } = await import('./folder/recordings.ts');
      return createFolderRecordings({ folder: place.folder, keepDays: place.keepDays, clock });
    }
    case 's3': {
      const { createS3Client, createS3Recordings } = await import('./s3/recordings.ts');
      const client = createS3Client({ region, endpoint: place.endpoint });
      return createS3Recordings({ client, bucket: place.bucket, prefix: place.prefix });
    }
    default:
      return assertNever(place);
  }
}
