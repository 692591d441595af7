import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll } from 'vitest';

import { createFolderRuleStore } from '../../lib/store/folder/rule-store.ts';
import { ruleStoreContract } from './rule-store.contract.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

ruleStoreContract('folder of files', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rubato-rules-'));
  made.push(folder);
  const file = (id: string) => path.join(folder, `${id}.json`);
  return {
    store: createFolderRuleStore(folder),
    edit: async (id, attributes) => {
      writeFileSync(file(id), JSON.stringify({ ...attributes, id }));
    },
    erase: async (id) => {
      rmSync(file(id));
    },
  };
});
