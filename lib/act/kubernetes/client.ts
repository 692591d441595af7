import http from 'node:http';
import https from 'node:https';

import type { Clock } from '../../model/clock.ts';
import { elapsed, type Millis, millis } from '../../model/units.ts';
import { PlatformError } from '../errors.ts';
import type { Access, Authorized, Connect } from './access.ts';
import { answerFault, type Calling, malformedFault, noAnswerFault, timeFault } from './faults.ts';
import { raced } from './raced.ts';
import { type HttpAnswer, MAX_CONNECTIONS, send, TooLargeError } from './request.ts';

/** A server that is busy is asked again so often, if it says when and that is soon enough. */
const MAX_BUSY_RETRIES = 2;

/** How long to wait after a 429 without a Retry-After that can be read. */
const DEFAULT_RETRY_AFTER = millis(1000);

export interface Call {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** From the server's root, escaped, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly contentType?: string;
  readonly accept?: string;
  /** For errors, to read after "while". */
  readonly doing: string;
  /** For a 403: the permission it takes. */
  readonly needs: string;
  readonly signal: AbortSignal;
}

/** JSON over HTTP with one API server. */
export interface Client {
  /**
   * The decoded body of a success. Rejects with a PlatformError for every other answer and for
   * none, within the connection's time limit, which holds for the call with its retries, and as
   * soon as the signal is aborted.
   */
  call(call: Call): Promise<unknown>;
  close(): void;
}

export interface ClientOptions {
  readonly connection: string;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly timeout: Millis;
}

export function createClient(options: ClientOptions): Client {
  const agents = createAgents();
  let connected: Promise<Access> | undefined;
  const calling = (call: Call, server: string): Calling => ({
    connection: options.connection,
    server,
    doing: call.doing,
    needs: call.needs,
    timeoutMs: options.timeout,
  });

  /** One way to the server for all calls: none of them may end it for the others. */
  function access(): Promise<Access> {
    if (connected) return connected;
    const limit = AbortSignal.timeout(options.timeout);
    const mine = options.connect(limit).catch((error: unknown) => {
      // A failure is not kept; a later call that has begun anew is not disturbed.
      if (connected === mine) connected = undefined;
      throw limit.aborted ? noConnectionInTime(options) : error;
    });
    connected = mine;
    return mine;
  }

  return {
    async call(call) {
      const limit = AbortSignal.any([call.signal, AbortSignal.timeout(options.timeout)]);
      const about = { server: 'address not known yet' };
      try {
        const there = await raced(access(), limit);
        about.server = there.server;
        const authorized = await there.authorize(limit);
        const sending = { call, access: there, authorized, limit, agents };
        const answer = await patiently(sending, options);
        if (answer.status === 401) there.forget();
        const secret = authorized.headers['Authorization']?.replace(/^\w+ /, '') ?? '';
        const whose = calling(call, there.server);
        if (answer.status < 200 || answer.status > 299) throw answerFault(answer, whose, secret);
        return decode(answer, whose);
      } catch (error) {
        if (error instanceof PlatformError) {
          // An address that ceased to be right, as of a cluster that was created anew.
          if (error.code === 'UNREACHABLE') connected = undefined;
          throw error;
        }
        if (limit.aborted) throw timeFault(calling(call, about.server), call.signal.aborted);
        if (!isNetworkError(error)) throw error;
        connected = undefined;
        throw noAnswerFault(error, calling(call, about.server));
      }
    },
    close() {
      agents.close();
      connected = undefined;
    },
  };
}

const noConnectionInTime = ({ connection, timeout }: ClientOptions): PlatformError =>
  new PlatformError(
    'TIMED_OUT',
    `The API server of ${connection} could not be found within ${timeout} ms`,
    'The next tick tries again; if it stays, raise timeout of the connection.',
  );

interface Sending {
  readonly call: Call;
  readonly access: Access;
  readonly authorized: Authorized;
  readonly limit: AbortSignal;
  readonly agents: Agents;
}

/** Sends, and again when the server is busy and says when to come back within the time limit. */
async function patiently(sending: Sending, options: ClientOptions): Promise<HttpAnswer> {
  const began = options.clock.now();
  for (let retries = 0; ; retries += 1) {
    const answer = await once(sending);
    if (answer.status !== 429 || retries >= MAX_BUSY_RETRIES) return answer;
    const wait = retryAfter(answer.retryAfter);
    if (elapsed(began, options.clock.now()) + wait >= options.timeout) return answer;
    await options.clock.sleep(wait, sending.limit);
  }
}

/** Only the form in seconds is used by API servers; the other one would need the server's clock. */
const retryAfter = (header: string | undefined): Millis =>
  header !== undefined && /^\d{1,6}$/.test(header)
    ? millis(Number(header) * 1000)
    : DEFAULT_RETRY_AFTER;

function once({ call, access, authorized, limit, agents }: Sending): Promise<HttpAnswer> {
  const url = new URL(`${access.server}${call.path}`);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const type = body === undefined ? {} : { 'Content-Type': call.contentType ?? 'application/json' };
  return send({
    url,
    method: call.method,
    headers: {
      Accept: call.accept ?? 'application/json',
      'User-Agent': 'rubato',
      ...type,
      ...authorized.headers,
    },
    body,
    tls: authorized.tls,
    agent: authorized.proxy ?? agents.of(url.protocol),
    signal: limit,
  });
}

function decode(answer: HttpAnswer, calling: Calling): unknown {
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    throw malformedFault(calling, 'something that is not JSON');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw malformedFault(calling, 'JSON that is no object');
}

/** Errors of sockets and TLS carry a code, and so do those of a connection cut in mid-answer. */
const isNetworkError = (error: unknown): boolean =>
  error instanceof TooLargeError ||
  (error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string');

interface Agents {
  of(protocol: string): http.Agent;
  close(): void;
}

/** Connections that are kept between requests and ticks; after `close` new ones are made at need. */
function createAgents(): Agents {
  const keep = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
  const kept = new Map<string, http.Agent>();
  return {
    of(protocol) {
      const found = kept.get(protocol);
      if (found) return found;
      const made = protocol === 'http:' ? new http.Agent(keep) : new https.Agent(keep);
      kept.set(protocol, made);
      return made;
    },
    close() {
      for (const agent of kept.values()) agent.destroy();
      kept.clear();
    },
  };
}
