import type { Metafile } from 'esbuild';

/** The files of a bundle that are loaded before the first call: the entry and its static imports. */
export function loadedAtInit({ outputs }: Metafile): readonly string[] {
  const entry = Object.keys(outputs).find((name) => name.endsWith('/index.js'));
  const loaded = new Set<string>(entry === undefined ? [] : [entry]);
  // A set also visits what is added while it is walked.
  for (const name of loaded) {
    for (const { path, kind, external } of outputs[name]?.imports ?? []) {
      if (kind !== 'dynamic-import' && external !== true) loaded.add(path);
    }
  }
  return [...loaded];
}
