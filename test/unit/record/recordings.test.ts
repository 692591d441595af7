import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';

import { epochMillis, millis } from '../../../lib/model/units.ts';
import { decodeRecording } from '../../../lib/record/decode.ts';
import { encodeRecording } from '../../../lib/record/encode.ts';
import { createFolderRecordings, readFileLines } from '../../../lib/record/folder/recordings.ts';
import { gzipped, readLines } from '../../../lib/record/gzip/lines.ts';
import { recordingKey } from '../../../lib/record/recordings.ts';
import { createS3Client, createS3Recordings } from '../../../lib/record/s3/recordings.ts';
import { createFakeClock } from '../../fake/clock.ts';
import { lagMetric } from '../../support/policy.ts';
import { all, NOON, offsets, recordingOf, recordOf } from '../../support/records.ts';

const { signal } = new AbortController();
const DAY = 86_400_000;
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const freshFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rubato-recordings-'));
  open.push(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
};

/** Where a link goes; nowhere for one that is gone by now. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

const idle = (id: string) =>
  recordOf({
    id,
    rule: {
      metrics: { orders: lagMetric },
      replicas: 'ceil(orders.lag / 100)',
      min: 1,
      idle: '5m',
    },
    replicas: 1,
    samples: { orders: offsets(...Array.from({ length: 10 }, () => [81_234n, 81_234n] as const)) },
  });
const one = recordingOf([idle('orders')]);

describe('size', () => {
  test('1,000 idle rules fit an object of 100 KB, and 1,000 targets of one rule one of 10 KB', async () => {
    const rules = Array.from({ length: 1000 }, (_, at) => idle(`rule-${at}`));
    const targets = Array.from({ length: 1000 }, () => rules[0] ?? idle('orders'));
    expect((await gzipped(encodeRecording(recordingOf(rules)))).length).toBeLessThan(100_000);
    expect((await gzipped(encodeRecording(recordingOf(targets)))).length).toBeLessThan(10_000);
  });
});

describe('a folder', () => {
  test('keeps so many days by the clock, and touches nothing that is not its own', async () => {
    const folder = freshFolder();
    const clock = createFakeClock(NOON);
    const store = createFolderRecordings({ folder, keepDays: 2, clock });
    mkdirSync(path.join(folder, '2020/notes'), { recursive: true });
    writeFileSync(path.join(folder, 'README'), 'mine');
    for (const days of [-400, -40, -3, -2, -1, 0]) {
      await store.append({ ...one, at: epochMillis(NOON + days * DAY) }, signal);
    }
    clock.advance(millis(DAY));
    // A tick that was asked about another year must not make all others old.
    await store.append({ ...one, at: epochMillis(NOON + 4000 * DAY) }, signal);
    const left = await all(store.list(epochMillis(0), epochMillis(NOON * 3), signal));
    expect(left).toEqual(
      [-1, 0, 4000].map((days) => recordingKey({ ...one, at: epochMillis(NOON + days * DAY) })),
    );
    expect(readdirSync(folder).toSorted()).toEqual(['2020', '2026', '2037', 'README']);
  });

  test('a worker that died while it wrote leaves nothing that is listed', async () => {
    const folder = freshFolder();
    const store = createFolderRecordings({ folder, keepDays: 9, clock: createFakeClock(NOON) });
    const part = path.join(folder, `${recordingKey(one)}.part`);
    mkdirSync(path.dirname(part), { recursive: true });
    writeFileSync(part, 'half');
    expect(await all(store.list(epochMillis(0), epochMillis(NOON * 2), signal))).toEqual([]);
  });

  test('that cannot be written says which file and leaves no part of one', async () => {
    const folder = freshFolder();
    writeFileSync(path.join(folder, '2026'), 'a file where a folder has to be');
    const store = createFolderRecordings({ folder, keepDays: 9, clock: createFakeClock(NOON) });
    await expect(store.append(one, signal)).rejects.toMatchObject({
      code: 'RECORDING_FAILED',
      message: expect.stringMatching(/20261120T120000\.000Z-tick-1.*cannot be written \(E/),
    });
    expect(readdirSync(folder)).toEqual(['2026']);
  });
});

describe('files', () => {
  test('gzip or plain, whatever they are called', async () => {
    const folder = freshFolder();
    const text = [...encodeRecording(one)].join('');
    writeFileSync(path.join(folder, 'a'), text);
    writeFileSync(path.join(folder, 'b'), gzipSync(text));
    for (const name of ['a', 'b']) {
      const lines = await all(readFileLines(path.join(folder, name), signal));
      expect(`${lines.join('\n')}\n`).toBe(text);
    }
  });

  test.for<{ name: string; bytes: Buffer; message: string }>([
    {
      name: 'cut off',
      bytes: gzipSync([...encodeRecording(one)].join('')).subarray(0, 200),
      message: 'is no whole gzip file (unexpected end of file)',
    },
    {
      name: 'damaged',
      bytes: Buffer.concat([gzipSync('x').subarray(0, 10), Buffer.from('garbage garbage')]),
      message: 'is no whole gzip file',
    },
    { name: 'of one endless line', bytes: Buffer.alloc(9 << 20, 'x'), message: 'is longer than' },
    {
      name: 'of zeros that unpack without end',
      bytes: gzipSync(Buffer.alloc(64 << 20)),
      message: 'is longer than',
    },
  ])('that are $name end in an error with their name', async ({ bytes, message }) => {
    const reading = all(readLines(Readable.from([bytes]), 'the-file'));
    await expect(reading).rejects.toMatchObject({
      code: 'RECORDING_INVALID',
      message: expect.stringContaining(message),
    });
  });

  test('a character that two chunks share is whole', async () => {
    const bytes = Buffer.from('größe\n→');
    const chunks = Readable.from(Array.from(bytes, (byte) => Buffer.from([byte])));
    expect(await all(readLines(chunks, 'f'))).toEqual(['größe', '→']);
  });

  test.runIf(existsSync('/proc/self/fd'))(
    'reading only the first line leaves nothing open',
    async () => {
      const folder = freshFolder();
      writeFileSync(path.join(folder, 'a'), gzipSync(`first\n${'more\n'.repeat(1e5)}`));
      for await (const line of readFileLines(path.join(folder, 'a'), signal)) {
        expect(line).toBe('first');
        break;
      }
      const files = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`));
      expect(files).not.toContain(path.join(folder, 'a'));
    },
  );
});

describe('S3', () => {
  const store = (prefix = 'runs') => {
    const client = mockClient(S3Client);
    const recordings = createS3Recordings({ client: client as never, bucket: 'bucket', prefix });
    return { client, recordings };
  };
  const denied = new S3ServiceException({
    name: 'AccessDenied',
    $fault: 'client',
    $metadata: { httpStatusCode: 403 },
  });

  test('puts one gzip object under the prefix and the key', async () => {
    const { client, recordings } = store();
    client.on(PutObjectCommand).resolves({});
    await recordings.append(one, signal);
    const { input } = client.commandCalls(PutObjectCommand)[0]?.args[0] ?? {};
    expect(input).toMatchObject({
      Bucket: 'bucket',
      Key: `runs/${recordingKey(one)}`,
      ContentEncoding: 'gzip',
      ContentType: 'application/x-ndjson',
    });
    const lines = readLines(Readable.from([input?.Body]), 'body');
    const [record] = await all(decodeRecording(lines, 'body'));
    expect(record?.scalable).toBe('orders');
  });

  test('lists page by page from the first moment, and stops at the last', async () => {
    const { client, recordings } = store('');
    const keys = [0, 1, 2, 3].map((hours) =>
      recordingKey({ ...one, at: epochMillis(NOON + hours * 3_600_000) }),
    );
    const page = (...at: readonly number[]) => ({
      Contents: at.map((index) => ({ Key: keys[index] ?? 'other/file' })),
      IsTruncated: true,
    });
    client
      .on(ListObjectsV2Command)
      .resolvesOnce(page(0, 9, 1))
      .resolvesOnce(page(2, 3))
      .rejects(new Error('asked for more than was wanted'));
    const until = epochMillis(NOON + 3 * 3_600_000);
    expect(await all(recordings.list(NOON, until, signal))).toEqual(keys.slice(0, 3));
    const after = client
      .commandCalls(ListObjectsV2Command)
      .map(({ args }) => args[0].input.StartAfter);
    expect(after).toEqual(['2026/11/20/12/20261120T120000.000Z', keys[1]]);
  });

  test('reads an object as it streams', async () => {
    const { client, recordings } = store();
    const body = await gzipped(encodeRecording(one));
    const chunks = Array.from({ length: 8 }, (_, at) => body.subarray(at * 99, (at + 1) * 99));
    client
      .on(GetObjectCommand)
      .resolves({ Body: Readable.from([...chunks, body.subarray(8 * 99)]) as never });
    const records = decodeRecording(recordings.read(recordingKey(one), signal), 'x');
    expect(await all(records)).toHaveLength(1);
  });

  test.for<{ name: string; error: Error; code: string; message: string }>([
    {
      name: 'a denied bucket',
      error: denied,
      code: 'RECORDING_FAILED',
      message: 'cannot be read (AccessDenied). Grant s3:GetObject on the bucket.',
    },
    {
      name: 'an object that is gone',
      error: new NoSuchKey({ message: 'no', $metadata: { httpStatusCode: 404 } }),
      code: 'RECORDING_MISSING',
      message: 'there is no recording at s3://bucket/runs/2026',
    },
    {
      name: 'a bucket that does not answer',
      error: Object.assign(new Error('secret detail'), { name: 'TimeoutError' }),
      code: 'RECORDING_FAILED',
      message: 'cannot be read (TimeoutError). Check that the bucket can be reached',
    },
  ])('$name is said as it is, and nothing more', async ({ error, code, message }) => {
    const { client, recordings } = store();
    client.on(GetObjectCommand).rejects(error);
    const failure = await all(recordings.read(recordingKey(one), signal)).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
    expect((failure as Error).message).not.toContain('secret detail');
  });

  test.for<{ name: string; status: number; message: string }>([
    { name: 'denied', status: 403, message: 'Grant s3:PutObject' },
    { name: 'gone', status: 404, message: 'There is no such bucket' },
  ])('a bucket that is $name cannot be written', async ({ status, message }) => {
    const { client, recordings } = store();
    const error = new S3ServiceException({
      name: 'Refused',
      $fault: 'client',
      $metadata: { httpStatusCode: status },
    });
    client.on(PutObjectCommand).rejects(error);
    await expect(recordings.append(one, signal)).rejects.toMatchObject({
      code: 'RECORDING_FAILED',
      message: expect.stringContaining(message),
    });
  });

  test.for<{ name: string; answer: http.RequestListener }>([
    { name: 'never answers', answer: () => undefined },
    {
      name: 'begins to answer and stalls',
      answer: (_, response) => void response.writeHead(200, { 'content-length': '999' }).write('x'),
    },
  ])('a server that $name does not outlast the signal', async ({ answer }) => {
    const server = http.createServer(answer);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    open.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const client = createS3Client({
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const recordings = createS3Recordings({ client, bucket: 'bucket', prefix: '' });
    const began = performance.now();
    const over = AbortSignal.timeout(200);
    await expect(all(recordings.read(recordingKey(one), over))).rejects.toMatchObject({
      code: 'RECORDING_FAILED',
    });
    expect(performance.now() - began).toBeLessThan(1500);
    client.destroy();
  });
});
