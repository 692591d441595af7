import { setTimeout } from 'node:timers/promises';

import { parseAddress } from '../../lib/observe/kafka/bootstrap.ts';
import { ByteReader } from '../../lib/observe/kafka/bytes.ts';
import { createWire } from '../../lib/observe/kafka/protocol.ts';
import {
  type KafkaRequest,
  listOffsetsRequest,
  LOG_END,
  written,
} from '../../lib/observe/kafka/requests.ts';

const LONGEST_WAIT_MS = 30_000;

/** What a group shall have committed: offsets by partition. */
export interface Commit {
  readonly group: string;
  readonly topic: string;
  readonly offsets: Readonly<Record<number, number>>;
}

/** OffsetCommit version 2, from outside of the group, as tools do it. */
const offsetCommit = ({ group, topic, offsets }: Commit): KafkaRequest<readonly number[]> => ({
  api: 8,
  version: 2,
  name: 'OffsetCommit',
  encode: () =>
    written((writer) => {
      writer.string(group);
      writer.int32(-1); // no generation
      writer.string(''); // no member
      writer.int64(-1n); // kept as long as the broker keeps commits
      writer.array([topic], (name) => {
        writer.string(name);
        writer.array(Object.entries(offsets), ([partition, offset]) => {
          writer.int32(Number(partition));
          writer.int64(BigInt(offset));
          writer.string('');
        });
      });
    }),
  decode(answer) {
    const reader = new ByteReader(answer);
    const errors: number[] = [];
    reader.array(() => {
      reader.string();
      reader.array(() => {
        reader.int32();
        errors.push(reader.int16());
      });
    });
    return errors;
  },
});

/**
 * Commits for groups that have no members, a request each: kafkajs' setOffsets joins the group
 * for it, which takes a second. For clusters of one broker, which coordinates every group.
 */
export async function commitOffsets(broker: string, commits: readonly Commit[]): Promise<void> {
  const wire = createWire({ sasl: undefined, tls: undefined, timeoutMs: 20_000 });
  const signal = AbortSignal.timeout(60_000);
  const link = await wire.open(parseAddress(broker), 'ask', signal);
  try {
    for (const commit of commits) {
      const errors = await link.send(offsetCommit(commit), signal);
      if (errors.some((code) => code !== 0)) throw new Error(`commit refused: ${String(errors)}`);
    }
  } finally {
    link.close();
  }
}

/** Moves the start of partition 0 to an offset, as retention does in its own time (DeleteRecords 0). */
export async function deleteRecords(broker: string, topic: string, before: bigint): Promise<void> {
  const wire = createWire({ sasl: undefined, tls: undefined, timeoutMs: 20_000 });
  const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
  const link = await wire.open(parseAddress(broker), 'ask', signal);
  const request: KafkaRequest<number> = {
    api: 21,
    version: 0,
    name: 'DeleteRecords',
    encode: () =>
      written((writer) => {
        writer.array([topic], (name) => {
          writer.string(name);
          writer.array([0], (partition) => {
            writer.int32(partition);
            writer.int64(before);
          });
        });
        writer.int32(20_000);
      }),
    decode(answer) {
      const reader = new ByteReader(answer);
      reader.int32(); // throttle time
      const [error = -1] =
        reader.array(() => {
          reader.string();
          return reader.array(() => {
            reader.int32();
            reader.int64();
            return reader.int16();
          });
        })[0] ?? [];
      return error;
    },
  };
  try {
    const error = await link.send(request, signal);
    if (error !== 0) throw new Error(`records of ${topic} were not deleted: error ${error}`);
  } finally {
    link.close();
  }
}

/** Waits until the broker leads every partition of new topics: the controller answers before that. */
export async function waitForLeaders(
  broker: string,
  topics: readonly string[],
  partitions: number,
): Promise<void> {
  const wire = createWire({ sasl: undefined, tls: undefined, timeoutMs: 20_000 });
  const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
  const link = await wire.open(parseAddress(broker), 'ask', signal);
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  const asked = topics.map((topic) => ({ topic, partitions: numbers }));
  try {
    for (;;) {
      const listed = await link.send(listOffsetsRequest(asked, LOG_END), signal);
      if (listed.every(({ error }) => error === 0)) return;
      await setTimeout(50, undefined, { signal });
    }
  } finally {
    link.close();
  }
}
