import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { build, type Metafile } from 'esbuild';

import { leanSdk } from './lean-sdk.ts';
import { oneStartFile } from './one-start-file.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * Some vendors' CommonJS calls `require` for Node's own modules, which an ES module does not have.
 */
const REQUIRE_FOR_VENDORS =
  "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);";

export interface Bundle {
  /** The module that Lambda loads, absolute. */
  readonly entry: string;
  /** What each file holds and imports; paths are relative to the project's root. */
  readonly metafile: Metafile;
}

/**
 * Bundles `functions/<name>.ts` with all it imports into `outdir`, which is emptied first: an
 * `index.js` and one chunk for what every start needs, and chunks beside them for each vendor that
 * only some rules need. The same sources always give the same bytes. Source maps lie beside the
 * code, unlinked: they serve those who read a stack, and are not deployed.
 */
export async function bundle(name: string, outdir: string): Promise<Bundle> {
  return bundleEntry(path.join(ROOT, 'functions', `${name}.ts`), outdir);
}

/** As `bundle`, for any module. */
export async function bundleEntry(module: string, outdir: string): Promise<Bundle> {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { index: module },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK's ES modules; its CommonJS, esbuild's default for Node, takes twice as long to load.
    mainFields: ['module', 'main'],
    conditions: ['module'],
    minify: true,
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    plugins: [oneStartFile(module), leanSdk()],
    // What is wrong is in the rejection.
    logLevel: 'silent',
    banner: { js: REQUIRE_FOR_VENDORS },
  });
  // Lambda and `invoke local` take the nearest package.json's word for what a .js file is.
  await writeFile(path.join(outdir, 'package.json'), '{"type":"module"}\n');
  return { entry: path.join(outdir, 'index.js'), metafile };
}
