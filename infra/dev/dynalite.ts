import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import dynalite from 'dynalite';

/** The embedded DynamoDB takes any; these say in its log and in ours that they are no secret. */
export const EMBEDDED_CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
/** The embedded DynamoDB has no regions, but a client must name one. */
export const EMBEDDED_REGION = 'local';

const HOST = '127.0.0.1';

export interface EmbeddedStoreOptions {
  /** Where the data stays between runs; in memory without one. */
  readonly folder?: string;
  /** 0 = any free one. */
  readonly port: number;
}

export interface EmbeddedStore {
  /** A URL for DynamoDB clients on this machine. */
  readonly endpoint: string;
  /** Ends open requests and closes the data. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * DynamoDB in this process, on loopback only (dynalite). A second start on the same folder goes on
 * where the first ended, however that one ended. Rejects when the port is taken, or when another
 * process that is still running has the folder.
 */
export async function startEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const { folder, port } = options;
  const unlock = folder === undefined ? () => {} : lock(folder);
  const data = folder === undefined ? {} : { path: path.join(folder, 'dynamodb') };
  const server = dynalite({ ...data, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  surviveAbortedRequests(server);
  try {
    await listen(server, port);
  } catch (error) {
    // The data is open by now, and only a server that listens closes it.
    await listen(server, 0);
    await stop(server);
    unlock();
    throw error;
  }
  const { port: actual } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    endpoint: `http://${HOST}:${actual}`,
    close: () => (closing ??= stop(server).finally(unlock)),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const what = cause.code === 'EADDRINUSE' ? 'is already in use' : `failed: ${cause.message}`;
      const text = `Port ${port} of ${HOST} ${what}. Stop what uses it, or choose another port.`;
      reject(new Error(text, { cause }));
    });
    server.listen(port, HOST, resolve);
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Clients keep connections open for their next request, which a plain close would wait for.
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/**
 * dynalite answers the error of a request with a throw, so that one client that hangs up in the
 * middle of a request would end this process. Without a listener Node ends the request in silence.
 */
function surviveAbortedRequests(server: Server): void {
  server.prependListener('request', (request: IncomingMessage) => {
    const on = request.on.bind(request) as (event: string, listener: () => void) => unknown;
    Object.assign(request, {
      on: (event: string, listener: () => void) =>
        event === 'error' ? request : on(event, listener),
    });
  });
}

/** Folders that are open in this very process, which the pid in a lock cannot tell. */
const open = new Set<string>();

/**
 * Claims a folder for this process, because two that opened the same data would both fail in a way
 * that cannot be caught. A lock whose process is gone is taken over. Answers how to give it back.
 */
function lock(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const file = path.resolve(folder, 'lock');
  const owner = readOwner(file);
  if (open.has(file) || (owner !== undefined && owner !== process.pid && isRunning(owner))) {
    throw new Error(
      `${folder} is in use by process ${owner ?? process.pid}. Stop that one first; ` +
        `if it is not Rubato, delete ${file}.`,
    );
  }
  writeFileSync(file, `${process.pid}\n`);
  open.add(file);
  return () => {
    rmSync(file, { force: true });
    open.delete(file);
  };
}

function readOwner(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
