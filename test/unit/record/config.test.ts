import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { expect, test } from 'vitest';

import { readConfig } from '../../../lib/config.ts';
import { createRecordings } from '../../../lib/record/registry.ts';
import { createFakeClock } from '../../fake/clock.ts';
import { all, NOON, recordingOf, recordOf } from '../../support/records.ts';

const TABLES = { RULES_TABLE: 'rules', STATE_TABLE: 'state' };
const { signal } = new AbortController();

test.for<{ name: string; env: Record<string, string>; recordings: unknown }>([
  { name: 'nothing', env: {}, recordings: undefined },
  { name: 'an empty text', env: { RECORDINGS: '' }, recordings: undefined },
  {
    name: 'a folder',
    env: { RECORDINGS: '.rubato/recordings', RECORDINGS_DAYS: '7' },
    recordings: { kind: 'folder', folder: '.rubato/recordings', keepDays: 7 },
  },
  {
    name: 'a bucket',
    env: { RECORDINGS: 's3://my.bucket-1' },
    recordings: { kind: 's3', bucket: 'my.bucket-1', prefix: '', endpoint: undefined },
  },
  {
    name: 'a prefix on another server',
    env: { RECORDINGS: 's3://bucket/a/b/', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' },
    recordings: { kind: 's3', bucket: 'bucket', prefix: 'a/b', endpoint: 'http://127.0.0.1:9' },
  },
])('RECORDINGS names $name', ({ env, recordings }) => {
  expect(readConfig({ ...TABLES, ...env }).recordings).toEqual(recordings);
});

test.for([
  { env: { RECORDINGS: 's3://' }, message: 'RECORDINGS: expected a folder or s3://bucket/prefix' },
  { env: { RECORDINGS: 'https://bucket' }, message: 'found "https://bucket"' },
  { env: { RECORDINGS_DAYS: '0' }, message: 'RECORDINGS_DAYS' },
])('$env is refused', ({ env, message }) => {
  expect(() => readConfig({ ...TABLES, ...env })).toThrow(message);
});

test('a place is opened when it is first used', async () => {
  const folder = mkdtempSync(`${tmpdir()}/rubato-recordings-`);
  try {
    const recordings = createRecordings(
      { kind: 'folder', folder, keepDays: 9 },
      { clock: createFakeClock(NOON), region: undefined },
    );
    expect(recordings.place).toBe(folder);
    await recordings.append(recordingOf([recordOf({ rule: { replicas: 1 } })]), signal);
    const [key = ''] = await all(recordings.list(NOON, NOON, signal));
    expect(key).toBe('');
    const keys = await all(recordings.list(0 as typeof NOON, (NOON + 1) as typeof NOON, signal));
    expect(await all(recordings.read(keys[0] ?? '', signal))).toHaveLength(3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
