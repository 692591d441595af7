import type { Agent } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Surroundings } from '../../model/surroundings.ts';
import type { KubernetesConnection } from '../../rule/connection-kinds.ts';
import { PlatformError } from '../errors.ts';

/** What one request needs beside its path: headers and TLS material that are valid now. */
export interface Authorized {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Readonly<{
    ca?: string | Buffer;
    cert?: string | Buffer;
    key?: string | Buffer;
    servername?: string;
    rejectUnauthorized?: boolean;
  }>;
  /** The way through a proxy that the kubeconfig names; undefined = straight. */
  readonly proxy: Agent | undefined;
}

/** One API server and the right to use it. */
export interface Access {
  /** `https://host:port`, with a path where there is one, no slash at the end. */
  readonly server: string;
  /** Rejects with a PlatformError where there are no credentials to be had. */
  authorize(signal: AbortSignal): Promise<Authorized>;
  /** The server refused the credentials: what is kept of them is not used again. */
  forget(): void;
}

/** Finds the API server; asked anew after a failure, and the answer is kept after a success. */
export type Connect = (signal: AbortSignal) => Promise<Access>;

/** The way to the cluster of a connection: an EKS cluster by name, or a kubeconfig. */
export function connectTo(
  connection: string,
  settings: KubernetesConnection,
  surroundings: Surroundings,
): Connect {
  const { eks, kubeconfig, context } = settings;
  return async (signal) => {
    if (eks !== undefined && (kubeconfig !== undefined || context !== undefined)) {
      throw new PlatformError(
        'REFUSED',
        `The connection ${connection} has both eks and kubeconfig or context`,
        'Keep the one that is meant in connections.yml.',
      );
    }
    if (eks !== undefined) {
      const { connectToEks } = await import('./eks.ts');
      return connectToEks({ connection, cluster: eks, ...surroundings }, signal);
    }
    const { readKubeconfig } = await import('./kubeconfig.ts');
    const path = atHome(kubeconfig ?? '~/.kube/config', homedir());
    return readKubeconfig({ connection, path, context });
  };
}

/** A path in which a leading ~ is the home folder. */
export const atHome = (path: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
