import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';

import { KafkaError } from './errors.ts';
import type { BrokerAddress, KafkaRequest } from './requests.ts';

/*
 * The only file that knows kafkajs from inside (2.2.4, pinned). Of it we use what is hard to write
 * well, connections with TLS and SASL and the framing of requests, and nothing that waits, retries
 * or logs on its own. What is used, and held to by the contract tests on a real broker: the symbol
 * that makes a Cluster, its pool's connectionPoolBuilder and createBroker, a broker's connect and
 * versions, its connection pool's send, and the request queue of each connection.
 */

/** What kafkajs needs for SASL; secrets are in here, so it never goes into an error or a log. */
export type KafkaSasl = NonNullable<KafkaConfig['sasl']>;

export interface TlsSettings {
  /** PEM text of the authority to trust; the system's ones without it. */
  readonly ca: string | undefined;
  readonly serverName: string | undefined;
}

export interface WireSettings {
  readonly sasl: KafkaSasl | undefined;
  readonly tls: TlsSettings | undefined;
  /** The longest that connecting may take, and the longest that one request may. */
  readonly timeoutMs: number;
  /** Told the name of every request that was answered, those of kafkajs itself too. */
  readonly onRequest?: (name: string) => void;
}

/** One connection to one broker. */
export interface BrokerLink {
  readonly address: BrokerAddress;
  isOpen(): boolean;
  /** The highest version of a request that the broker knows. */
  newest(api: number): number;
  /** Rejects with a KafkaError; after one the link is closed, as nobody knows what is under way. */
  send<Answer>(request: KafkaRequest<Answer>, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

/**
 * `ask` = ask the broker which versions it knows. `assume` = take those that every broker since 3.0
 * (2021) has, which saves a request in each cold process; an older broker closes the connection on
 * the first unknown request, and is then asked.
 */
export type Versions = 'assume' | 'ask';

export interface Wire {
  open(address: BrokerAddress, versions: Versions, signal: AbortSignal): Promise<BrokerLink>;
}

type VersionRanges = Readonly<
  Record<number, { readonly minVersion: number; readonly maxVersion: number }>
>;

/** What is used here and is in every broker from 3.0 to 4.4; the numbers are API keys. */
const SINCE_3_0: VersionRanges = {
  2: { minVersion: 2, maxVersion: 2 }, // ListOffsets
  3: { minVersion: 4, maxVersion: 4 }, // Metadata
  9: { minVersion: 3, maxVersion: 8 }, // OffsetFetch
  10: { minVersion: 1, maxVersion: 4 }, // FindCoordinator
  16: { minVersion: 1, maxVersion: 1 }, // ListGroups
  17: { minVersion: 0, maxVersion: 1 }, // SaslHandshake
  36: { minVersion: 0, maxVersion: 1 }, // SaslAuthenticate
};

interface InnerQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

interface InnerPool {
  readonly pool: readonly { readonly requestQueue: InnerQueue }[];
  send(exchange: {
    readonly request: {
      readonly apiKey: number;
      readonly apiVersion: number;
      readonly apiName: string;
      encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
    };
    readonly response: {
      decode(payload: Buffer): Promise<Buffer>;
      parse(payload: Buffer): Promise<unknown>;
    };
  }): Promise<unknown>;
}

interface InnerBroker {
  readonly versions: VersionRanges;
  connect(): Promise<void>;
  isConnected(): boolean;
}

interface InnerBrokerPool {
  readonly connectionPoolBuilder: { build(address: BrokerAddress): Promise<InnerPool> };
  createBroker(options: {
    readonly connectionPool: InnerPool;
    readonly logger: unknown;
    readonly versions: VersionRanges | null;
  }): InnerBroker;
}

type CreateCluster = (options: {
  readonly allowAutoTopicCreation: boolean;
  readonly instrumentationEmitter: { emit(name: string, event: { apiName?: string }): void };
}) => { readonly brokerPool: InnerBrokerPool };

const CLIENT_ID = 'rubato';

/** A second beyond our own limit, which then is the one that speaks. */
const AFTER_OURS_MS = 1000;

/**
 * kafkajs schedules a check of its queue after every answer, in the past (a negative delay, which
 * Node 24 warns about and takes as 1 ms), and that check schedules the next: an idle connection
 * fires a timer every millisecond for ever. A check is wanted only while something is queued.
 */
function calm(queue: InnerQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}

function openSocket(
  { host, port }: BrokerAddress,
  tls: TlsSettings | undefined,
  onConnect: () => void,
): Socket {
  if (tls === undefined) return connectPlain({ host, port }, onConnect);
  const serverName = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  return connectTls(
    {
      host,
      port,
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    },
    onConnect,
  );
}

function createPool(settings: WireSettings, sockets: Set<Socket>): InnerBrokerPool {
  const kafka = new Kafka({
    clientId: CLIENT_ID,
    brokers: ['never:0'], // every address is given to the builder
    connectionTimeout: settings.timeoutMs + AFTER_OURS_MS,
    authenticationTimeout: settings.timeoutMs + AFTER_OURS_MS,
    enforceRequestTimeout: false, // `within` does it, and it would poll every 100 ms
    logLevel: logLevel.NOTHING,
    ...(settings.tls === undefined ? {} : { ssl: true }),
    ...(settings.sasl === undefined ? {} : { sasl: settings.sasl }),
    socketFactory: ({ host, port, onConnect }) => {
      const socket = openSocket({ host, port }, settings.tls, onConnect);
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });
  const inside = kafka as unknown as Readonly<Record<symbol, CreateCluster>>;
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const createCluster = symbol && inside[symbol];
  if (!createCluster) throw new Error('kafkajs is not the version that this file was written for');
  return createCluster({
    allowAutoTopicCreation: false,
    instrumentationEmitter: {
      emit(name, event) {
        if (name === 'network.request') settings.onRequest?.(event.apiName ?? 'unknown');
      },
    },
  }).brokerPool;
}

/**
 * What kafkajs threw, in our words; its error is kept as the cause, and holds no secret. Whatever
 * else was thrown is a bug and stays as it is.
 */
function explain(error: unknown, address: BrokerAddress): unknown {
  const { name, message, code, type } = error as Error & { code?: unknown; type?: string };
  if (!name.startsWith('KafkaJS')) return error;
  const place = `${address.host}:${address.port}`;
  if (name === 'KafkaJSSASLAuthenticationError' || type?.includes('SASL') === true) {
    return new KafkaError(
      'NOT_AUTHENTICATED',
      `${place} refused our SASL credentials`,
      'Check mechanism, user and password of the connection, or the role’s kafka-cluster:Connect.',
      { cause: error },
    );
  }
  if (/clos|ECONNRESET|EPIPE/i.test(`${message} ${String(code)}`)) {
    return new KafkaError(
      'DISCONNECTED',
      `${place} closed the connection`,
      'A broker does so when it expects TLS or SASL and gets none, and when it is stopped.',
      { cause: error },
    );
  }
  return new KafkaError(
    'UNREACHABLE',
    `${place} cannot be reached: ${message}`,
    'Check that the broker runs, and that its address, security groups and TLS are right.',
    { cause: error },
  );
}

function timedOut(address: BrokerAddress, what: string, settings: WireSettings): KafkaError {
  return new KafkaError(
    'TIMED_OUT',
    `${address.host}:${address.port} did not answer ${what} within ${settings.timeoutMs} ms, or the tick ended`,
    'Check the broker’s load and the network; the connection’s timeout can be raised.',
  );
}

/** The work's result, or a rejection as soon as the signal fires, with `onAbort` called first. */
function within<T>(work: Promise<T>, signal: AbortSignal, onAbort: () => KafkaError): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(onAbort());
    if (signal.aborted) {
      work.catch(() => undefined); // it is given up, and must not be an unhandled rejection
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A body as kafkajs wants what it frames: like its Encoder, as far as it looks. */
const framed = (buffer: Buffer) => ({ buf: buffer, buffer });

/** Connections to the brokers of one cluster. Secrets are in it: make a new one when they change. */
export function createWire(settings: WireSettings): Wire {
  return {
    async open(address, versions, signal) {
      const sockets = new Set<Socket>();
      const pool = createPool(settings, sockets);
      let closed = false; // kafkajs hears of it only with the socket's next event
      const close = () => {
        closed = true;
        for (const socket of sockets) socket.destroy(new Error('given up'));
      };
      const bounded = async <T>(what: string, after: AbortSignal, work: () => Promise<T>) => {
        const limit = AbortSignal.any([after, AbortSignal.timeout(settings.timeoutMs)]);
        try {
          return await within(work(), limit, () => timedOut(address, what, settings));
        } catch (error) {
          close();
          throw explain(error, address);
        }
      };
      const connections = await pool.connectionPoolBuilder.build(address);
      for (const { requestQueue } of connections.pool) calm(requestQueue);
      const broker = pool.createBroker({
        connectionPool: connections,
        logger: new Kafka({ brokers: ['never:0'], logLevel: logLevel.NOTHING }).logger(),
        versions: versions === 'assume' ? SINCE_3_0 : null,
      });
      await bounded('the connection', signal, () => broker.connect());
      return {
        address,
        isOpen: () => !closed && broker.isConnected(),
        newest: (api) => broker.versions[api]?.maxVersion ?? -1,
        send: <Answer>(request: KafkaRequest<Answer>, after: AbortSignal) =>
          bounded(`a ${request.name} request`, after, async () => {
            const answer = await connections.send({
              request: {
                apiKey: request.api,
                apiVersion: request.version,
                apiName: request.name,
                encode: () => Promise.resolve(framed(request.encode())),
              },
              response: {
                decode: (payload) => Promise.resolve(payload),
                parse: (payload) => Promise.resolve(request.decode(payload)),
              },
            });
            return answer as Answer;
          }),
        close,
      };
    },
  };
}
