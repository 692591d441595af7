import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTP server on a free loopback port, with a record of what it was asked. */
export interface Endpoint extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly IncomingMessage[];
  /** The most requests that were open at once. */
  readonly mostAtOnce: () => number;
}

export async function startEndpoint(answering: Answering): Promise<Endpoint> {
  const asked: IncomingMessage[] = [];
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    asked.push(request);
    open += 1;
    most = Math.max(most, open);
    response.on('close', () => {
      open -= 1;
    });
    answering(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    mostAtOnce: () => most,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Answers every request with the same JSON text or page. */
export const always =
  (body: string, type = 'application/json', status = 200): Answering =>
  (_, response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };
