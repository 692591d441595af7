import { ByteReader } from './bytes.ts';
import { type KafkaRequest, type TopicPartitions, written } from './requests.ts';

export interface GroupTopics {
  readonly group: string;
  /** Absent = every topic the group has committed. */
  readonly topics?: readonly TopicPartitions[];
}

export interface GroupCommits {
  readonly group: string;
  readonly error: number;
  readonly commits: readonly Commit[];
}

export interface Commit {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
  /** Absent = nothing was committed, or it expired. */
  readonly offset: bigint | undefined;
}

const committed = (offset: bigint): bigint | undefined => (offset < 0n ? undefined : offset);

/** The lowest version of OffsetFetch that takes many groups (brokers from 3.0 on). */
export const OFFSET_FETCH = { api: 9, manyGroups: 8 } as const;

/** Commits of many groups in one request (KIP-709), from their common coordinator. */
export const offsetFetchRequest = (
  groups: readonly GroupTopics[],
): KafkaRequest<readonly GroupCommits[]> => ({
  api: OFFSET_FETCH.api,
  version: OFFSET_FETCH.manyGroups,
  name: 'OffsetFetch',
  encode: () =>
    written((writer) => {
      writer.noTags(); // the header's
      writer.compactArray(groups, ({ group, topics }) => {
        writer.compactString(group);
        writer.compactArray(topics, ({ topic, partitions }) => {
          writer.compactString(topic);
          writer.compactArray(partitions, (partition) => writer.int32(partition));
          writer.noTags();
        });
        writer.noTags();
      });
      writer.int8(0); // commits of open transactions are no commits yet: the last settled ones
      writer.noTags();
    }),
  decode(answer) {
    const reader = new ByteReader(answer);
    reader.skipTags(); // the header's
    reader.int32(); // throttle time
    return reader.compactArray(() => {
      const group = reader.compactString();
      const commits: Commit[] = [];
      reader.compactArray(() => {
        const topic = reader.compactString();
        reader.compactArray(() => commits.push(flexibleCommit(reader, topic)));
        reader.skipTags();
      });
      const error = reader.int16();
      reader.skipTags();
      return { group, error, commits };
    });
  },
});

function flexibleCommit(reader: ByteReader, topic: string): Commit {
  const partition = reader.int32();
  const offset = committed(reader.int64());
  reader.int32(); // leader epoch
  reader.nullableCompactString(); // the committer's remark
  const error = reader.int16();
  reader.skipTags();
  return { topic, partition, error, offset };
}

/** Commits of one group, as brokers before 3.0 have it. */
export const oneGroupOffsetFetchRequest = ({
  group,
  topics,
}: GroupTopics): KafkaRequest<readonly GroupCommits[]> => ({
  api: OFFSET_FETCH.api,
  version: 3,
  name: 'OffsetFetch',
  encode: () =>
    written((writer) => {
      writer.string(group);
      writer.array(topics, ({ topic, partitions }) => {
        writer.string(topic);
        writer.array(partitions, (partition) => writer.int32(partition));
      });
    }),
  decode(answer) {
    const reader = new ByteReader(answer);
    const commits: Commit[] = [];
    reader.int32(); // throttle time
    reader.array(() => {
      const topic = reader.string();
      reader.array(() => {
        const partition = reader.int32();
        const offset = committed(reader.int64());
        reader.nullableString(); // the committer's remark
        commits.push({ topic, partition, error: reader.int16(), offset });
      });
    });
    return [{ group, error: reader.int16(), commits }];
  },
});

export interface FoundCoordinator {
  readonly group: string;
  readonly error: number;
  readonly node: number;
}

/** The lowest version of FindCoordinator that takes many groups (brokers from 3.0 on). */
export const FIND_COORDINATOR = { api: 10, manyGroups: 4 } as const;

/** Who coordinates each of many groups (KIP-699); any broker knows. */
export const findCoordinatorsRequest = (
  groups: readonly string[],
): KafkaRequest<readonly FoundCoordinator[]> => ({
  api: FIND_COORDINATOR.api,
  version: FIND_COORDINATOR.manyGroups,
  name: 'FindCoordinator',
  encode: () =>
    written((writer) => {
      writer.noTags(); // the header's
      writer.int8(0); // of groups, not of transactions
      writer.compactArray(groups, (group) => writer.compactString(group));
      writer.noTags();
    }),
  decode(answer) {
    const reader = new ByteReader(answer);
    reader.skipTags(); // the header's
    reader.int32(); // throttle time
    return reader.compactArray(() => {
      const [group, node] = [reader.compactString(), reader.int32()];
      reader.compactString(); // host
      reader.int32(); // port
      const error = reader.int16();
      reader.nullableCompactString(); // message
      reader.skipTags();
      return { group, node, error };
    });
  },
});

/** Who coordinates one group, as brokers before 3.0 have it. */
export const findCoordinatorRequest = (
  group: string,
): KafkaRequest<readonly FoundCoordinator[]> => ({
  api: FIND_COORDINATOR.api,
  version: 1,
  name: 'FindCoordinator',
  encode: () =>
    written((writer) => {
      writer.string(group);
      writer.int8(0);
    }),
  decode(answer) {
    const reader = new ByteReader(answer);
    reader.int32(); // throttle time
    const error = reader.int16();
    reader.nullableString(); // message
    return [{ group, error, node: reader.int32() }];
  },
});

/** Groups that this broker coordinates and that can have commits: consumers', and those without members. */
export const listGroupsRequest = (): KafkaRequest<{
  readonly error: number;
  readonly groups: readonly string[];
}> => ({
  api: 16,
  version: 1,
  name: 'ListGroups',
  encode: () => Buffer.alloc(0),
  decode(answer) {
    const reader = new ByteReader(answer);
    reader.int32(); // throttle time
    const error = reader.int16();
    const groups = reader.array(() => ({ group: reader.string(), type: reader.string() }));
    return {
      error,
      groups: groups.filter(({ type }) => type === 'consumer' || type === '').map((g) => g.group),
    };
  },
});
