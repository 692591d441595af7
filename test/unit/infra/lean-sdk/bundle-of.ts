import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { bundleEntry } from '../../../../infra/bundle.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
let folder: Promise<string> | undefined;

/** Where this test file's bundles are, until `removeBundles`. */
export const bundlesFolder = (): Promise<string> =>
  (folder ??= mkdtemp(path.join(tmpdir(), 'rubato-lean-sdk-')));

export async function removeBundles(): Promise<void> {
  await rm(await bundlesFolder(), { recursive: true });
}

/** The module that comes of bundling `source`; `name` is one of its own in this test file. */
export async function bundleOf<Module>(name: string, source: string): Promise<Module> {
  const entry = path.join(await bundlesFolder(), `${name}.ts`);
  await writeFile(entry, source);
  const made = await bundleEntry(entry, path.join(await bundlesFolder(), name));
  return (await import(pathToFileURL(made.entry).href)) as Module;
}

/** A file of the project as a text to import from, given from the project's root. */
export const moduleOf = (file: string): string => JSON.stringify(path.join(ROOT, file));
