import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request for an object, as it came. */
export interface S3Request {
  readonly method: string;
  /** `/bucket/key`, decoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A server at S3's place on the loopback interface that takes objects and remembers each request. */
export interface S3Bucket {
  readonly endpoint: string;
  readonly requests: readonly S3Request[];
  close(): Promise<void>;
}

/** Takes PUTs as a bucket does whose policy grants nothing else: all other requests are denied. */
export async function startS3Bucket(): Promise<S3Bucket> {
  const requests: S3Request[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '/', headers } = request;
    const path = decodeURIComponent(new URL(url, 'http://s3.test').pathname);
    requests.push({ method, path, headers, body: await buffer(request) });
    response.writeHead(method === 'PUT' ? 200 : 403, { etag: '"1"' }).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
