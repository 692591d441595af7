import type { OffsetReset, PartitionOffsets } from '../../model/sample.ts';
import {
  isPassing,
  isUnknownGroup,
  KafkaError,
  NO_ERROR,
  partitionMissing,
  refused,
} from './errors.ts';
import type { GroupCommits } from './group-requests.ts';
import { type Found, type LedPartition, placeOf } from './round.ts';
import { leadersOf, type Topology } from './topology.ts';

/** One group on one topic. `only` = just these partitions; absent = all of the topic. */
export interface OffsetQuery {
  readonly group: string;
  readonly topic: string;
  readonly reset: OffsetReset;
  readonly only?: readonly number[];
}

/** What a round brought in, by place (`placeOf`) and by group. */
export interface Books {
  readonly ends: ReadonlyMap<string, Found<bigint>>;
  readonly starts: ReadonlyMap<string, Found<bigint>>;
  readonly commits: ReadonlyMap<string, Found<GroupCommits>>;
}

const fault = (error: KafkaError, again = false): Found<never> => ({ ok: false, error, again });

/** The partitions a query is about, with their leaders; a part of them is never taken for all. */
export function partitionsOf(
  topology: Topology,
  { topic, only }: OffsetQuery,
): Found<readonly LedPartition[]> {
  const leaders = leadersOf(topology, topic);
  if (leaders instanceof KafkaError) return fault(leaders);
  const led: LedPartition[] = [];
  for (const partition of only ?? leaders.keys()) {
    const leader = leaders.get(partition);
    if (leader === undefined) {
      return fault(
        new KafkaError(
          'PARTITION_MISSING',
          `Topic ${topic} has ${leaders.size} partitions, and ${partition} is not among them`,
          'Check the rule’s partitions; they are counted from 0.',
        ),
      );
    }
    if (leader < 0) return fault(refused(5, `partition ${partition} of topic ${topic}`), true);
    led.push({ topic, partition, leader });
  }
  return { ok: true, value: led };
}

type CommitAt = (place: string, subject: () => string) => Found<bigint | undefined>;

/** How to look a group's commits up; a group that the cluster does not know has none anywhere. */
function commitsOf(found: Found<GroupCommits> | undefined, group: string): Found<CommitAt> {
  if (found === undefined) return fault(partitionMissing(`group ${group}`));
  if (!found.ok) return found;
  const { error, commits } = found.value;
  if (isUnknownGroup(error)) {
    return { ok: true, value: () => ({ ok: true, value: undefined }) };
  }
  if (error !== NO_ERROR) return fault(refused(error, `group ${group}`), isPassing(error));
  const byPlace = new Map(commits.map((each) => [placeOf(each.topic, each.partition), each]));
  return {
    ok: true,
    value(place, subject) {
      const commit = byPlace.get(place);
      if (commit === undefined) return fault(partitionMissing(`${subject()} in group ${group}`));
      if (commit.error === NO_ERROR) return { ok: true, value: commit.offset };
      return fault(
        refused(commit.error, `${subject()} in group ${group}`),
        isPassing(commit.error),
      );
    },
  };
}

/** Puts the three answers about a query together. The first partition that lacks one decides. */
export function assemble(
  query: OffsetQuery,
  partitions: readonly LedPartition[],
  books: Books,
): Found<readonly PartitionOffsets[]> {
  const commits = commitsOf(books.commits.get(query.group), query.group);
  if (!commits.ok) return commits;
  const offsets: PartitionOffsets[] = [];
  for (const { topic, partition } of partitions) {
    const place = placeOf(topic, partition);
    const subject = () => `partition ${partition} of topic ${topic}`;
    const end = books.ends.get(place) ?? fault(partitionMissing(subject()));
    if (!end.ok) return end;
    const start = books.starts.get(place) ?? fault(partitionMissing(subject()));
    if (!start.ok) return start;
    const committed = commits.value(place, subject);
    if (!committed.ok) return committed;
    offsets.push({ partition, start: start.value, end: end.value, committed: committed.value });
  }
  return { ok: true, value: offsets };
}
