import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';

import { type Bundle, bundle } from '../../infra/bundle.ts';
import { loadedAtInit } from '../../infra/loaded-at-init.ts';

/*
 * What a cold start of the tick has to load: bytes before the first call, their import in fresh
 * processes, and the size of the zip. `--explain` lists what the bytes are made of. A megabyte of
 * these figures has 1024 × 1024 bytes, as Lambda counts.
 */
const KB = 1024;
const INIT_BAR_BYTES = 330 * KB;
const IMPORT_BAR_MS = 45;
/** Two cores are shared with whatever else runs, so the least of ten tells more than any mean. */
const PROCESSES = 10;

/** Vendors that only a rule which needs them may load, as they appear in paths. */
const ONLY_ON_DEMAND =
  /node_modules\/(?:@kubernetes\/client-node|undici|kafkajs|@aws-sdk\/client-(?:kafka|eks|ssm|secrets-manager)|yaml|croner)\//;

function print(name: string, value: number, unit: string, bar: number | null): boolean {
  const ok = bar === null || value <= bar;
  const line = { bench: 'cold-start', name, value, unit, bar, ok };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return ok;
}

function importMillis(entry: string): number {
  const script = `const start = performance.now();
    await import(${JSON.stringify(pathToFileURL(entry).href)});
    process.stdout.write(String(performance.now() - start));`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { encoding: 'utf8', timeout: 30_000 },
  );
  if (status !== 0) throw new Error(`the bundle cannot be imported: ${stderr}`);
  return Number(stdout);
}

/** Bytes of the zip as deflate makes them, with the 76 bytes and two names that frame each file. */
function zipBytes(folder: string): number {
  return readdirSync(folder)
    .filter((file) => !file.endsWith('.map'))
    .map(
      (file) => deflateRawSync(readFileSync(path.join(folder, file))).length + 76 + 2 * file.length,
    )
    .reduce((sum, bytes) => sum + bytes, 0);
}

function explain({ metafile }: Bundle): void {
  const sizes = new Map<string, number>();
  for (const output of loadedAtInit(metafile)) {
    for (const [input, { bytesInOutput }] of Object.entries(
      metafile.outputs[output]?.inputs ?? {},
    )) {
      const owner =
        /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ??
        input.split('/').slice(0, 3).join('/');
      sizes.set(owner, (sizes.get(owner) ?? 0) + bytesInOutput);
    }
  }
  for (const [owner, bytes] of [...sizes].toSorted(([, one], [, other]) => other - one)) {
    if (bytes > KB) process.stderr.write(`${String(bytes).padStart(8)}  ${owner}\n`);
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'rubato-cold-start-'));
try {
  const made = await bundle('tick', folder);
  const { outputs } = made.metafile;
  const loaded = loadedAtInit(made.metafile);
  const init = loaded.reduce((sum, output) => sum + (outputs[output]?.bytes ?? 0), 0);
  const intruders = new Set(
    loaded
      .flatMap((output) => Object.keys(outputs[output]?.inputs ?? {}))
      .flatMap((input) => ONLY_ON_DEMAND.exec(input)?.[0] ?? []),
  );
  const times = Array.from({ length: PROCESSES }, () => importMillis(made.entry));
  const results = [
    print('init-bytes', init, 'bytes', INIT_BAR_BYTES),
    print('vendors-loaded-at-init', intruders.size, 'vendors', 0),
    print('import-min-of-10', Math.round(Math.min(...times) * 10) / 10, 'ms', IMPORT_BAR_MS),
    // Kubernetes and Kafka are two thirds of it, in chunks that only some rules load.
    print('zip-bytes', zipBytes(folder), 'bytes', null),
  ];
  for (const intruder of intruders) process.stderr.write(`loaded at init: ${intruder}\n`);
  if (process.argv.includes('--explain')) explain(made);
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
