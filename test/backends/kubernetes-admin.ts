import type { OutgoingHttpHeaders } from 'node:http';
import https, { type RequestOptions } from 'node:https';

import { KubeConfig } from '@kubernetes/client-node';

import { at, countAt, listAt, textAt } from '../../lib/act/kubernetes/json.ts';

/** The administrator's hands on a test cluster: plain requests, not through the code under test. */
export interface Admin {
  readonly server: string;
  readonly authority: string;
  call(method: string, path: string, body?: object, contentType?: string): Promise<unknown>;
  /** A new namespace of its own for a test. */
  namespace(): Promise<string>;
  close(): void;
}

/** Whether the cluster is one of this machine: tests must never meet anybody's real one. */
export function isLocal(kubeconfig: string): boolean {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return /^https:\/\/127\.0\.0\.1:\d+$/.test(config.getCurrentCluster()?.server ?? '');
}

export async function openAdmin(kubeconfig: string): Promise<Admin> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8 });
  const server = config.getCurrentCluster()?.server ?? '';
  let made = 0;

  const call: Admin['call'] = (method, path, body, contentType = 'application/json') => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const text = body === undefined ? '' : JSON.stringify(body);
    // Node frames the body of a DELETE only if it is told the length.
    const framing = { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) };
    const headers = { ...(options.headers as OutgoingHttpHeaders), ...framing };
    const all = { ...options, agent, method, headers, signal: AbortSignal.timeout(20_000) };
    const request = https.request(`${server}${path}`, all as RequestOptions, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        const status = response.statusCode ?? 0;
        if (status < 300) resolve(JSON.parse(answer));
        else reject(new Error(`${method} ${path}: ${status} ${answer.slice(0, 500)}`));
      });
    });
    request.on('error', reject);
    request.end(text);
    return promise;
  };

  return {
    server,
    authority: config.getCurrentCluster()?.caData ?? '',
    call,
    async namespace() {
      made += 1;
      const name = `test-${process.pid}-${made}-${Date.now().toString(36)}`;
      await call('POST', '/api/v1/namespaces', { metadata: { name } });
      return name;
    },
    close: () => agent.destroy(),
  };
}

type Labels = Readonly<Record<string, string>>;

/** Where a namespace's objects of a kind are, for the kinds of these tests. */
export const paths = {
  deployments: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
  statefulSets: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
  pods: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
};

export const template = (app: string, image = 'example.org/main:1') => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image }] },
});

export const deployment = (name: string, replicas: number, labels: Labels = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels },
  spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name) },
});

/** Calls `ask` until `accept` says yes; rejects after 30 s with what was seen last. */
export async function until<T>(
  ask: () => Promise<T>,
  accept: (seen: T) => boolean,
  what: string,
): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const seen = await ask();
    if (accept(seen)) return seen;
    if (Date.now() > end) throw new Error(`Never ${what}: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}

/** Whether controllers have done all they will: the spec seen, every pod of it ready, no other. */
export function isSettled(object: unknown): boolean {
  const wanted = countAt(object, 1, 'spec', 'replicas');
  const progressing = listAt(object, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'Progressing',
  );
  return (
    at(object, 'status', 'observedGeneration') === at(object, 'metadata', 'generation') &&
    countAt(object, 0, 'status', 'replicas') === wanted &&
    countAt(object, 0, 'status', 'readyReplicas') === wanted &&
    countAt(object, 0, 'status', 'updatedReplicas') === wanted &&
    textAt(progressing, 'reason') === 'NewReplicaSetAvailable'
  );
}
