import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Plugin, PluginBuild } from 'esbuild';

/** The AWS SDK's ES modules: generated, regular, and declared free of side effects. */
const SDK_MODULE = /node_modules\/@(?:aws-sdk|smithy)\/.+\/dist-es\/.+\.js$/;
const SDK_MANIFEST = /node_modules\/@aws-sdk\/[^/]+\/package\.json$/;
const NAMED_IMPORT = /^import \{([^}]+)\} from ["']([^"']+)["'];$/gm;
const NAMED_EXPORT = /^export \{([^}]+)\} from ["']([^"']+)["'];$/gm;
const ALL_EXPORTS = /^export \* from ["']([^"']+)["'];$/gm;

interface Origin {
  readonly file: string;
  readonly name: string;
}

interface Exports {
  readonly source: string;
  /** Names that are passed on from one other file. */
  readonly passed: ReadonlyMap<string, Origin>;
  /** Files all of whose names are passed on. */
  readonly all: readonly string[];
}

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
 * Loads less of the AWS SDK, with three changes to how its modules are bundled:
 *
 * They import from the module that defines a name and not from the index that passes it on. esbuild
 * shares code between chunks by whole files, and an index reaches every file of its package:
 * without this, what only the lazily loaded clients use (XML, query and REST protocols) is loaded
 * at each start because DynamoDB's client names the same index.
 *
 * Of a package.json, which clients read for their version, only the version is kept.
 *
 * An LRU cache of 8 KB that DynamoDB's client makes and does not use is one of a few lines.
 */
export function leanSdk(): Plugin {
  return {
    name: 'lean-sdk',
    setup(build) {
      const resolve = createResolver(build);
      const find = createFinder(resolve);
      build.onResolve({ filter: LRU_CACHE }, () => ({ path: 'lru-cache', namespace: 'small' }));
      build.onLoad({ filter: /.*/, namespace: 'small' }, () => ({ contents: SMALL_LRU_CACHE }));
      build.onLoad({ filter: SDK_MODULE }, async ({ path: file }) => {
        const source = await readFile(file, 'utf8');
        return { contents: await straighten(source, file, resolve, find), loader: 'js' };
      });
      build.onLoad({ filter: SDK_MANIFEST }, async ({ path: file }) => {
        const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
        return { contents: JSON.stringify({ version }), loader: 'json' };
      });
    },
  };
}

/** The SDK module that `from` means in `file`; `undefined` for Node's own modules and other vendors. */
type Resolve = (from: string, file: string) => Promise<string | undefined>;
/** Where a name that `file` exports is defined; `undefined` where that cannot be told. */
type Find = (file: string, name: string) => Promise<Origin | undefined>;

function createResolver(build: PluginBuild): Resolve {
  const known = new Map<string, Promise<string | undefined>>();
  const ask = async (from: string, resolveDir: string): Promise<string | undefined> => {
    const { path: found } = await build.resolve(from, { resolveDir, kind: 'import-statement' });
    return SDK_MODULE.test(found) ? found : undefined;
  };
  return (from, file) => {
    const folder = path.dirname(file);
    const key = `${folder} ${from}`;
    const found = known.get(key) ?? ask(from, folder);
    known.set(key, found);
    return found;
  };
}

async function straighten(
  source: string,
  file: string,
  resolve: Resolve,
  find: Find,
): Promise<string> {
  let straight = source;
  for (const [statement, list = '', from = ''] of source.matchAll(NAMED_IMPORT)) {
    const index = await resolve(from, file);
    if (index === undefined) continue;
    const imports: string[] = [];
    for (const [name, local] of namesOf(list)) {
      const origin = (await find(index, name)) ?? { file: index, name };
      imports.push(`import { ${origin.name} as ${local} } from ${JSON.stringify(origin.file)};`);
    }
    straight = straight.replace(statement, () => imports.join(' '));
  }
  return straight;
}

/** `a, b as c` as pairs of the name over there and the name here. */
const namesOf = (list: string): readonly (readonly [string, string])[] =>
  list
    .split(',')
    .map((item) => item.trim().split(' as '))
    .flatMap(([name = '', local = name]) => (name === '' ? [] : [[name, local] as const]));

function createFinder(resolve: Resolve): Find {
  const known = new Map<string, Promise<Exports>>();
  const exportsOf = (file: string): Promise<Exports> => {
    const found = known.get(file) ?? readExports(file, resolve);
    known.set(file, found);
    return found;
  };
  const find: Find = async (file, name) => {
    const { source, passed, all } = await exportsOf(file);
    const through = passed.get(name);
    if (through) return (await find(through.file, through.name)) ?? through;
    if (defines(source, name)) return { file, name };
    for (const other of all) {
      const origin = await find(other, name);
      if (origin) return origin;
    }
    return undefined;
  };
  return find;
}

async function readExports(file: string, resolve: Resolve): Promise<Exports> {
  const source = await readFile(file, 'utf8');
  const passed = new Map<string, Origin>();
  for (const [, list = '', from = ''] of source.matchAll(NAMED_EXPORT)) {
    const beside = await resolve(from, file);
    if (beside === undefined) continue;
    for (const [name, here] of namesOf(list)) passed.set(here, { file: beside, name });
  }
  const all: string[] = [];
  for (const [, from = ''] of source.matchAll(ALL_EXPORTS)) {
    const beside = await resolve(from, file);
    if (beside !== undefined) all.push(beside);
  }
  return { source, passed, all };
}

/** Whether a module has a name of its own: `export const x`, `export class x`, `export { y as x }`. */
function defines(source: string, name: string): boolean {
  const escaped = name.replaceAll('$', String.raw`\$`);
  const declared = String.raw`^export (?:const|let|var|async function\*?|function\*?|class) ${escaped}(?![\w$])`;
  const listed = String.raw`^export \{[^}]*(?<![\w$])${escaped}(?![\w$])[^}]*\};`;
  return new RegExp(`${declared}|${listed}`, 'm').test(source);
}
