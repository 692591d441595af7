import type { OffsetReset } from '../../model/sample.ts';
import type { LagOptions } from '../../rule/rule.ts';
import {
  choice,
  INVALID,
  mapped,
  note,
  number,
  object,
  optional,
  text,
  withDefault,
} from '../../rule/schema.ts';
import type { SourceKind } from '../metric-source.ts';

/** What a rule says of a `kafka-lag` metric, as its schema makes it. */
export interface KafkaLagOptions {
  readonly topic: string;
  readonly group: string;
  readonly offsetReset: OffsetReset;
  /** The numbers of the partitions that count; absent = all. */
  readonly partitions: readonly number[] | undefined;
}

/** More than any topic sensibly has; a list beyond it is a slip of the pen. */
const MOST_PARTITIONS = 100_000;

const NAME = /^[\w.-]+$/;

const numbers = mapped(
  text({
    about: 'Only these partitions: numbers and ranges, such as 1,2,10-20. All by default.',
    pattern: /^\s*\d{1,9}(?:\s*-\s*\d{1,9})?(?:\s*,\s*\d{1,9}(?:\s*-\s*\d{1,9})?)*\s*$/,
    accepted: 'partition numbers and ranges, such as 1,2,10-20',
  }),
  (written, place) => {
    const found = new Set<number>();
    for (const part of written.split(',')) {
      const [from = 0, to = from] = part.split('-').map(Number);
      if (to < from) return note(place, `expected the range ${from}-${to} to be ascending`);
      if (to - from + found.size >= MOST_PARTITIONS) {
        return note(place, `expected at most ${MOST_PARTITIONS} partitions`);
      }
      for (let partition = from; partition <= to; partition += 1) found.add(partition);
    }
    return found.size > 0 ? [...found] : INVALID;
  },
);

const schema = object(
  {
    topic: text({
      about: 'The topic that is consumed.',
      max: 249,
      pattern: NAME,
      accepted: 'the name of a topic: letters, digits, dot, underscore and hyphen',
    }),
    group: text({ about: 'The consumer group that reads it.', max: 255 }),
    offsetReset: withDefault(
      choice(['earliest', 'latest'], {
        about:
          'What a group without a commit will read: the same as auto.offset.reset of its consumers.',
      }),
      'earliest',
    ),
    partitions: optional(numbers),
    limitTo: optional(
      choice(['partitions', 'lagging'], {
        about:
          'Never more replicas than partitions, or none wished beyond the partitions with lag; no limit by default, because rules have a max.',
      }),
    ),
    spread: optional(
      choice(['even'], {
        about:
          'even = the fewest replicas with which the busiest one reads no more partitions than with as many as were wished.',
      }),
    ),
    excludeStuck: optional(
      number({
        about:
          'After so many looks without a commit, while other partitions had some, a partition’s lag counts no more; it keeps the target awake.',
        min: 1,
        max: 1000,
        whole: true,
      }),
    ),
  },
  { about: 'How far a consumer group is behind on a topic of Kafka.' },
);

/**
 * The lag of a Kafka consumer group on one topic: `lag`, `maxLag` (of the partition that has the
 * most), `partitions`, `lagging` (partitions with lag), `activity` (messages committed since the
 * last look) and `seconds` (how long the oldest unread message has waited).
 *
 * `seconds` is read off past end offsets, which are remembered only for rules that use it. Between
 * two looks it is off by at most the time between them; see lib/decide/lag/seconds.ts. Before the
 * second look it is unknown, and a rule that touches it then changes nothing.
 *
 * With `limitTo: partitions` there are never more replicas than partitions, not even where a floor
 * or an override asks for them. `limitTo: lagging` keeps the wish within the partitions with lag,
 * at least one, and floors may ask for more, so that a window can warm a group up. Of several
 * metrics with a limit the largest holds: a replica without a partition of one topic may have one
 * of another.
 *
 * `offsetReset` defaults to `earliest`, though Kafka's consumers default to `latest`: a group whose
 * target stands at zero commits nothing, so that counting its messages as none would never start
 * the first consumer. Set `latest` for consumers that leave out what came before them.
 */
export const kafkaLag: SourceKind = {
  connections: ['kafka'],
  schema,
  figures: ['lag', 'maxLag', 'partitions', 'lagging', 'activity', 'seconds'],
  lag(options) {
    const { limitTo, spread, excludeStuck } = options as LagOptions;
    return { limitTo, spread, excludeStuck };
  },
  async open(connection, surroundings) {
    const { createKafkaSource } = await import('./metric-source.ts');
    return createKafkaSource(connection, surroundings);
  },
};
