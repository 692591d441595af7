import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Plugin } from 'esbuild';

const NAMESPACE = 'one-start-file';
const EXPORT = /^export\b/m;
const DEFAULT_EXPORT = /^export default|\bas default\b/m;

/**
 * Puts all that `entry`, absolute, needs at its start into one chunk.
 *
 * esbuild gives each set of entry points that share code a chunk of its own, and each `import()` is
 * such an entry: one start loaded 33 files, each found, read and linked by itself. Here whatever is
 * loaded later imports the entry first, which costs it nothing, for that is loaded by then. So all
 * entries share all code of the start, which is one set and one chunk.
 *
 * A module must not await an `import()` of its own while it starts: the two would wait for each other.
 */
export function oneStartFile(entry: string): Plugin {
  return {
    name: 'one-start-file',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path: from, kind, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === NAMESPACE) return undefined;
        const found = await build.resolve(from, { resolveDir, kind, pluginData: NAMESPACE });
        const isFile = found.errors.length === 0 && !found.external && found.namespace === 'file';
        if (!isFile) return undefined;
        const source = await readFile(found.path, 'utf8');
        // CommonJS stays as it is: what it exports cannot be passed on, and it shares no code.
        return EXPORT.test(source) ? { path: found.path, namespace: NAMESPACE } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path: file }) => {
        const hasDefault = DEFAULT_EXPORT.test(await readFile(file, 'utf8'));
        const names = hasDefault ? ['*', '{ default }'] : ['*'];
        const passedOn = names.map((one) => `export ${one} from ${JSON.stringify(file)};`);
        return {
          contents: [`import ${JSON.stringify(entry)};`, ...passedOn].join('\n'),
          resolveDir: path.dirname(file),
        };
      });
    },
  };
}
