import { isPassing, KafkaError, NO_ERROR, refused } from './errors.ts';
import {
  findCoordinatorRequest,
  findCoordinatorsRequest,
  FIND_COORDINATOR,
  type GroupCommits,
  type GroupTopics,
  OFFSET_FETCH,
  offsetFetchRequest,
  oneGroupOffsetFetchRequest,
} from './group-requests.ts';
import type { Limits, Links } from './links.ts';
import type { BrokerLink } from './protocol.ts';
import {
  type KafkaRequest,
  type LOG_END,
  type LOG_START,
  listOffsetsRequest,
  type TopicPartitions,
} from './requests.ts';
import type { Topology } from './topology.ts';

/** An offset, or why there is none; `again` = newer metadata may help. */
export type Found<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: KafkaError; readonly again: boolean };

const fault = (error: KafkaError, again: boolean): Found<never> => ({ ok: false, error, again });

/** A broker that went away may have been replaced; one that hangs is not asked twice in a tick. */
const mayHaveMoved = (error: KafkaError): boolean =>
  error.code === 'UNREACHABLE' || error.code === 'DISCONNECTED' || error.code === 'NO_LEADER';

export const placeOf = (topic: string, partition: number): string => `${partition} ${topic}`;

/** One round of requests to the brokers of a topology, all at once. */
export interface Round {
  readonly links: Links;
  readonly topology: Topology;
  readonly limits: Limits;
}

async function linkTo({ links, topology, limits }: Round, node: number): Promise<BrokerLink> {
  const address = topology.brokers.get(node);
  if (address !== undefined) return links.to(address, limits);
  throw new KafkaError(
    'NO_LEADER',
    `Broker ${node} leads a partition and is not in the cluster’s list`,
    'It passes when an election is over; if it stays, look for brokers that are down.',
  );
}

/** Items by the number of the broker that each of them is asked of. */
function byNode<T>(items: readonly T[], nodeOf: (item: T) => number): Map<number, T[]> {
  const nodes = new Map<number, T[]>();
  for (const item of items) {
    const node = nodeOf(item);
    const list = nodes.get(node);
    if (list) list.push(item);
    else nodes.set(node, [item]);
  }
  return nodes;
}

export interface LedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number;
}

/** The same partitions under the names of their topics, as requests have them. */
function byTopic(partitions: readonly LedPartition[]): readonly TopicPartitions[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const list = topics.get(topic);
    if (list) list.push(partition);
    else topics.set(topic, [partition]);
  }
  return [...topics].map(([topic, numbers]) => ({ topic, partitions: numbers }));
}

/**
 * One end of the log of each partition: one request to every leader, at the same time. What an
 * answer leaves out is absent from the map.
 */
export async function listOffsets(
  round: Round,
  partitions: readonly LedPartition[],
  end: typeof LOG_END | typeof LOG_START,
): Promise<ReadonlyMap<string, Found<bigint>>> {
  const found = new Map<string, Found<bigint>>();
  const ask = async ([node, led]: [number, LedPartition[]]) => {
    try {
      const link = await linkTo(round, node);
      const request = listOffsetsRequest(byTopic(led), end);
      for (const { topic, partition, error, offset } of await link.send(
        request,
        round.limits.signal,
      )) {
        const subject = `partition ${partition} of topic ${topic}`;
        found.set(
          placeOf(topic, partition),
          error === NO_ERROR
            ? { ok: true, value: offset }
            : fault(refused(error, subject), isPassing(error)),
        );
      }
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      const failed = fault(error, mayHaveMoved(error));
      for (const { topic, partition } of led) found.set(placeOf(topic, partition), failed);
    }
  };
  await Promise.all([...byNode(partitions, ({ leader }) => leader)].map(ask));
  return found;
}

/** Old brokers take one group a request; so many are under way at once. */
const OLD_REQUESTS_AT_ONCE = 32;

async function inTurns<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const [results, queue]: [B[], IterableIterator<A>] = [[], items.values()];
  const worker = async () => {
    for (const item of queue) results.push(await work(item)); // all workers draw from the one queue
  };
  await Promise.all(Array.from({ length: Math.min(OLD_REQUESTS_AT_ONCE, items.length) }, worker));
  return results;
}

/** One request for all items where the broker knows how, else one for each. */
async function sendMany<A, B>(
  link: BrokerLink,
  ways: {
    readonly from: { readonly api: number; readonly manyGroups: number };
    readonly all: (items: readonly A[]) => KafkaRequest<readonly B[]>;
    readonly one: (item: A) => KafkaRequest<readonly B[]>;
  },
  items: readonly A[],
  signal: AbortSignal,
): Promise<readonly B[]> {
  if (link.newest(ways.from.api) >= ways.from.manyGroups) return link.send(ways.all(items), signal);
  return (await inTurns(items, (item) => link.send(ways.one(item), signal))).flat();
}

/** Asks any broker who coordinates these groups; their nodes, or why they have none. */
export async function findCoordinators(
  round: Round,
  groups: readonly string[],
): Promise<ReadonlyMap<string, Found<number>>> {
  const found = new Map<string, Found<number>>();
  const ways = {
    from: FIND_COORDINATOR,
    all: findCoordinatorsRequest,
    one: findCoordinatorRequest,
  };
  let failure: KafkaError | undefined;
  for (const node of round.topology.brokers.keys()) {
    try {
      const link = await linkTo(round, node);
      for (const { group, error, node: coordinator } of await sendMany(
        link,
        ways,
        groups,
        round.limits.signal,
      )) {
        const subject = `group ${group}`;
        found.set(
          group,
          error === NO_ERROR
            ? { ok: true, value: coordinator }
            : fault(refused(error, subject), isPassing(error)),
        );
      }
      return found;
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      failure = error;
      if (!mayHaveMoved(error)) break;
    }
  }
  if (failure) for (const group of groups) found.set(group, fault(failure, mayHaveMoved(failure)));
  return found;
}

/** Commits of groups from the coordinators that are known: one request each, at the same time. */
export async function fetchCommits(
  round: Round,
  groups: readonly (GroupTopics & { readonly coordinator: number })[],
): Promise<ReadonlyMap<string, Found<GroupCommits>>> {
  const found = new Map<string, Found<GroupCommits>>();
  const ways = { from: OFFSET_FETCH, all: offsetFetchRequest, one: oneGroupOffsetFetchRequest };
  const ask = async ([node, asked]: [number, readonly GroupTopics[]]) => {
    try {
      const link = await linkTo(round, node);
      for (const commits of await sendMany(link, ways, asked, round.limits.signal)) {
        found.set(commits.group, { ok: true, value: commits });
      }
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      const failed = fault(error, mayHaveMoved(error));
      for (const { group } of asked) found.set(group, failed);
    }
  };
  await Promise.all([...byNode(groups, ({ coordinator }) => coordinator)].map(ask));
  return found;
}
