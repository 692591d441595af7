import { readFile } from 'node:fs/promises';

import type { Plugin } from 'esbuild';

import { changed, refuseUnread } from './lean-sdk/changes.ts';
import { createIndexes, halfOf, OWN, SDK_MODULE } from './lean-sdk/indexes.ts';

const SDK_MANIFEST = /node_modules\/@aws-sdk\/[^/]+\/package\.json$/;

/** What the SDK's cache of discovered endpoints is made from, by name. */
const LRU_CACHE = /^mnemonist\/lru-cache$/;

/**
 * The five methods the SDK uses of that cache, over a Map, which keeps its keys in order of use
 * when each use sets them again. DynamoDB's client makes one at each start and uses it only where
 * endpoint discovery is switched on.
 */
const SMALL_LRU_CACHE = `export default class {
  #kept = new Map(); #capacity;
  constructor(capacity) { this.#capacity = capacity; }
  has(key) { return this.#kept.has(key); }
  peek(key) { return this.#kept.get(key); }
  get(key) { const value = this.#kept.get(key); if (this.#kept.delete(key)) this.#kept.set(key, value); return value; }
  set(key, value) {
    this.#kept.delete(key); this.#kept.set(key, value);
    if (this.#kept.size > this.#capacity) this.#kept.delete(this.#kept.keys().next().value);
  }
  clear() { this.#kept.clear(); }
}`;

/**
 * Loads less of the AWS SDK, with four changes to how its modules are bundled:
 *
 * They import from the module that defines a name and not from the index that passes it on. esbuild
 * shares code between chunks by whole files, and an index reaches every file of its package:
 * without this, what only the lazily loaded clients use (XML, query and REST protocols) is loaded
 * at each start because DynamoDB's client names the same index. An index that also defines names is
 * two modules for that, its own half and the rest.
 *
 * What DynamoDB's client names and a tick does not run is left out or made lazy: `CHANGES`.
 *
 * Of a package.json, which clients read for their version, only the version is kept.
 *
 * An LRU cache of 8 KB that DynamoDB's client makes and does not use is one of a few lines.
 */
export function leanSdk(): Plugin {
  return {
    name: 'lean-sdk',
    setup(build) {
      const indexes = createIndexes(build);
      const read = new Set<string>();
      build.onResolve({ filter: LRU_CACHE }, () => ({ path: 'lru-cache', namespace: 'small' }));
      build.onLoad({ filter: /.*/, namespace: 'small' }, () => ({ contents: SMALL_LRU_CACHE }));
      build.onLoad({ filter: SDK_MODULE }, async ({ path: file, suffix }) => {
        read.add(file);
        const source = changed(await readFile(file, 'utf8'), file);
        const half = halfOf(source, file, suffix === OWN);
        return { contents: await indexes.straighten(half, file), loader: 'js' };
      });
      build.onLoad({ filter: SDK_MANIFEST }, async ({ path: file }) => {
        const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
        return { contents: JSON.stringify({ version }), loader: 'json' };
      });
      build.onEnd(({ errors }) => {
        if (errors.length === 0) refuseUnread(read);
      });
    },
  };
}
