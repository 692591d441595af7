import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { parseDocument } from 'yaml';

import { EMBEDDED_CREDENTIALS } from '../../infra/dev/dynalite.ts';
import { embeddedEnvironment, openEmbedded } from '../../infra/dev/embedded.ts';
import { findRunningStack } from '../../infra/dev/running.ts';
import { localTargetKinds } from '../../infra/dev/stack.ts';
import { type App, createApp, type Parts } from '../app.ts';
import { readConfig } from '../config.ts';
import type { Journal, TickMetrics } from '../record/journal.ts';
import { createFolderRuleStore } from '../store/folder/rule-store.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** What every command may be given. */
export interface CommonOptions {
  /** A folder of YAML files that stands in for the rules table. */
  readonly rules?: string;
  readonly connections?: string;
}

export interface Session {
  readonly app: App;
  close(): Promise<void>;
}

export const stateFolder = (io: Io): string => join(io.cwd, '.rubato');

/**
 * Opens the app for one command. The store is DynamoDB where RULES_TABLE and STATE_TABLE are set;
 * else that of the local stack, if one runs in this folder; else the embedded one, opened for as
 * long as the command takes. A command that `needs` no store opens none.
 */
export async function openSession(
  options: CommonOptions,
  io: Io,
  needs: 'store' | 'no store',
): Promise<Session> {
  const running = findRunningStack(stateFolder(io));
  const connections = moveUrls(await readConnections(options, io), running?.moved ?? {});
  const common = {
    connections,
    env: io.env,
    journal: createCommandJournal(io),
    metrics: NO_METRICS,
    targetKinds: localTargetKinds(stateFolder(io)),
    ports:
      options.rules === undefined
        ? {}
        : { rules: createFolderRuleStore(resolve(io.cwd, options.rules)) },
  };
  if (io.env['RULES_TABLE'] !== undefined || io.env['STATE_TABLE'] !== undefined) {
    const app = createApp({ ...common, config: readConfig(io.env) });
    return { app, close: () => app.close() };
  }
  const own =
    running === undefined && needs === 'store' ? await openEmbedded(stateFolder(io), 0) : undefined;
  const endpoint = running?.endpoint ?? own?.endpoint ?? 'http://127.0.0.1:9';
  const app = createApp({ ...common, ...embeddedParts(io, endpoint) });
  return {
    app,
    close: async () => {
      await app.close();
      await own?.close();
    },
  };
}

/** The figures of a tick are for dashboards; a terminal shows its report. */
export const NO_METRICS: TickMetrics = { record: () => {} };

/** The configuration of an app that keeps its data in the embedded store at `endpoint`. */
export const embeddedParts = (io: Io, endpoint: string): Pick<Parts, 'config' | 'credentials'> => ({
  config: readConfig({
    // A tick every few seconds is a file every few seconds: a day of them is enough on a laptop.
    RECORDINGS: join(stateFolder(io), 'recordings'),
    RECORDINGS_DAYS: '1',
    ...io.env,
    ...embeddedEnvironment(endpoint),
  }),
  credentials: EMBEDDED_CREDENTIALS,
});

const connectionsFile = (options: CommonOptions, io: Io): string =>
  resolve(io.cwd, options.connections ?? 'connections.yml');

/** Where relative paths of connections.yml begin. */
export const connectionsFolder = (options: CommonOptions, io: Io): string =>
  dirname(connectionsFile(options, io));

/** connections.yml as parsed YAML; what is wrong in it, `createApp` says. */
export async function readConnections(options: CommonOptions, io: Io): Promise<unknown> {
  const file = connectionsFile(options, io);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      'Go to the folder that has connections.yml, or name one with --connections FILE.',
      { cause: error },
    );
  }
  // Without the excerpt that pretty errors show: a secret may stand in that line by mistake.
  const document = parseDocument(text, { prettyErrors: false });
  const [fault] = document.errors;
  if (fault !== undefined) {
    throw new UsageError(`${file} is no YAML: ${fault.message}`, 'Correct it and try again.');
  }
  return document.toJS() ?? {};
}

/** URLs that connections name, wherever they stand. */
export const urlsOf = (connections: unknown): readonly string[] =>
  Object.values(Object(connections)).flatMap((connection: unknown) => {
    const { url } = Object(connection) as { readonly url?: unknown };
    return typeof url === 'string' ? [url] : [];
  });

/** The same connections with what is served elsewhere now at its present URL. */
export function moveUrls(connections: unknown, moved: Readonly<Record<string, string>>): unknown {
  if (Object.keys(moved).length === 0) return connections;
  return Object.fromEntries(
    Object.entries(Object(connections) as Record<string, unknown>).map(([name, connection]) => {
      const { url } = Object(connection) as { readonly url?: unknown };
      const to = typeof url === 'string' ? moved[url] : undefined;
      return [name, to === undefined ? connection : { ...Object(connection), url: to }];
    }),
  );
}

/** Says trouble on stderr; changes are in what the command prints anyway. */
function createCommandJournal(io: Io): Journal {
  return {
    change: () => {},
    problem: () => {},
    failure: ({ message }) => {
      io.err(`${message}\n`);
    },
  };
}
