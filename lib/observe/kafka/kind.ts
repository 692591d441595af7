import type { OffsetReset } from '../../model/sample.ts';
import {
  choice,
  INVALID,
  mapped,
  note,
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
  },
  { about: 'How far a consumer group is behind on a topic of Kafka.' },
);

/**
 * The lag of a Kafka consumer group on one topic.
 *
 * `offsetReset` defaults to `earliest`, though Kafka's consumers default to `latest`: a group whose
 * target stands at zero commits nothing, so that counting its messages as none would never start
 * the first consumer. Set `latest` for consumers that leave out what came before them.
 */
export const kafkaLag: SourceKind = {
  connections: ['kafka'],
  schema,
  figures: ['lag', 'maxLag', 'partitions', 'lagging', 'activity'],
  async open(connection, surroundings) {
    const { createKafkaSource } = await import('./metric-source.ts');
    return createKafkaSource(connection, surroundings);
  },
};
