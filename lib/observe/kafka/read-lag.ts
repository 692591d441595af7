import type { OffsetReset } from '../../model/sample.ts';
import type { Surroundings } from '../../model/surroundings.ts';
import { type EpochMillis, minutes } from '../../model/units.ts';
import type { Connection } from '../../rule/vocabulary.ts';
import type { Reading } from '../metric-source.ts';
import { createCluster } from './cluster.ts';
import type { Conversation } from './conversation.ts';
import { KafkaError, NO_ERROR, refused } from './errors.ts';
import { listGroupsRequest } from './group-requests.ts';
import { type LagRow, lagRows } from './lag-table.ts';

/** What of a cluster is asked for. */
export interface LagQuestion {
  /** Absent = all groups that the cluster knows. */
  readonly groups?: readonly string[];
  /** Absent = all topics that a group has committed. */
  readonly topics?: readonly string[];
  /** What a group without a commit will read. */
  readonly reset: OffsetReset;
}

/** A group on a topic that could not be read, and why; both are empty where it was the whole cluster. */
export interface LagProblem {
  readonly group: string;
  readonly topic: string;
  readonly code: string;
  readonly because: string;
}

export interface LagReport {
  readonly rows: readonly LagRow[];
  readonly problems: readonly LagProblem[];
}

interface Pair {
  readonly group: string;
  readonly topic: string;
}

interface Found {
  readonly pairs: readonly Pair[];
  readonly problems: readonly LagProblem[];
}

/** Which groups and topics there are is looked up so often; their offsets at every reading. */
const LONGEST_FOUND = minutes(1);

const problem = (pair: Partial<Pair>, error: KafkaError): LagProblem => ({
  group: pair.group ?? '',
  topic: pair.topic ?? '',
  code: error.code,
  because: error.message,
});

/** All groups of the cluster: every broker lists those that it coordinates. */
async function allGroups(
  conversation: Conversation,
  reading: Reading,
): Promise<{ readonly groups: readonly string[]; readonly problems: readonly LagProblem[] }> {
  const { links, topology, limits } = await conversation.round([], reading);
  const groups = new Set<string>();
  const problems: LagProblem[] = [];
  const ask = async (node: number) => {
    const address = topology.brokers.get(node);
    if (address === undefined) return;
    try {
      const link = await links.to(address, limits);
      const listed = await link.send(listGroupsRequest(), limits.signal);
      if (listed.error !== NO_ERROR) throw refused(listed.error, `the groups of broker ${node}`);
      for (const group of listed.groups) groups.add(group);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      problems.push(problem({}, error));
    }
  };
  await Promise.all([...topology.brokers.keys()].map(ask));
  return { groups: [...groups], problems };
}

/** The groups and topics a question is about, looked up where it does not name them. */
async function pairsOf(
  conversation: Conversation,
  question: LagQuestion,
  reading: Reading,
): Promise<Found> {
  const listed = question.groups
    ? { groups: question.groups, problems: [] }
    : await allGroups(conversation, reading);
  const { groups } = listed;
  if (question.groups && question.topics) {
    const { topics } = question;
    return {
      pairs: groups.flatMap((group) => topics.map((topic) => ({ group, topic }))),
      problems: [],
    };
  }
  const problems = [...listed.problems];
  const pairs: Pair[] = [];
  for (const [group, commits] of await conversation.commits(groups, reading)) {
    if (!commits.ok) {
      problems.push(problem({ group }, commits.error));
    } else if (commits.value.error !== NO_ERROR) {
      problems.push(problem({ group }, refused(commits.value.error, `group ${group}`)));
    } else {
      const committed = new Set(commits.value.commits.map(({ topic }) => topic));
      const topics = [...committed].filter((topic) => question.topics?.includes(topic) ?? true);
      pairs.push(...topics.map((topic) => ({ group, topic })));
    }
  }
  return { pairs, problems };
}

const byName = (one: Pair, other: Pair): number =>
  one.group === other.group ? (one.topic < other.topic ? -1 : 1) : one.group < other.group ? -1 : 1;

/** Reads a cluster's lag again and again over the same connections, as `rubato lag --watch` does. */
export interface LagReader {
  /**
   * Rows by group, topic and partition. What could not be read is among the problems, and the rest
   * is there all the same. Rejects with a ScalerError when the cluster cannot be reached at all.
   */
  read(question: LagQuestion, reading: Reading): Promise<LagReport>;
  close(): void;
}

/** `onRequest` is told the name of every request that a broker answered. */
export function createLagReader(
  connection: Connection,
  surroundings: Surroundings,
  onRequest?: (name: string) => void,
): LagReader {
  const cluster = createCluster(connection, surroundings, onRequest);
  let last: { readonly key: string; readonly at: EpochMillis; readonly found: Found } | undefined;
  return {
    close: () => cluster.close(),
    read(question, reading) {
      return cluster.talk(reading, async (conversation) => {
        const key = JSON.stringify([question.groups, question.topics]);
        if (last?.key !== key || reading.now - last.at > LONGEST_FOUND) {
          last = { key, at: reading.now, found: await pairsOf(conversation, question, reading) };
        }
        const pairs = last.found.pairs.toSorted(byName);
        const answers = await conversation.offsets(
          pairs.map((pair) => ({ ...pair, reset: question.reset })),
          reading,
        );
        const rows: LagRow[] = [];
        const problems = [...last.found.problems];
        for (const [at, pair] of pairs.entries()) {
          const answer = answers[at];
          if (answer?.ok === true) {
            rows.push(...lagRows(pair.group, pair.topic, answer.value, question.reset));
          } else if (answer) problems.push(problem(pair, answer.error));
        }
        return { rows, problems };
      });
    },
  };
}
