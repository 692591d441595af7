import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { parseDocument } from 'yaml';

import { connectionKinds } from '../lib/rule/connection-kinds.ts';
import { parseConnections } from '../lib/rule/parse-connections.ts';
import type { Connections } from '../lib/rule/vocabulary.ts';

export interface ConnectionsFile {
  /** As the file has them, for `connections.json`. */
  readonly written: unknown;
  readonly connections: Connections;
}

/**
 * Reads connections.yml while the service is packaged, so that a mistake ends the deployment and
 * not the first tick, and Lambda needs no YAML. Rejects with one line that names every problem;
 * no value of the file is repeated, for it may be a secret in the wrong place.
 */
export async function readConnectionsFile(file: string): Promise<ConnectionsFile> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code})`;
    throw new Error(
      `${file} ${what}. It names the endpoints that rules may use: write one, or name another with --param="connections=FILE".`,
      { cause },
    );
  });
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw new Error(`${file}:${line}:${col} is not valid YAML (${error.code}).`);
  }
  const written: unknown = document.toJS() ?? {};
  const parsed = parseConnections(written, {
    connections: connectionKinds,
    metrics: {},
    targets: {},
  });
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ path: at, message }) => `${at}: ${message}`);
    throw new Error(`${file} is not valid: ${problems.join('; ')}.`);
  }
  return { written, connections: parsed.connections };
}

/** Puts the connections beside a bundle, where the handlers look for them. */
export async function writeConnections(
  { written }: ConnectionsFile,
  outdir: string,
): Promise<void> {
  await writeFile(path.join(outdir, 'connections.json'), `${JSON.stringify(written)}\n`);
}
