import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { bundleEntry } from '../../../infra/bundle.ts';
import { loadedAtInit } from '../../../infra/loaded-at-init.ts';

const STORE = path.resolve(import.meta.dirname, '../../../lib/store/dynamodb/client.ts');

let folder = '';
let entry = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rubato-bundle-'));
  entry = path.join(folder, 'entry.ts');
  // The two clients are resolved from the project, whose store this is.
  await writeFile(
    entry,
    `import { createDynamoClient } from ${JSON.stringify(STORE)};
     import type { Socket } from 'node:net';
     import { later } from './later.ts';
     export type Unused = Socket;
     export const handler = async () => ({
       region: await createDynamoClient({ region: 'eu-west-1' }).config.region(),
       late: await later(),
     });`,
  );
  const secrets = path.resolve(import.meta.dirname, '../../../lib/aws/secrets.ts');
  await writeFile(
    path.join(folder, 'later.ts'),
    `export const later = async () => typeof (await import(${JSON.stringify(secrets)})).createSecretSource;`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function digest(outdir: string): Promise<Record<string, string>> {
  const files = (await readdir(outdir)).toSorted();
  const hashes = files.map(async (file) => [
    file,
    createHash('md5')
      .update(await readFile(path.join(outdir, file)))
      .digest('hex'),
  ]);
  return Object.fromEntries(await Promise.all(hashes)) as Record<string, string>;
}

describe('a bundle', () => {
  test('is the same bytes each time, wherever it is made and whatever was there before', async () => {
    const [one, other] = [path.join(folder, 'one'), path.join(folder, 'other')];
    await bundleEntry(entry, one);
    await bundleEntry(entry, other);
    const first = await digest(one);
    expect(await digest(other)).toEqual(first);
    await writeFile(path.join(one, 'chunk-STALE.js'), 'stale');
    await bundleEntry(entry, one);
    expect(await digest(one)).toEqual(first);
  });

  test('runs as an ES module without anything beside it', async () => {
    const made = await bundleEntry(entry, path.join(folder, 'run'));
    const loaded = (await import(pathToFileURL(made.entry).href)) as {
      handler: () => Promise<unknown>;
    };
    expect(await loaded.handler()).toEqual({ region: 'eu-west-1', late: 'function' });
    const manifest = await readFile(path.join(folder, 'run', 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).toEqual({ type: 'module' });
  });

  test('loads at init what is imported statically and leaves the rest in chunks', async () => {
    const { metafile } = await bundleEntry(entry, path.join(folder, 'lazy'));
    const loaded = loadedAtInit(metafile);
    const inputs = loaded.flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
    expect(inputs.some((input) => input.endsWith('lib/store/dynamodb/client.ts'))).toBe(true);
    expect(inputs.some((input) => input.endsWith('lib/aws/secrets.ts'))).toBe(false);
    const all = Object.values(metafile.outputs).flatMap(({ inputs: own }) => Object.keys(own));
    expect(all.some((input) => input.includes('client-ssm/'))).toBe(true);
  });

  // What client-ssm and client-secrets-manager bring must not end up in what DynamoDB loads.
  test('does not load the XML and query protocols that only lazy clients use', async () => {
    const { metafile } = await bundleEntry(entry, path.join(folder, 'lean'));
    const loaded = loadedAtInit(metafile).flatMap((file) =>
      Object.entries(metafile.outputs[file]?.inputs ?? {}),
    );
    const foreign = loaded.filter(([input]) =>
      /AwsQuery|XmlShape|RestJson|xml-builder/.test(input),
    );
    expect(foreign.map(([input]) => input)).toEqual([]);
  });

  test('is refused when an import cannot be found', async () => {
    const broken = path.join(folder, 'broken.ts');
    await writeFile(broken, "import { x } from './nowhere.ts'; export const handler = x;");
    await expect(bundleEntry(broken, path.join(folder, 'broken'))).rejects.toThrow('nowhere.ts');
  });
});
