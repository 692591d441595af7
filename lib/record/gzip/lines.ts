import { pipeline, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, createGzip } from 'node:zlib';

import { RecordingError } from '../recordings.ts';

/**
 * A decision of a thousand partitions and a long rule takes some 100 KB. A longer line than this is
 * no recording, and is not gathered in memory.
 */
const LONGEST_LINE = 8 * 1024 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b];

/** Lines as a stream of gzip; only a window of the text is in memory at any time. */
export function gzipStream(lines: Iterable<string>): Readable {
  const gzip = createGzip();
  // A failure of the lines destroys the stream with it, which whoever reads it is told.
  pipeline(Readable.from(lines), gzip, () => undefined);
  return gzip;
}

/** Lines as gzip, whole, for what has to know its length: a hundredth of the text's size or so. */
export const gzipped = (lines: Iterable<string>): Promise<Buffer> => buffer(gzipStream(lines));

/**
 * The lines of a file, gzip or plain as its first bytes say, without their line feeds. Rejects
 * with RECORDING_INVALID where it is cut off, damaged, or no text of lines; what rejects in
 * `chunks` passes as it is.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of unpacked(chunks, name)) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > LONGEST_LINE) {
      throw new RecordingError(
        'RECORDING_INVALID',
        `${name}: a line is longer than ${LONGEST_LINE} characters`,
        'This is no recording.',
      );
    }
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}

async function* unpacked(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  const first = await source.next();
  const head = first.done === true ? new Uint8Array() : first.value;
  const all = rejoined(head, source);
  if (!GZIP_MAGIC.every((byte, at) => head[at] === byte)) {
    yield* all;
    return;
  }
  const gunzip = createGunzip();
  pipeline(Readable.from(all), gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string' || !code.startsWith('Z_')) throw error;
    throw new RecordingError(
      'RECORDING_INVALID',
      `${name}: is no whole gzip file (${(error as Error).message})`,
      'It was cut off or damaged on its way.',
      { cause: error },
    );
  }
}

async function* rejoined(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
