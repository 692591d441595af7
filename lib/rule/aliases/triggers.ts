import { isPlain, type Problem, quote } from '../schema.ts';
import type { Connections, Vocabulary } from '../vocabulary.ts';

interface Words {
  readonly vocabulary: Vocabulary;
  readonly connections: Connections;
}

type Metadata = Readonly<Record<string, unknown>>;

/** More triggers than this get no text of their own. */
const MOST_SHOWN = 10;

/**
 * KEDA's triggers say what a rule says by metrics and an expression, which no list can be turned
 * into without choosing names. So each trigger's problem has the metric to paste, and one problem
 * has the expression that combines them as HPA would: the largest wish wins.
 */
export function explainTriggers(triggers: unknown, words: Words): readonly Problem[] {
  if (!Array.isArray(triggers)) {
    return [
      {
        path: 'triggers',
        message: 'KEDA’s triggers are metrics here, a map from names to metrics',
      },
    ];
  }
  const explained = triggers
    .slice(0, MOST_SHOWN)
    .map((trigger: unknown, at) => explainTrigger(trigger, `triggers[${at}]`, words));
  const wishes = explained.flatMap(({ wish }) => (wish === undefined ? [] : [wish]));
  const whole = wishes.length > 1 ? `max(${wishes.join(', ')})` : wishes[0];
  const problems = explained.flatMap(({ problems: of }) => of);
  if (whole !== undefined) {
    problems.unshift({
      path: 'triggers',
      message: `KEDA’s triggers are metrics and an expression here; with the metrics below, write replicas: ${whole}`,
    });
  }
  return problems;
}

interface Explained {
  readonly problems: readonly Problem[];
  readonly wish?: string;
}

function explainTrigger(trigger: unknown, path: string, words: Words): Explained {
  if (!isPlain(trigger)) {
    return {
      problems: [
        { path, message: `expected a map with type and metadata, found ${quote(trigger)}` },
      ],
    };
  }
  const { type, metadata, name } = trigger;
  const of = isPlain(metadata) ? metadata : {};
  const around = aroundTrigger(trigger, path);
  if (type === 'kafka' || type === 'apache-kafka') {
    const kafka = explainKafka(of, path, { name, connection: connectionOf('kafka', words) });
    return { ...kafka, problems: [...kafka.problems, ...around] };
  }
  if (type === 'cron') return { problems: [cronTrigger(of, path), ...around] };
  const kinds = Object.keys(words.vocabulary.metrics).join(', ');
  const message = `write a metric of one of the kinds there are (${kinds}) and name it in replicas; what KEDA’s ${quote(type)} divides by belongs in the expression, such as ceil(queue / 10)`;
  return { problems: [{ path, message }, ...around] };
}

/** What KEDA has beside type and metadata. */
function aroundTrigger(trigger: Metadata, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (key: string, message: string): void => {
    if ((trigger[key] ?? undefined) !== undefined)
      problems.push({ path: `${path}.${key}`, message });
  };
  say('authenticationRef', 'credentials stand in connections.yml; leave it out');
  say('useCachedMetrics', 'is not needed: every metric is read once a tick; leave it out');
  if (trigger['metricType'] !== 'AverageValue') {
    say(
      'metricType',
      'divide by the threshold as AverageValue does; Value and Utilization multiply by the present count, which no expression here does',
    );
  }
  return problems;
}

function connectionOf(kind: string, { connections }: Words): string {
  const names = Object.values(connections).filter((one) => one.kind === kind);
  return names.length === 1 ? (names[0]?.name ?? 'CONNECTION') : 'CONNECTION';
}

const isTrue = (value: unknown): boolean => value === true || value === 'true';
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** KEDA's Kafka scaler: its defaults are written out where they differ from ours. */
function explainKafka(
  metadata: Metadata,
  path: string,
  of: { readonly name: unknown; readonly connection: string },
): Explained {
  const topic = textOf(metadata['topic']) ?? 'TOPIC';
  const name = metricName(of.name ?? topic);
  const parts = [
    'kind: kafka-lag',
    `connection: ${of.connection}`,
    `topic: ${topic}`,
    `group: ${textOf(metadata['consumerGroup']) ?? 'GROUP'}`,
    `offsetReset: ${textOf(metadata['offsetResetPolicy']) ?? 'latest'}`,
    ...limitParts(metadata),
  ];
  const problems: Problem[] = [
    { path, message: `write metrics: { ${name}: { ${parts.join(', ')} } }` },
    ...Object.keys(metadata).flatMap((key) => kafkaProblem(key, metadata, `${path}.metadata`)),
  ];
  const wished = `ceil(${name}.lag / ${textOf(metadata['lagThreshold']) ?? '10'})`;
  const wakes = textOf(metadata['activationLagThreshold']) ?? '0';
  return {
    problems,
    wish: wakes === '0' ? wished : `(${name}.lag > ${wakes} ? ${wished} : 0)`,
  };
}

function limitParts(metadata: Metadata): readonly string[] {
  const { partitionLimitation } = metadata;
  const limit = isTrue(metadata['limitToPartitionsWithLag'])
    ? 'limitTo: lagging'
    : isTrue(metadata['allowIdleConsumers'])
      ? undefined
      : 'limitTo: partitions';
  return [
    limit,
    isTrue(metadata['ensureEvenDistributionOfPartitions']) ? 'spread: even' : undefined,
    isTrue(metadata['excludePersistentLag']) ? 'excludeStuck: 3' : undefined,
    textOf(partitionLimitation) ? `partitions: '${textOf(partitionLimitation)}'` : undefined,
  ].filter((part) => part !== undefined);
}

/** Options that the metric to paste has taken over. */
const TAKEN: ReadonlySet<string> = new Set([
  'topic',
  'consumerGroup',
  'lagThreshold',
  'activationLagThreshold',
  'offsetResetPolicy',
  'allowIdleConsumers',
  'limitToPartitionsWithLag',
  'excludePersistentLag',
  'partitionLimitation',
  'ensureEvenDistributionOfPartitions',
]);

const KAFKA: ReadonlyMap<string, string> = new Map(
  Object.entries({
    scaleToZeroOnInvalidOffset:
      'leave it out: offsetReset says what a group without a commit has to read, with latest nothing and with earliest everything',
    version: 'leave it out: the protocol is agreed upon with the brokers',
    fullMetadata: 'leave it out: only the topic’s metadata is asked for',
    consumerGroupFromEnv: 'write the group itself: group: NAME',
    topicFromEnv: 'write the topic itself: topic: NAME',
  }),
);

function kafkaProblem(key: string, metadata: Metadata, path: string): readonly Problem[] {
  if (TAKEN.has(key)) return [];
  const own = `${path}.${key}`;
  if (key === 'bootstrapServers' || key === 'bootstrapServersFromEnv') {
    const written = textOf(metadata['bootstrapServers']);
    const brokers =
      written === undefined
        ? 'HOST:PORT'
        : written
            .split(',')
            .map((one) => one.trim())
            .join("', '");
    return [
      {
        path: own,
        message: `brokers stand in connections.yml, and a rule names the connection: main: { kind: kafka, brokers: ['${brokers}'] }`,
      },
    ];
  }
  const message =
    KAFKA.get(key) ??
    'how a cluster is reached and who one is there stand in connections.yml: tls, sasl or auth';
  return [{ path: own, message }];
}

function metricName(written: unknown): string {
  const name = (textOf(written) ?? '').replaceAll(/\W/g, '_');
  return /^[A-Za-z_]/.test(name) ? name.slice(0, 60) : `lag_${name}`.slice(0, 60);
}

const CRON = /^(\d{1,2})\s+(\d{1,2})\s+\*\s+\*\s+(\S+)$/;

/** A daily start and end on the same days is a window; otherwise the parts of one are named. */
function cronTrigger({ start, end, timezone, desiredReplicas }: Metadata, path: string): Problem {
  const [from, to] = [start, end].map((cron) => CRON.exec(textOf(cron)?.trim() ?? ''));
  const clock = (found: RegExpExecArray): string =>
    [found[2], found[1]].map((part) => (part ?? '').padStart(2, '0')).join(':');
  const days = from?.[3];
  const isWindow = from && to && (days === '*' || /^[a-z,-]+$/i.test(days ?? ''));
  const when = isWindow
    ? `${days === '*' ? '' : `days: ${(days ?? '').toLowerCase()}, `}from: '${clock(from)}', to: '${clock(to)}'`
    : "days: mon-fri, from: 'HH:MM', to: 'HH:MM'";
  return {
    path,
    message: `a time of day is a window here: windows: [{ ${when}, zone: ${textOf(timezone) ?? 'UTC'}, min: ${textOf(desiredReplicas) ?? 'N'} }]; its days are those on which it starts (KEDA#4677)`,
  };
}
