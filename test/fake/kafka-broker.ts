import { createServer, type Server, type Socket } from 'node:net';

import { ByteReader, ByteWriter } from '../../lib/observe/kafka/bytes.ts';
import { onFrames } from './frames.ts';

/*
 * A Kafka broker of one node, as far as lag is concerned: it answers Metadata, ListOffsets,
 * OffsetFetch, FindCoordinator and ApiVersions, and can be told to be old, wrong or silent, which
 * a real one cannot. It keeps no log: offsets are what the test says.
 */
export interface FakeLog {
  start: bigint;
  end: bigint;
}

export interface FakeBroker {
  readonly address: string;
  /** Name and version of every request that came in, in their order. */
  readonly requests: string[];
  /** Partitions in order, by topic. */
  readonly topics: Map<string, FakeLog[]>;
  /** Commits by `group topic partition`. */
  readonly commits: Map<string, bigint>;
  readonly behaviour: FakeBehaviour;
  close(): Promise<void>;
}

export interface FakeBehaviour {
  /** Knows nothing newer than brokers had in 2018, and hangs up on the rest. */
  old: boolean;
  /** Hides the topic of commits, as ACLs do. */
  hidesCommits: boolean;
  /** Answers nothing to these APIs. */
  readonly silent: Set<string>;
  /** Error codes that the next answers carry in place of the truth, by API: taken one at a time. */
  readonly errors: Map<string, number[]>;
  /** Partitions that ListOffsets leaves out, as `topic partition`. */
  readonly leavesOut: Set<string>;
}

const NAMES: Readonly<Record<number, string>> = {
  2: 'ListOffsets',
  3: 'Metadata',
  9: 'OffsetFetch',
  10: 'FindCoordinator',
  18: 'ApiVersions',
};
const OLD_MAXIMUM: Readonly<Record<number, number>> = { 2: 3, 3: 5, 9: 3, 10: 1, 18: 2 };
const FLEXIBLE_FROM: Readonly<Record<number, number>> = { 9: 6, 10: 3 };
const COMMIT_PARTITIONS = 5;

interface Call {
  readonly broker: Omit<FakeBroker, 'close'>;
  readonly port: number;
  readonly api: number;
  readonly version: number;
  readonly reader: ByteReader;
  readonly writer: ByteWriter;
}

function int16(writer: ByteWriter, value: number): void {
  writer.int8(value >> 8);
  writer.int8((value << 24) >> 24);
}

const nextError = ({ behaviour }: Call['broker'], name: string): number =>
  behaviour.errors.get(name)?.shift() ?? 0;

function apiVersions({ broker, writer, version }: Call): void {
  int16(writer, 0);
  writer.array(Object.entries(OLD_MAXIMUM), ([api, maximum]) => {
    int16(writer, Number(api));
    int16(writer, 0);
    int16(writer, broker.behaviour.old ? maximum : maximum + 5);
  });
  if (version > 0) writer.int32(0);
}

function metadata({ broker, writer, reader, port }: Call): void {
  const asked = reader.array(() => reader.string());
  writer.int32(0);
  writer.array([1], (node) => {
    writer.int32(node);
    writer.string('127.0.0.1');
    writer.int32(port);
    int16(writer, -1);
  });
  int16(writer, -1);
  writer.int32(1);
  writer.array(asked, (topic) => {
    const isCommits = topic === '__consumer_offsets';
    const count = isCommits ? COMMIT_PARTITIONS : (broker.topics.get(topic)?.length ?? 0);
    const hidden = isCommits && broker.behaviour.hidesCommits;
    int16(writer, hidden ? 29 : count === 0 ? 3 : 0);
    writer.string(topic);
    writer.int8(isCommits ? 1 : 0);
    writer.array(hidden ? [] : [...Array.from({ length: count }).keys()], (partition) => {
      int16(writer, 0);
      writer.int32(partition);
      writer.int32(1);
      writer.array([1], (node) => writer.int32(node));
      writer.array([1], (node) => writer.int32(node));
    });
  });
}

function listOffsets({ broker, writer, reader }: Call): void {
  reader.int32();
  reader.int8();
  const topics = reader.array(() => ({
    topic: reader.string(),
    partitions: reader.array(() => ({ partition: reader.int32(), timestamp: reader.int64() })),
  }));
  writer.int32(0);
  writer.array(topics, ({ topic, partitions }) => {
    writer.string(topic);
    const told = partitions.filter(
      ({ partition }) => !broker.behaviour.leavesOut.has(`${topic} ${partition}`),
    );
    writer.array(told, ({ partition, timestamp }) => {
      const log = broker.topics.get(topic)?.[partition];
      const error = nextError(broker, 'ListOffsets');
      writer.int32(partition);
      int16(writer, error);
      writer.int64(-1n);
      writer.int64(error === 0 ? ((timestamp === -2n ? log?.start : log?.end) ?? -1n) : -1n);
    });
  });
}

function offsetFetch(call: Call): void {
  const { broker, writer, reader, version } = call;
  const at = (group: string, topic: string, partition: number) =>
    broker.commits.get(`${group} ${topic} ${partition}`) ?? -1n;
  const topic = () => ({ topic: reader.string(), partitions: reader.array(() => reader.int32()) });
  if (version < 8) {
    const [group, topics] = [reader.string(), reader.array(topic)];
    writer.int32(0);
    writer.array(topics, (each) => {
      writer.string(each.topic);
      writer.array(each.partitions, (partition) => {
        writer.int32(partition);
        writer.int64(at(group, each.topic, partition));
        writer.string('');
        int16(writer, 0);
      });
    });
    int16(writer, nextError(broker, 'OffsetFetch'));
    return;
  }
  const groups = reader.compactArray(() => {
    const group = reader.compactString();
    const topics = reader.compactArray(() => {
      const name = reader.compactString();
      const partitions = reader.compactArray(() => reader.int32());
      reader.skipTags();
      return { topic: name, partitions };
    });
    reader.skipTags();
    return { group, topics };
  });
  writer.int32(0);
  writer.compactArray(groups, ({ group, topics }) => {
    const error = nextError(broker, 'OffsetFetch');
    writer.compactString(group);
    writer.compactArray(error === 0 ? topics : [], (each) => {
      writer.compactString(each.topic);
      writer.compactArray(each.partitions, (partition) => {
        writer.int32(partition);
        writer.int64(at(group, each.topic, partition));
        writer.int32(-1);
        writer.compactString('');
        int16(writer, 0);
        writer.noTags();
      });
      writer.noTags();
    });
    int16(writer, error);
    writer.noTags();
  });
  writer.noTags();
}

function findCoordinator({ writer, reader, version, broker, port }: Call): void {
  const error = nextError(broker, 'FindCoordinator');
  writer.int32(0);
  if (version < 4) {
    int16(writer, error);
    int16(writer, -1);
    writer.int32(1);
    writer.string('127.0.0.1');
    writer.int32(port);
    return;
  }
  reader.int8();
  const groups = reader.compactArray(() => reader.compactString());
  writer.compactArray(groups, (group) => {
    writer.compactString(group);
    writer.int32(1);
    writer.compactString('127.0.0.1');
    writer.int32(port);
    int16(writer, error);
    writer.uvarint(0);
    writer.noTags();
  });
  writer.noTags();
}

const ANSWERS: Readonly<Record<number, (call: Call) => void>> = {
  2: listOffsets,
  3: metadata,
  9: offsetFetch,
  10: findCoordinator,
  18: apiVersions,
};

function answer(broker: Omit<FakeBroker, 'close'>, port: number, socket: Socket, frame: Buffer) {
  const reader = new ByteReader(frame);
  const [api, version, correlation] = [reader.int16(), reader.int16(), reader.int32()];
  reader.nullableString(); // client id
  const isFlexible = version >= (FLEXIBLE_FROM[api] ?? Infinity);
  if (isFlexible) reader.skipTags();
  const name = NAMES[api] ?? String(api);
  broker.requests.push(`${name} ${version}`);
  if (broker.behaviour.old && version > (OLD_MAXIMUM[api] ?? -1)) {
    socket.destroy();
    return;
  }
  if (broker.behaviour.silent.has(name)) return;
  const writer = new ByteWriter();
  writer.int32(correlation);
  if (isFlexible) writer.noTags();
  ANSWERS[api]?.({ broker, port, api, version, reader, writer });
  const size = Buffer.alloc(4);
  size.writeInt32BE(writer.bytes().length);
  socket.write(Buffer.concat([size, writer.bytes()]));
}

/** Listens on a free port of the loopback. */
export async function createFakeKafkaBroker(): Promise<FakeBroker> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const listening = server.address();
  const port = typeof listening === 'object' && listening !== null ? listening.port : 0;
  const broker = {
    address: `127.0.0.1:${port}`,
    requests: [],
    topics: new Map(),
    commits: new Map(),
    behaviour: {
      old: false,
      hidesCommits: false,
      silent: new Set<string>(),
      errors: new Map<string, number[]>(),
      leavesOut: new Set<string>(),
    },
  };
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on(
      'data',
      onFrames((frame) => answer(broker, port, socket, frame)),
    );
  });
  return {
    ...broker,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
