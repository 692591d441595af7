import type { EpochMillis } from '../../model/units.ts';
import { OFFSETS_TOPIC, offsetsPartition } from './coordinator.ts';
import { KafkaError, NO_ERROR, refused, unknownTopic } from './errors.ts';
import type { BrokerAddress, ClusterMetadata } from './requests.ts';

/** Who leads what, as of one Metadata answer. */
export interface Topology {
  readonly at: EpochMillis;
  readonly brokers: ReadonlyMap<number, BrokerAddress>;
  /** Leaders by partition, or why the topic cannot be read. */
  readonly topics: ReadonlyMap<string, ReadonlyMap<number, number> | KafkaError>;
  /** The broker that coordinates the group; undefined where it has to be asked for. */
  coordinator(group: string): number | undefined;
}

/** What a Metadata answer says, by name. A topic that is not in it is as unknown as one with an error. */
export function topologyOf(metadata: ClusterMetadata, at: EpochMillis): Topology {
  const topics = new Map<string, ReadonlyMap<number, number> | KafkaError>();
  let commits: ReadonlyMap<number, number> | undefined;
  for (const { topic, error, partitions } of metadata.topics) {
    const leaders = new Map(partitions.map(({ partition, leader }) => [partition, leader]));
    if (topic === OFFSETS_TOPIC) commits = error === NO_ERROR ? leaders : undefined;
    topics.set(topic, error === NO_ERROR ? leaders : refused(error, `topic ${topic}`));
  }
  return {
    at,
    brokers: metadata.brokers,
    topics,
    coordinator(group) {
      if (commits === undefined || commits.size === 0) return undefined;
      const leader = commits.get(offsetsPartition(group, commits.size));
      return leader === undefined || leader < 0 ? undefined : leader;
    },
  };
}

/** The leaders of a topic, or why there are none. */
export function leadersOf(
  topology: Topology,
  topic: string,
): ReadonlyMap<number, number> | KafkaError {
  const leaders = topology.topics.get(topic) ?? unknownTopic(`topic ${topic}`);
  if (leaders instanceof KafkaError || leaders.size > 0) return leaders;
  return new KafkaError(
    'NO_LEADER',
    `Topic ${topic} has no partitions yet`,
    'It passes once the topic has been made; if it stays, look into the controller’s log.',
  );
}
