import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { PluginBuild } from 'esbuild';

/** The AWS SDK's ES modules: generated, regular, and declared free of side effects. */
export const SDK_MODULE = /node_modules\/@(?:aws-sdk|smithy)\/.+\/dist-es\/.+\.js$/;
const NAMED_IMPORT = /^import \{([^}]+)\} from ["']([^"']+)["'];$/gm;
const NAMED_EXPORT = /^export \{([^}]+)\} from ["']([^"']+)["'];$/gm;
const ALL_EXPORTS = /^export \* from ["']([^"']+)["'];$/gm;
/** Marks the half of an index that defines names of its own. */
export const OWN = '?own';

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

/** The SDK module that `from` means in `file`; `undefined` for Node's own modules and other vendors. */
type Resolve = (from: string, file: string) => Promise<string | undefined>;
/** Where a name that `file` exports is defined; `undefined` where that cannot be told. */
type Find = (file: string, name: string) => Promise<Origin | undefined>;

export interface Indexes {
  /** The text of `file` with each name imported from where it is defined. */
  straighten(source: string, file: string): Promise<string>;
}

export function createIndexes(build: PluginBuild): Indexes {
  const resolve = createResolver(build);
  const find = createFinder(resolve);
  return { straighten: (source, file) => straighten(source, file, resolve, find) };
}

/**
 * One half of an index that both passes names on and defines some: all it defines, or all it passes
 * on together with the other half. Any other module is whole in its only half.
 */
export function halfOf(source: string, file: string, own: boolean): string {
  if (own) return source.replaceAll(NAMED_EXPORT, '').replaceAll(ALL_EXPORTS, '');
  if (!isSplit(source)) return source;
  const passedOn = [...source.matchAll(NAMED_EXPORT), ...source.matchAll(ALL_EXPORTS)];
  return [`export * from ${JSON.stringify(file + OWN)};`, ...passedOn.map(([line]) => line)].join(
    '\n',
  );
}

/** Whether a module passes names on and has more than that. */
function isSplit(source: string): boolean {
  const rest = source.replaceAll(NAMED_EXPORT, '').replaceAll(ALL_EXPORTS, '');
  return rest !== source && /^export /m.test(rest);
}

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
    if (defines(source, name)) return { file: isSplit(source) ? file + OWN : file, name };
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
