import { addAbortSignal, type Readable } from 'node:stream';

import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

import { encodeRecording } from '../encode.ts';
import { gzipped, readLines } from '../gzip/lines.ts';
import {
  keyMoment,
  keyStart,
  RecordingError,
  recordingKey,
  recordingMissing,
  type Recordings,
} from '../recordings.ts';

const CONNECT_TIMEOUT_MS = 2500;
/** An object of a thousand idle rules has some 30 KB; ten times that on a slow link still makes this. */
const REQUEST_TIMEOUT_MS = 4000;
const MAX_ATTEMPTS = 2;

export interface S3Options {
  readonly client: S3Client;
  readonly bucket: string;
  /** Begins every key; empty, or without a slash at either end. */
  readonly prefix: string;
}

/** A client whose every request ends: by its timeout, by its second attempt, or by the given signal. */
export function createS3Client(options: {
  readonly region: string | undefined;
  readonly endpoint?: string | undefined;
  /** For a server that takes any; the SDK's usual sources by default. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}): S3Client {
  const { region, endpoint, credentials } = options;
  return new S3Client({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      socketTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(region === undefined ? {} : { region }),
    // Servers that stand in for S3 have no host of its own for each bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
  });
}

/**
 * Recordings as objects of a bucket, `<prefix>/YYYY/MM/DD/HH/<moment>-<tick>.ndjson.gz`, content
 * type application/x-ndjson and encoding gzip. How long they are kept is a lifecycle rule of the
 * bucket. Needs s3:PutObject to record; s3:GetObject and s3:ListBucket to replay and explain.
 */
export function createS3Recordings({ client, bucket, prefix }: S3Options): Recordings {
  const base = prefix === '' ? '' : `${prefix}/`;
  const place = `s3://${bucket}/${base}`;
  return {
    place,
    async append(recording, signal) {
      const Key = base + recordingKey(recording);
      try {
        const put = new PutObjectCommand({
          Bucket: bucket,
          Key,
          Body: await gzipped(encodeRecording(recording)),
          ContentType: 'application/x-ndjson',
          ContentEncoding: 'gzip',
        });
        await client.send(put, { abortSignal: signal });
      } catch (error) {
        throw fault(`s3://${bucket}/${Key} cannot be written`, error, 's3:PutObject');
      }
    },
    async *list(from, to, signal) {
      const end = base + keyStart(to);
      // What all keys begin with sorts before them, and no key is exactly that.
      let after: string | undefined = base + keyStart(from);
      while (after !== undefined && after < end) {
        const page = new ListObjectsV2Command({ Bucket: bucket, Prefix: base, StartAfter: after });
        const listed: ListObjectsV2CommandOutput = await client
          .send(page, { abortSignal: signal })
          .catch((error: unknown) => {
            throw fault(`${place} cannot be listed`, error, 's3:ListBucket');
          });
        const { Contents = [], IsTruncated } = listed;
        for (const { Key = '' } of Contents) {
          const key = Key.slice(base.length);
          if (Key < end && keyMoment(key) !== undefined) yield key;
        }
        after = IsTruncated === true ? Contents.at(-1)?.Key : undefined;
      }
    },
    read: (key, signal) => readS3Lines(client, { bucket, key: base + key }, signal),
  };
}

/** The lines of one object, gzip or plain. Rejects with a RecordingError that names it. */
export async function* readS3Lines(
  client: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  signal: AbortSignal,
): AsyncGenerator<string> {
  const name = `s3://${bucket}/${key}`;
  try {
    const get = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { Body } = await client.send(get, { abortSignal: signal });
    // The client heeds the signal only until the answer begins.
    if (Body !== undefined) yield* readLines(addAbortSignal(signal, Body as Readable), name);
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    if (error instanceof NoSuchKey) throw recordingMissing(`at ${name}`);
    throw fault(`${name} cannot be read`, error, 's3:GetObject');
  }
}

function fault(what: string, error: unknown, action: string): RecordingError {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const reason = error instanceof Error ? error.name : typeof error;
  const advice =
    status === 403
      ? `Grant ${action} on the bucket.`
      : status === 404
        ? 'There is no such bucket: check RECORDINGS.'
        : 'Check that the bucket can be reached from here.';
  return new RecordingError('RECORDING_FAILED', `${what} (${reason})`, advice, { cause: error });
}
