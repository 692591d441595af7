import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Bundle, bundleEntry } from '../../../infra/bundle.ts';
import { loadedAtInit } from '../../../infra/loaded-at-init.ts';

/* Code that the start shares with what is loaded later in several ways, which esbuild keeps apart. */
const SOURCES = {
  'entry.ts': `import { one } from './one.ts';
    import { two } from './two.ts';
    globalThis.started = (globalThis.started ?? 0) + 1;
    export const handler = async () => [
      one.name, two.name,
      (await import('./later.ts')).later,
      (await import('./two.ts')).two === two,
      (await import('./default.ts')).default,
      (await import('node:os')).EOL,
    ];`,
  'one.ts': `export const one = { name: 'one' };`,
  'two.ts': `import { one } from './one.ts';
export const two = { name: 'two', one };`,
  'later.ts': `import { two } from './two.ts';
export const later = two.one.name + ' later';`,
  'default.ts': `import { one } from './one.ts';
export default one.name + ' by default';`,
  'vendor.ts': `import { one } from './one.ts';
    export const handler = async () => [one.name, (await import('./common.cjs')).default.common];`,
  'common.cjs': `module.exports = { common: 'CommonJS' };`,
};

let folder = '';
let made: Bundle;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rubato-one-start-file-'));
  for (const [file, source] of Object.entries(SOURCES)) {
    await writeFile(path.join(folder, file), source);
  }
  made = await bundleEntry(path.join(folder, 'entry.ts'), path.join(folder, 'out'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('what a start loads', () => {
  test('is the entry and one chunk of all that it imports', () => {
    const files = loadedAtInit(made.metafile);
    expect(files).toHaveLength(2);
    const inputs = files
      .flatMap((file) => Object.keys(made.metafile.outputs[file]?.inputs ?? {}))
      .map((file) => path.basename(file));
    expect(inputs.toSorted()).toEqual(['entry.ts', 'one.ts', 'two.ts']);
  });

  test('is there for what is loaded later, once, whichever way that exports', async () => {
    const loaded = (await import(pathToFileURL(made.entry).href)) as {
      handler: () => Promise<unknown>;
    };
    expect(await loaded.handler()).toEqual([
      'one',
      'two',
      'one later',
      true,
      'one by default',
      '\n',
    ]);
    expect(globalThis).toMatchObject({ started: 1 });
  });

  test('leaves CommonJS that is loaded later as it was', async () => {
    const vendor = await bundleEntry(path.join(folder, 'vendor.ts'), path.join(folder, 'vendor'));
    const loaded = (await import(pathToFileURL(vendor.entry).href)) as {
      handler: () => Promise<unknown>;
    };
    expect(await loaded.handler()).toEqual(['one', 'CommonJS']);
  });
});
