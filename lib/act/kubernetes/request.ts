import http from 'node:http';
import https from 'node:https';

import type { Authorized } from './access.ts';

/** Calls at one time, and so connections at most; one after another they share a single one. */
export const MAX_CONNECTIONS = 4;

/** A larger answer is not read to its end: a page of 500 Deployments is 2 to 5 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

/** As many connections as are kept at most, all of which may be stale; the next one is new. */
const MAX_STALE = MAX_CONNECTIONS;

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly tls: Authorized['tls'];
  readonly agent: http.Agent;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** The Retry-After header as it came. */
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** An answer beyond the size that is read. */
export class TooLargeError extends Error {}

/**
 * One request and its whole answer. Rejects with Node's own error where there is no answer, and
 * with the signal's reason once it is aborted, at whatever point that happens.
 *
 * A connection kept from an earlier tick may have been closed at the other end meanwhile (always
 * so on Lambda, which freezes the process between calls): the first use of it then fails before
 * anything was answered, and the request is sent again on another. Every request of this
 * adapter can be sent twice: writes carry a fence or state the whole wish.
 */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  for (let stale = 0; ; stale += 1) {
    const outcome = await attempt(request);
    if (outcome.kind === 'answer') return outcome.answer;
    if (stale >= MAX_STALE) throw outcome.error;
  }
}

type Attempt =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  | { readonly kind: 'stale-connection'; readonly error: Error };

function attempt(request: HttpRequest): Promise<Attempt> {
  const { promise, resolve, reject } = Promise.withResolvers<Attempt>();
  const { url, method, headers, body, tls, agent, signal } = request;
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const outgoing = (url.protocol === 'http:' ? http : https).request(url, {
    ...tls,
    method,
    headers: { ...headers, ...length },
    agent,
    signal,
  });
  let answered = false;
  const fail = (error: Error) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const stale = outgoing.reusedSocket && !answered && isReset(error);
    return stale ? resolve({ kind: 'stale-connection', error }) : reject(error);
  };
  outgoing.on('error', fail);
  outgoing.on('response', (incoming) => {
    answered = true;
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) incoming.destroy(new TooLargeError(`over ${MAX_BYTES} bytes`));
      else chunks.push(chunk);
    });
    incoming.on('error', fail);
    incoming.on('end', () => {
      const status = incoming.statusCode ?? 0;
      const retryAfter = incoming.headers['retry-after'];
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ kind: 'answer', answer: { status, retryAfter, text } });
    });
  });
  outgoing.end(body);
  return promise;
}

const isReset = (error: Error): boolean =>
  ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
