import { type Retry, ScalerError } from '../../model/errors.ts';

/**
 * Why offsets could not be read. One class, because what is done about each differs only in the
 * advice; `code` goes into the sample, and from there into the record and the alarm.
 */
export type KafkaCode =
  | 'CONNECTION_INVALID'
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'DISCONNECTED'
  | 'NOT_AUTHENTICATED'
  | 'NOT_AUTHORIZED'
  | 'UNKNOWN_TOPIC'
  | 'PARTITION_MISSING'
  | 'NO_LEADER'
  | 'NO_COORDINATOR'
  | 'BROKER_REFUSED'
  | 'ANSWER_INVALID';

/** Codes that a person has to mend first: trying again alone changes nothing. */
const LASTING: ReadonlySet<KafkaCode> = new Set([
  'CONNECTION_INVALID',
  'NOT_AUTHENTICATED',
  'NOT_AUTHORIZED',
  'UNKNOWN_TOPIC',
]);

export class KafkaError extends ScalerError {
  readonly code: KafkaCode;
  readonly retry: Retry;

  constructor(code: KafkaCode, what: string, advice: string, options?: ErrorOptions) {
    super(what, advice, options);
    this.code = code;
    this.retry = LASTING.has(code) ? 'never' : 'next-tick';
  }
}

/**
 * Error codes of the protocol that this client acts on
 * (https://kafka.apache.org/protocol#protocol_error_codes).
 */
export const NO_ERROR = 0;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const NOT_COORDINATOR = 16;
const GROUP_ID_NOT_FOUND = 69;

/** A group without any commit is no error to us, whatever a broker calls it. */
export const isUnknownGroup = (code: number): boolean => code === GROUP_ID_NOT_FOUND;

/** Asking again, with newer metadata, may well succeed: leaders and coordinators move. */
const PASSING: ReadonlySet<number> = new Set([
  UNKNOWN_TOPIC_OR_PARTITION,
  5, // LEADER_NOT_AVAILABLE
  6, // NOT_LEADER_OR_FOLLOWER
  9, // REPLICA_NOT_AVAILABLE
  14, // COORDINATOR_LOAD_IN_PROGRESS
  15, // COORDINATOR_NOT_AVAILABLE
  NOT_COORDINATOR,
  56, // KAFKA_STORAGE_ERROR
  74, // FENCED_LEADER_EPOCH
  78, // OFFSET_NOT_AVAILABLE
]);
export const isPassing = (code: number): boolean => PASSING.has(code);

const DENIED: Readonly<Record<number, string>> = {
  29: 'The principal needs DESCRIBE on the topic',
  30: 'The principal needs DESCRIBE on the group',
  31: 'The principal needs DESCRIBE on the cluster',
};

/** What a broker answered about `subject` (`partition 3 of topic orders`), as an error. */
export function refused(code: number, subject: string): KafkaError {
  const denied = DENIED[code];
  if (denied !== undefined) {
    return new KafkaError(
      'NOT_AUTHORIZED',
      `The broker does not let us read ${subject} (error ${code})`,
      `${denied}; with IAM: kafka-cluster:DescribeTopic and kafka-cluster:DescribeGroup.`,
    );
  }
  if (code === 5 || code === 6 || code === 9 || code === 74 || code === 78) {
    return new KafkaError(
      'NO_LEADER',
      `There is no leader to ask about ${subject} (error ${code})`,
      'It passes when an election is over; if it stays, look for brokers that are down.',
    );
  }
  if (code === 14 || code === 15 || code === NOT_COORDINATOR) {
    return new KafkaError(
      'NO_COORDINATOR',
      `There is no coordinator to ask about ${subject} (error ${code})`,
      'It passes when the coordinator has moved; if it stays, check the topic __consumer_offsets.',
    );
  }
  if (code === UNKNOWN_TOPIC_OR_PARTITION) return unknownTopic(subject);
  return new KafkaError(
    'BROKER_REFUSED',
    `The broker answered about ${subject} with error ${code}`,
    'Look the number up in Kafka’s protocol errors, and into the broker’s log.',
  );
}

export const unknownTopic = (subject: string): KafkaError =>
  new KafkaError(
    'UNKNOWN_TOPIC',
    `The cluster does not know ${subject}`,
    'Check its name in the rule; a topic that may not be described looks the same.',
  );

export const partitionMissing = (subject: string): KafkaError =>
  new KafkaError(
    'PARTITION_MISSING',
    `The answer says nothing about ${subject}`,
    'A part is not the whole, so no lag is reported; if it stays, look into the broker’s log.',
  );
