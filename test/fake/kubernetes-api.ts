import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

import type { Certificate } from './certificate.ts';

/** What the server does with a request: an answer, or one of the ways to fail to give one. */
export type Reaction =
  | {
      readonly status: number;
      /** An object is sent as JSON, a text as it is. */
      readonly body?: object | string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Never answers. */
  | 'hang'
  /** Sends the head of an answer and then nothing more. */
  | 'hang in the body'
  /** Closes the connection without an answer. */
  | 'cut'
  /** Closes the connection in the middle of the body. */
  | 'cut in the body';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  /** Which connection it came over, counted from 1. */
  readonly connection: number;
}

export interface KubernetesApi {
  /** http or https, on the loopback interface. */
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Connections that were opened so far. */
  connections(): number;
  /** The next requests whose `METHOD /path` contains `request` get these, in turn, the last for ever. */
  on(request: string, ...reactions: readonly (Reaction | ((seen: Seen) => Reaction))[]): void;
  close(): Promise<void>;
}

/** The body of an error as an API server sends it. */
export const status = (code: number, reason: string, message: string): Reaction => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code },
});

/**
 * An HTTP server that answers what a test says, for faults that no real API server can be asked
 * for. It knows nothing of Kubernetes but the form of its errors: what is not told is a 404.
 */
export async function createKubernetesApi(certificate?: Certificate): Promise<KubernetesApi> {
  const seen: Seen[] = [];
  const routes: { request: string; reactions: (Reaction | ((seen: Seen) => Reaction))[] }[] = [];
  const numbers = new Map<Socket, number>();

  const react = (request: Seen): Reaction => {
    const route = routes.find((each) => `${request.method} ${request.path}`.includes(each.request));
    const next =
      route && route.reactions.length > 1 ? route.reactions.shift() : route?.reactions[0];
    if (next === undefined) return status(404, 'NotFound', `${request.path} not found`);
    return typeof next === 'function' ? next(request) : next;
  };
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const request: Seen = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: await bodyOf(incoming),
      connection: numbers.get(incoming.socket) ?? 0,
    };
    seen.push(request);
    send(react(request), response);
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    // A client that goes away in the middle of its request is no fault of the test.
    handle(incoming, response).catch(() => response.destroy());
  };
  const server = certificate
    ? https.createServer({ key: certificate.key, cert: certificate.certificate }, listener)
    : http.createServer(listener);
  server.on(certificate ? 'secureConnection' : 'connection', (socket: Socket) => {
    numbers.set(socket, numbers.size + 1);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`,
    seen,
    connections: () => numbers.size,
    on(request, ...reactions) {
      routes.unshift({ request, reactions: [...reactions] });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? undefined : JSON.parse(text);
}

function send(reaction: Reaction, response: ServerResponse): void {
  if (reaction === 'hang') return;
  if (reaction === 'cut') {
    response.destroy();
    return;
  }
  if (reaction === 'hang in the body' || reaction === 'cut in the body') {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
    response.write('{"items":[');
    if (reaction === 'cut in the body') setImmediate(() => response.destroy());
    return;
  }
  const { body = {}, headers } = reaction;
  response.writeHead(reaction.status, { 'Content-Type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
