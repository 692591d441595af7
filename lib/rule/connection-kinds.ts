import { millis, seconds } from '../model/units.ts';
import {
  choice,
  duration,
  flag,
  list,
  object,
  type ObjectSchema,
  optional,
  type Parsed,
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
        { about: 'Bootstrap brokers.', max: 100 },
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
  { about: 'A Kafka cluster.' },
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
  { about: 'A Kubernetes cluster.' },
);
export type KubernetesConnection = Parsed<typeof kubernetesConnection>;

/** Local processes: a rule can start copies of this command, and can never carry a command itself. */
export const processConnection = object(
  {
    command: list(text({ about: 'Program and arguments.' }), {
      about: 'What each replica runs.',
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
  { about: 'An HTTP endpoint.' },
);
export type HttpConnection = Parsed<typeof httpConnection>;

/** Every kind of connection by its name in connections.yml. */
export const connectionKinds: Readonly<Record<string, ObjectSchema<object>>> = {
  kafka: kafkaConnection,
  kubernetes: kubernetesConnection,
  process: processConnection,
  http: httpConnection,
};
