import { readFile } from 'node:fs/promises';
import type { Agent, RequestOptions } from 'node:https';
import { dirname } from 'node:path';

// Named imports keep the bundle to what is used: the package's namespace is three times as large.
import { type Cluster, KubeConfig, type User } from '@kubernetes/client-node';

import { nearest } from '../../model/nearest.ts';
import { PlatformError } from '../errors.ts';
import type { Access, Authorized } from './access.ts';
import { raced } from './raced.ts';

export interface KubeconfigPlace {
  readonly connection: string;
  /** Absolute, or from the working folder. */
  readonly path: string;
  /** undefined = the file's current context. */
  readonly context: string | undefined;
}

/**
 * A cluster by a kubeconfig. The package reads the file and knows all the ways to authenticate
 * (tokens, token files, certificates, OIDC, exec plugins); the requests are our own, because its
 * clients open a new connection for each and heed neither time limit nor signal.
 * Rejects with PlatformError REFUSED that says what is missing in the file.
 */
export async function readKubeconfig(place: KubeconfigPlace): Promise<Access> {
  const config = parse(place, await load(place));
  const { cluster, user } = choose(place, config);
  let pending: Promise<Authorized> | undefined;
  const authorize = async (): Promise<Authorized> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return authorized(options, cluster);
  };
  return {
    server: cluster.server.replace(/\/+$/, ''),
    async authorize(signal) {
      // Calls at the same time share one: a plugin is a program, and would be started for each.
      pending ??= authorize().finally(() => {
        pending = undefined;
      });
      try {
        return await raced(pending, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw noCredentials(place, user, error);
      }
    },
    forget() {
      // Token files and exec plugins keep their own time; nothing is kept here.
    },
  };
}

async function load(place: KubeconfigPlace): Promise<string> {
  try {
    return await readFile(place.path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'an error';
    throw refused(
      `The kubeconfig ${place.path} of the connection ${place.connection} cannot be read (${code})`,
      'Correct kubeconfig in connections.yml, or create the file.',
    );
  }
}

function parse(place: KubeconfigPlace, content: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromString(content);
    config.makePathsAbsolute(dirname(place.path));
    return config;
  } catch (error) {
    // The parser's message quotes the lines around the fault, where tokens are.
    const mark = (error as { mark?: { line?: unknown } }).mark?.line;
    const where = typeof mark === 'number' ? ` (line ${mark + 1})` : '';
    throw refused(
      `The kubeconfig ${place.path} of the connection ${place.connection} is not valid${where}`,
      'Check it with kubectl config view --kubeconfig.',
    );
  }
}

function choose(place: KubeconfigPlace, config: KubeConfig): { cluster: Cluster; user: User } {
  const wanted = place.context ?? config.getCurrentContext();
  const known = config.getContexts().map(({ name }) => name);
  const found = wanted === undefined ? null : config.getContextObject(wanted);
  if (found === null) {
    throw refused(
      wanted === undefined
        ? `The kubeconfig ${place.path} has no current context`
        : `The kubeconfig ${place.path} has no context ${wanted}${nearest(wanted, known)}`,
      `Set context of the connection ${place.connection} to one of: ${known.join(', ') || 'none there'}.`,
    );
  }
  config.setCurrentContext(found.name);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster && user) return { cluster, user };
  throw refused(
    cluster
      ? `The context ${found.name} of ${place.path} names the user ${found.user}, which is not in the file`
      : `The context ${found.name} of ${place.path} names the cluster ${found.cluster}, which is not in the file`,
    'Write the kubeconfig anew with the tool that made it.',
  );
}

function authorized(options: RequestOptions, cluster: Cluster): Authorized {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {}))
    headers[name] = String(value).trim();
  if (typeof options.auth === 'string') {
    headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  const tls: { -readonly [K in keyof Authorized['tls']]: Authorized['tls'][K] } = {};
  if (options.ca !== undefined) tls.ca = options.ca as Buffer;
  if (options.cert !== undefined) tls.cert = options.cert as Buffer;
  if (options.key !== undefined) tls.key = options.key as Buffer;
  if (options.servername !== undefined) tls.servername = options.servername;
  if (options.rejectUnauthorized !== undefined) {
    tls.rejectUnauthorized = options.rejectUnauthorized;
  }
  return { headers, tls, proxy: cluster.proxyUrl ? (options.agent as Agent) : undefined };
}

/** Why an authentication of the kubeconfig gave nothing; what a plugin printed is never repeated. */
function noCredentials(place: KubeconfigPlace, user: User, error: unknown): PlatformError {
  const command = commandOf(user);
  const { code, message } = error as NodeJS.ErrnoException;
  const who = `the user ${user.name} in ${place.path}`;
  if (command !== undefined && (code === 'ENOENT' || code === 'EACCES')) {
    return new PlatformError(
      'UNAUTHENTICATED',
      `${who} gets its credentials from the program ${command}, which ${code === 'ENOENT' ? 'is not installed here' : 'may not be run here'}`,
      `On Lambda no such program exists: give the connection ${place.connection} eks: <cluster name> in place of kubeconfig, or a token.`,
    );
  }
  if (command !== undefined) {
    return new PlatformError(
      'UNAUTHENTICATED',
      `the program ${command}, which gives ${who} its credentials, failed`,
      `Run it by hand, with the arguments that are in the kubeconfig, to see why.`,
    );
  }
  if (/HTTP protocol is not allowed/.test(message ?? '')) {
    return refused(
      `The server of the connection ${place.connection} is an http URL, over which credentials would be sent in the clear`,
      'Use https, or set insecure-skip-tls-verify on the cluster in the kubeconfig.',
    );
  }
  return new PlatformError(
    'UNAUTHENTICATED',
    `${who} has credentials that cannot be read${code === undefined ? '' : ` (${code})`}`,
    'Check the files and tokens that it names, with kubectl auth whoami.',
  );
}

function commandOf(user: User): string | undefined {
  const exec: unknown = user.exec ?? user.authProvider?.config?.['exec'];
  const command = (exec as { command?: unknown } | undefined)?.command;
  return typeof command === 'string' ? command : undefined;
}

const refused = (what: string, advice: string): PlatformError =>
  new PlatformError('REFUSED', what, advice);
