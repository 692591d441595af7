import { millis, seconds } from '../model/units.ts';
import {
  choice,
  duration,
  flag,
  inside,
  list,
  note,
  object,
  type ObjectSchema,
  optional,
  type Parsed,
  type Place,
  secret,
  text,
  withDefault,
} from './schema.ts';

const timeout = withDefault(
  duration({ about: 'The longest that one call may take.', min: millis(100), max: seconds(30) }),
  seconds(5),
  '5s',
);

const tls = optional(
  object(
    {
      ca: optional(text({ about: 'A PEM file with the authority to trust.' })),
      serverName: optional(text({ about: 'The name the certificate must carry.' })),
    },
    { about: 'TLS; an empty map turns it on with the system’s authorities.' },
  ),
);

/** Notes it unless one of two attributes is there; one that is there but wrong counts as there. */
function exactlyOne<Key extends string>(
  keys: readonly [Key, Key],
  found: Readonly<Partial<Record<Key, unknown>>>,
  place: Place,
): void {
  const [one, other] = keys;
  const [hasOne, hasOther] = keys.map((key) => !(key in found) || found[key] !== undefined);
  if (hasOne === true && hasOther === true) {
    note(inside(place, other), `expected either ${one} or ${other}, found both`);
  } else if (hasOne === false && hasOther === false) {
    note(place, `expected ${one} or ${other}, found neither`);
  }
}

/** Kafka: either `brokers`, or `msk` with the ARN of a cluster whose brokers AWS is asked for. */
export const kafkaConnection = object(
  {
    brokers: optional(
      list(
        text({
          about: 'host:port',
          pattern: /^[\w.-]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/,
          accepted: 'host:port',
        }),
        { about: 'Bootstrap brokers.', min: 1, max: 100 },
      ),
    ),
    msk: optional(
      text({
        about: 'The ARN of an MSK cluster.',
        pattern: /^arn:aws[\w-]*:kafka:.+:cluster\/.+$/,
        accepted: 'the ARN of an MSK cluster',
      }),
    ),
    auth: optional(choice(['iam'], { about: 'IAM authentication (MSK only).' })),
    sasl: optional(
      object(
        {
          mechanism: choice(['plain', 'scram-sha-256', 'scram-sha-512'], {
            about: 'SASL mechanism.',
          }),
          username: text({ about: 'User name.' }),
          password: secret({ about: 'Password, by reference.' }),
        },
        { about: 'SASL user and password.' },
      ),
    ),
    tls,
    timeout,
  },
  {
    about: 'A Kafka cluster.',
    check(found, place) {
      exactlyOne(['brokers', 'msk'], found, place);
      if (found.auth !== undefined && 'msk' in found && found.msk === undefined) {
        note(inside(place, 'auth'), 'goes with msk only: other brokers know no IAM');
      }
      if (found.auth !== undefined && found.sasl !== undefined) {
        note(inside(place, 'sasl'), 'expected either auth or sasl, found both');
      }
    },
  },
);
export type KafkaConnection = Parsed<typeof kafkaConnection>;

/** Kubernetes: a kubeconfig on this machine, or the name of an EKS cluster (token presigned in process). */
export const kubernetesConnection = object(
  {
    kubeconfig: optional(text({ about: 'Path of a kubeconfig; ~ is the home folder.' })),
    context: optional(text({ about: 'The context in it; its current one by default.' })),
    eks: optional(
      text({
        about: 'Name of an EKS cluster.',
        pattern: /^[0-9A-Za-z][\w-]*$/,
        accepted: 'the name of an EKS cluster',
      }),
    ),
    timeout,
  },
  {
    about: 'A Kubernetes cluster.',
    check(found, place) {
      exactlyOne(['kubeconfig', 'eks'], found, place);
      if (found.context !== undefined && found.eks !== undefined) {
        note(inside(place, 'context'), 'goes with kubeconfig only');
      }
    },
  },
);
export type KubernetesConnection = Parsed<typeof kubernetesConnection>;

/** Local processes: a rule can start copies of this command, and can never carry a command itself. */
export const processConnection = object(
  {
    command: list(text({ about: 'Program and arguments.' }), {
      about: 'What each replica runs.',
      min: 1,
      max: 100,
    }),
    stopAfter: withDefault(
      duration({
        about: 'How long a copy may take to end before it is killed.',
        min: millis(0),
        max: seconds(60),
      }),
      seconds(5),
      '5s',
    ),
  },
  { about: 'Copies of a command on this machine; only in the local stack.' },
);
export type ProcessConnection = Parsed<typeof processConnection>;

/** An HTTP endpoint whose base URL, credentials and limits are fixed here. */
export const httpConnection = object(
  {
    url: text({
      about: 'Base URL.',
      pattern: /^https?:\/\/[^\s@]+$/,
      accepted: 'an http or https URL without user or password',
    }),
    bearer: optional(secret({ about: 'Bearer token, by reference.' })),
    basic: optional(
      object(
        {
          username: text({ about: 'User name.' }),
          password: secret({ about: 'Password, by reference.' }),
        },
        { about: 'Basic authentication.' },
      ),
    ),
    followRedirects: withDefault(flag({ about: 'Follow redirects to the same host.' }), false),
    timeout,
  },
  {
    about: 'An HTTP endpoint.',
    check({ bearer, basic }, place) {
      if (bearer === undefined || basic === undefined) return;
      note(inside(place, 'basic'), 'expected either bearer or basic, found both');
    },
  },
);
export type HttpConnection = Parsed<typeof httpConnection>;

/** Every kind of connection by its name in connections.yml. */
export const connectionKinds: Readonly<Record<string, ObjectSchema<object>>> = {
  kafka: kafkaConnection,
  kubernetes: kubernetesConnection,
  process: processConnection,
  http: httpConnection,
};
