import type { PartitionOffsets } from '../../model/sample.ts';
import { type EpochMillis, minutes } from '../../model/units.ts';
import { assemble, type OffsetQuery, partitionsOf } from './assemble.ts';
import { OFFSETS_TOPIC } from './coordinator.ts';
import { KafkaError } from './errors.ts';
import type { GroupCommits, GroupTopics } from './group-requests.ts';
import type { Limits, Links } from './links.ts';
import { LOG_END, LOG_START } from './requests.ts';
import {
  fetchCommits,
  findCoordinators,
  type Found,
  type LedPartition,
  listOffsets,
  placeOf,
  type Round,
} from './round.ts';
import { type Topology, topologyOf } from './topology.ts';

/** Leaders, coordinators and log starts are taken as they were for so long, unless an answer disagrees. */
const LONGEST_KNOWN = minutes(5);

export type OffsetAnswer =
  | { readonly ok: true; readonly value: readonly PartitionOffsets[] }
  | { readonly ok: false; readonly error: KafkaError };

/**
 * All that is asked of one cluster, in as few requests as it takes.
 *
 * A first reading asks for the metadata, and then at the same time every leader for the ends of
 * its partitions, every leader for their starts, and every coordinator for the commits of all its
 * groups: four requests where there is one broker. Until the metadata is five minutes old a reading
 * asks for ends and commits only: two. In between, the start of a partition is asked for again
 * where the lag is counted from it: where a group is behind it, or has no commit and will read from
 * there; and where the end went back (the topic was made anew). So the lag is exact but for a group
 * that retention overtakes between two looks at the metadata: up to five minutes long its lag also
 * counts messages that are gone.
 *
 * An answer that disagrees with the metadata (a leader or coordinator that moved, a broker that
 * went away) refreshes it and repeats what failed, once in a reading.
 */
export interface Conversation {
  /** One answer per query, in their order; never rejects for what a cluster does. */
  offsets(queries: readonly OffsetQuery[], limits: Limits): Promise<readonly OffsetAnswer[]>;
  /** The commits of whole groups, whatever their topics. */
  commits(
    groups: readonly string[],
    limits: Limits,
  ): Promise<ReadonlyMap<string, Found<GroupCommits>>>;
  /** A round over the brokers of the cluster as it is known, for requests of another kind. */
  round(topics: readonly string[], limits: Limits): Promise<Round>;
}

/** What is known of a cluster between readings; emptied every five minutes, so it cannot grow. */
interface Known {
  topology: Topology | undefined;
  since: EpochMillis;
  readonly starts: Map<string, Found<bigint>>;
  readonly ends: Map<string, bigint>;
  /** Places where a lag is counted from the start of the log. */
  readonly behind: Set<string>;
  /** Groups whose computed coordinator was not the right one. */
  readonly distrusted: Set<string>;
  /** Coordinators that had to be asked for. */
  readonly coordinators: Map<string, Found<number>>;
}

function forget(known: Known, now: EpochMillis): void {
  known.topology = undefined;
  known.since = now;
  for (const book of [known.starts, known.ends, known.coordinators]) book.clear();
  for (const book of [known.behind, known.distrusted]) book.clear();
}

/** The topology to read with: the one that is known, if it is recent and has all these topics. */
async function topologyFor(
  known: Known,
  links: Links,
  topics: readonly string[],
  limits: Limits,
): Promise<Topology> {
  if (limits.now - known.since > LONGEST_KNOWN || limits.now < known.since) {
    forget(known, limits.now);
  }
  const has = (topic: string) => known.topology?.topics.get(topic) instanceof Map;
  if (known.topology === undefined || !topics.every(has)) {
    known.topology = await freshTopology(links, topics, limits);
  }
  return known.topology;
}

async function freshTopology(
  links: Links,
  topics: readonly string[],
  limits: Limits,
): Promise<Topology> {
  const wanted = [...new Set([...topics, OFFSETS_TOPIC])];
  return topologyOf(await links.metadata(wanted, limits), limits.now);
}

/** Groups with their coordinators; those that cannot be computed are asked for, in one request. */
async function coordinated(
  known: Known,
  round: Round,
  groups: readonly GroupTopics[],
): Promise<{
  readonly led: readonly (GroupTopics & { coordinator: number })[];
  readonly lost: ReadonlyMap<string, Found<never>>;
}> {
  const computed = ({ group }: GroupTopics) =>
    known.distrusted.has(group) ? undefined : round.topology.coordinator(group);
  const unknown = groups.filter(
    (each) => known.coordinators.get(each.group)?.ok !== true && computed(each) === undefined,
  );
  if (unknown.length > 0) {
    const asked = unknown.map(({ group }) => group);
    for (const [group, found] of await findCoordinators(round, asked)) {
      known.coordinators.set(group, found);
    }
  }
  const led: (GroupTopics & { coordinator: number })[] = [];
  const lost = new Map<string, Found<never>>();
  for (const each of groups) {
    const found = known.coordinators.get(each.group);
    const coordinator = found?.ok === true ? found.value : computed(each);
    if (coordinator !== undefined) led.push({ ...each, coordinator });
    else if (found?.ok === false) lost.set(each.group, found);
  }
  return { led, lost };
}

async function commitsOf(
  known: Known,
  round: Round,
  groups: readonly GroupTopics[],
): Promise<ReadonlyMap<string, Found<GroupCommits>>> {
  const { led, lost } = await coordinated(known, round, groups);
  return new Map([...(await fetchCommits(round, led)), ...lost]);
}

/** What a group is asked about: its topics with their partitions, each once. */
function groupTopics(
  queries: readonly OffsetQuery[],
  partitions: readonly Found<readonly LedPartition[]>[],
): readonly GroupTopics[] {
  const groups = new Map<string, Map<string, Set<number>>>();
  for (const [at, { group, topic }] of queries.entries()) {
    const led = partitions[at];
    if (led?.ok !== true) continue;
    const topics = groups.get(group) ?? new Map<string, Set<number>>();
    groups.set(group, topics);
    const numbers = topics.get(topic) ?? new Set<number>();
    topics.set(topic, numbers);
    for (const { partition } of led.value) numbers.add(partition);
  }
  return [...groups].map(([group, topics]) => ({
    group,
    topics: [...topics].map(([topic, numbers]) => ({ topic, partitions: [...numbers] })),
  }));
}

/** Asks for the starts that are not known or not to be trusted, and keeps them. */
async function learnStarts(known: Known, round: Round, places: readonly LedPartition[]) {
  if (places.length === 0) return;
  for (const [place, start] of await listOffsets(round, places, LOG_START)) {
    known.starts.set(place, start);
  }
}

/** Ends, and starts where the end went back: the log is not the one whose start is known. */
async function learnEnds(known: Known, round: Round, places: readonly LedPartition[]) {
  const ends = await listOffsets(round, places, LOG_END);
  const replaced = places.filter(({ topic, partition }) => {
    const [place, end] = [placeOf(topic, partition), ends.get(placeOf(topic, partition))];
    const before = known.ends.get(place);
    if (end?.ok === true) known.ends.set(place, end.value);
    return end?.ok === true && before !== undefined && end.value < before;
  });
  return { ends, replaced };
}

async function readOnce(
  known: Known,
  round: Round,
  queries: readonly OffsetQuery[],
): Promise<readonly Found<readonly PartitionOffsets[]>[]> {
  const partitions = queries.map((query) => partitionsOf(round.topology, query));
  const places = new Map<string, LedPartition>();
  for (const found of partitions) {
    if (!found.ok) continue;
    for (const each of found.value) places.set(placeOf(each.topic, each.partition), each);
  }
  const all = [...places.values()];
  const doubtful = [...places]
    .filter(([place]) => known.starts.get(place)?.ok !== true || known.behind.has(place))
    .map(([, each]) => each);
  const [{ ends, replaced }, commits] = await Promise.all([
    learnEnds(known, round, all),
    commitsOf(known, round, groupTopics(queries, partitions)),
    learnStarts(known, round, doubtful),
  ]);
  await learnStarts(known, round, replaced);
  return queries.map((query, at) => {
    const found = partitions[at];
    if (found?.ok !== true) return found ?? noAnswer();
    return assemble(query, found.value, { ends, starts: known.starts, commits });
  });
}

function noAnswer(): never {
  throw new Error('a query was lost on the way');
}

export function createConversation(links: Links): Conversation {
  const known: Known = {
    topology: undefined,
    since: 0 as EpochMillis,
    starts: new Map(),
    ends: new Map(),
    behind: new Set(),
    distrusted: new Set(),
    coordinators: new Map(),
  };
  const round = async (topics: readonly string[], limits: Limits): Promise<Round> => ({
    links,
    topology: await topologyFor(known, links, topics, limits),
    limits,
  });

  /** Repeats what newer metadata may mend, and asks for its coordinators in place of computing them. */
  const readAgain = async (queries: readonly OffsetQuery[], limits: Limits) => {
    for (const { group } of queries) {
      known.distrusted.add(group);
      known.coordinators.delete(group);
    }
    const topics = [...(known.topology?.topics.keys() ?? [])];
    known.topology = await freshTopology(links, topics, limits);
    return readOnce(known, { links, topology: known.topology, limits }, queries);
  };

  return {
    round,
    async commits(groups, limits) {
      const asked = groups.map((group) => ({ group }));
      return commitsOf(known, await round([], limits), asked);
    },
    async offsets(queries, limits) {
      const topics = [...new Set(queries.map(({ topic }) => topic))];
      let answers: Found<readonly PartitionOffsets[]>[];
      try {
        answers = [...(await readOnce(known, await round(topics, limits), queries))];
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        forget(known, limits.now);
        return queries.map(() => ({ ok: false, error }));
      }
      const failed = answers.flatMap((answer, at) => (!answer.ok && answer.again ? [at] : []));
      const repeated = failed.flatMap((at) => queries[at] ?? []);
      if (repeated.length > 0 && !limits.signal.aborted) {
        const again = await readAgain(repeated, limits).catch(onlyIfKafka);
        for (const [index, at] of failed.entries()) {
          const answer = again?.[index];
          if (answer !== undefined) answers[at] = answer;
        }
      }
      conclude(known, queries, answers);
      return answers;
    },
  };
}

/** Without the second reading the first one's answers stand. */
function onlyIfKafka(error: unknown): undefined {
  if (!(error instanceof KafkaError)) throw error;
}

/** Notes where starts matter, for the next reading, and whether it needs new metadata. */
function conclude(
  known: Known,
  queries: readonly OffsetQuery[],
  answers: readonly Found<readonly PartitionOffsets[]>[],
): void {
  known.behind.clear();
  for (const [at, { topic, reset }] of queries.entries()) {
    const answer = answers[at];
    if (answer?.ok === true) {
      const behind = answer.value.filter(
        ({ start, end, committed }) =>
          start < end && (committed === undefined ? reset === 'earliest' : committed < start),
      );
      for (const { partition } of behind) known.behind.add(placeOf(topic, partition));
    } else if (answer?.error.code !== 'UNKNOWN_TOPIC' && answer?.error.code !== 'NOT_AUTHORIZED') {
      known.topology = undefined;
    }
  }
}
