import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * One request of Kafka's protocol in one version (https://kafka.apache.org/protocol). The oldest
 * version that says enough is used, so that brokers from 0.11 on answer; what a newer one saves is
 * asked for where the broker has it. The bodies only: framing and header are the connection's.
 */
export interface KafkaRequest<Answer> {
  readonly api: number;
  readonly version: number;
  readonly name: string;
  encode(): Buffer;
  decode(answer: Buffer): Answer;
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export interface ClusterMetadata {
  readonly brokers: ReadonlyMap<number, BrokerAddress>;
  readonly topics: readonly TopicMetadata[];
}

export interface TopicMetadata {
  readonly topic: string;
  readonly error: number;
  /** `leader` is -1 while there is none. */
  readonly partitions: readonly { readonly partition: number; readonly leader: number }[];
}

/** What `write` wrote. */
export function written(write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter();
  write(writer);
  return writer.bytes();
}

/** Brokers, and leaders of the named topics; a topic that does not exist is not created. */
export const metadataRequest = (topics: readonly string[]): KafkaRequest<ClusterMetadata> => ({
  api: 3,
  version: 4,
  name: 'Metadata',
  encode: () =>
    written((writer) => {
      writer.array(topics, (topic) => writer.string(topic));
      writer.int8(0);
    }),
  decode(answer) {
    const reader = new ByteReader(answer);
    reader.int32(); // throttle time
    const brokers = reader.array(() => {
      const node = reader.int32();
      const address = { host: reader.string(), port: reader.int32() };
      reader.nullableString(); // rack
      return [node, address] as const;
    });
    reader.nullableString(); // cluster id
    reader.int32(); // controller
    const found = reader.array(() => {
      const error = reader.int16();
      const topic = reader.string();
      reader.int8(); // is internal
      return { topic, error, partitions: reader.array(() => partitionMetadata(reader)) };
    });
    return { brokers: new Map(brokers), topics: found };
  },
});

function partitionMetadata(reader: ByteReader): { partition: number; leader: number } {
  reader.int16(); // an error here means no leader, or a replica that is down, which we do not ask
  const partition = reader.int32();
  const leader = reader.int32();
  reader.array(() => reader.int32()); // replicas
  reader.array(() => reader.int32()); // in sync
  return { partition, leader };
}

/** Which end of the log is asked for, as the timestamps that stand for them. */
export const LOG_END = -1n;
export const LOG_START = -2n;

export interface ListedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
  readonly offset: bigint;
}

/**
 * The first or the next offset of each partition's log, from its leader; the next one is the high
 * watermark, as consumers see it. A partition may be named once only in a request, so that the two
 * ends are two requests.
 */
export const listOffsetsRequest = (
  topics: readonly TopicPartitions[],
  end: typeof LOG_END | typeof LOG_START,
): KafkaRequest<readonly ListedOffset[]> => ({
  api: 2,
  version: 2,
  name: 'ListOffsets',
  encode: () =>
    written((writer) => {
      writer.int32(-1); // we are no replica
      writer.int8(0); // read uncommitted
      writer.array(topics, ({ topic, partitions }) => {
        writer.string(topic);
        writer.array(partitions, (partition) => {
          writer.int32(partition);
          writer.int64(end);
        });
      });
    }),
  decode(answer) {
    const reader = new ByteReader(answer);
    const listed: ListedOffset[] = [];
    reader.int32(); // throttle time
    reader.array(() => {
      const topic = reader.string();
      reader.array(() => {
        const [partition, error] = [reader.int32(), reader.int16()];
        reader.int64(); // timestamp
        listed.push({ topic, partition, error, offset: reader.int64() });
      });
    });
    return listed;
  },
});
