import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll } from 'vitest';

import { createFolderRecordings } from '../../lib/record/folder/recordings.ts';
import { createFakeClock } from '../fake/clock.ts';
import { createFakeRecordings } from '../fake/recordings.ts';
import { NOON } from '../support/records.ts';
import { recordingsContract } from './recordings.contract.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

recordingsContract('fake', async () => createFakeRecordings());
recordingsContract('folder', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rubato-recordings-'));
  folders.push(folder);
  return createFolderRecordings({ folder, keepDays: 3650, clock: createFakeClock(NOON) });
});
