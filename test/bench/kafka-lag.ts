/*
 * Requests and time for the lag of 200 groups on 200 topics with 10 partitions each, beside Kafka's
 * own AdminClient on the same broker in the same run, the two taking turns. `node
 * test/bench/kafka-lag.ts` starts a broker of its own where KAFKA_BROKERS is not set. Prints one
 * JSON line for each figure and exits with 1 when one misses its bar.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

import { Kafka, logLevel } from 'kafkajs';

import { lagFigures } from '../../lib/model/lag.ts';
import type { Target } from '../../lib/model/target.ts';
import { epochMillis, minutes } from '../../lib/model/units.ts';
import type { KafkaLagOptions } from '../../lib/observe/kafka/kind.ts';
import { createKafkaSource } from '../../lib/observe/kafka/metric-source.ts';
import { createLagReader } from '../../lib/observe/kafka/read-lag.ts';
import type { MetricRequest } from '../../lib/observe/metric-source.ts';
import { commitOffsets, waitForLeaders } from '../backends/kafka-groups.ts';

const home = process.env['BACKENDS_HOME'] ?? join(homedir(), '.cache/rubato/backends');

const TOPICS = 200;
const PARTITIONS = 10;
/** Both engines compile as they run: after so many computations neither gets faster any more. */
const WARM_UPS = 200;
const MEASURED = 101;

const topics = Array.from({ length: TOPICS }, (_, n) => `topic-${n}`);

/** Partition `p` of topic `t` ends at 20 and is committed at (t + p) mod 20: some lag everywhere. */
const END = 20;
const committedAt = (topic: number, partition: number): number => (topic + partition) % END;
const expectedLag = topics.reduce(
  (sum, _, topic) =>
    sum +
    Array.from({ length: PARTITIONS }, (__, p) => END - committedAt(topic, p)).reduce(
      (one, two) => one + two,
      0,
    ),
  0,
);

async function fill(brokers: readonly string[]): Promise<void> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({
    topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS })),
    waitForLeaders: false, // it fails on topics that the broker has not heard of yet
  });
  await waitForLeaders(brokers[0] ?? '', topics, PARTITIONS);
  const messages = Array.from({ length: PARTITIONS * END }, (_, n) => ({
    value: 'message',
    partition: n % PARTITIONS,
  }));
  await producer.sendBatch({ topicMessages: topics.map((topic) => ({ topic, messages })) });
  await commitOffsets(
    brokers[0] ?? '',
    topics.map((topic, at) => ({
      group: `group-${at}`,
      topic,
      offsets: Object.fromEntries(
        Array.from({ length: PARTITIONS }, (_, partition) => [
          partition,
          committedAt(at, partition),
        ]),
      ),
    })),
  );
  await Promise.all([admin.disconnect(), producer.disconnect()]);
}

/** One computation of either client: its milliseconds and the lag it came to. */
interface Outcome {
  readonly ms: number;
  readonly lag: number;
}

interface Contestant {
  once(): Promise<Outcome>;
  close(): Promise<void>;
}

const target: Target = {
  kind: 'kubernetes',
  connection: 'bench',
  resource: '',
  namespace: '',
  name: 'bench',
};
/** What a tick with 200 rules asks for. */
const asked = topics.map((topic, at): MetricRequest => {
  const options: KafkaLagOptions = {
    topic,
    group: `group-${at}`,
    offsetReset: 'earliest',
    partitions: undefined,
  };
  const spec = { kind: 'kafka-lag', connection: 'bench', maxAge: minutes(5), value: undefined };
  return { spec: { ...spec, figures: [], options }, target };
});

const clock = { now: () => epochMillis(Date.now()), sleep: () => Promise.resolve() };
const secrets = { resolve: () => Promise.reject(new Error('no secrets here')) };
const surroundings = { secrets, clock, region: undefined };
const connectionTo = (brokers: readonly string[]) => ({
  name: 'bench',
  kind: 'kafka',
  settings: { brokers, timeout: 30_000 },
});
const reading = () => ({ now: clock.now(), signal: AbortSignal.timeout(60_000) });

function ours(brokers: readonly string[], requests: string[]): Contestant {
  const source = createKafkaSource(connectionTo(brokers), surroundings, (name) =>
    requests.push(name),
  );
  return {
    async once() {
      const begin = performance.now();
      let lag = 0;
      for (const sample of await source.read(asked, reading())) {
        if (!('measurement' in sample)) throw new Error(sample.because);
        if (sample.measurement.kind !== 'offsets') throw new Error('no offsets');
        lag += lagFigures(sample.measurement.partitions, sample.measurement.reset).lag;
      }
      return { ms: performance.now() - begin, lag };
    },
    close: () => source.close(),
  };
}

/** `rubato lag` with nothing named, which has to find out first which groups and topics there are. */
async function reportUnnamed(brokers: readonly string[]): Promise<void> {
  const requests: string[] = [];
  const reader = createLagReader(connectionTo(brokers), surroundings, (name) =>
    requests.push(name),
  );
  const count = async () => {
    const { rows, problems } = await reader.read({ reset: 'earliest' }, reading());
    const lag = rows.reduce((sum, row) => sum + Number(row.lag), 0);
    if (problems.length > 0 || lag !== expectedLag) throw new Error(`lag ${lag} of all groups`);
    return requests.splice(0).length;
  };
  report('requests, first computation, groups and topics to be found', await count(), 'requests');
  report('requests, next computation, groups and topics found', await count(), 'requests', 2);
  reader.close();
}

function theirs(brokers: readonly string[]): Contestant {
  const libraries = join(home, 'kafka/dist/libs/*');
  const source = join(import.meta.dirname, 'AdminLag.java');
  const child: ChildProcessWithoutNullStreams = spawn('java', [
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
    '-cp',
    libraries,
    source,
    brokers.join(','),
    String(TOPICS),
    String(PARTITIONS),
  ]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async once() {
      child.stdin.write('again\n');
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the AdminClient ended');
      const [ms = Number.NaN, lag = Number.NaN] = value.split(' ').map(Number);
      return { ms, lag };
    },
    async close() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

let missed = false;
function report(name: string, value: number, unit: string, bar?: number): void {
  const ok = bar === undefined || value <= bar;
  missed ||= !ok;
  const rounded = Math.round(value * 100) / 100;
  const line = { bench: 'kafka-lag', name, value: rounded, unit, bar, ok };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function run(brokers: readonly string[]): Promise<void> {
  await fill(brokers);
  const requests: string[] = [];
  const [rubato, adminClient] = [ours(brokers, requests), theirs(brokers)];
  try {
    const check = ({ ms, lag }: Outcome): number => {
      if (lag !== expectedLag) throw new Error(`lag ${lag}, expected ${expectedLag}`);
      return ms;
    };
    const firstMs = check(await rubato.once());
    const first = requests.splice(0).length;
    check(await rubato.once());
    const next = requests.splice(0).length;
    const javaFirstMs = check(await adminClient.once());
    check(await adminClient.once());
    for (let turn = 0; turn < WARM_UPS; turn += 1) {
      check(await rubato.once());
      check(await adminClient.once());
    }
    requests.length = 0;
    const [mine, java]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < MEASURED; turn += 1) {
      mine.push(check(await rubato.once()));
      java.push(check(await adminClient.once()));
    }
    report('requests, first computation, connecting included', first, 'requests', 4);
    report('requests, next computation', next, 'requests', 2);
    report('requests, mean of the warm ones', requests.length / MEASURED, 'requests', 2);
    report('first computation, connecting included', firstMs, 'ms');
    report('first computation of the Java AdminClient', javaFirstMs, 'ms');
    report('warm median', median(mine), 'ms');
    report('warm median of the Java AdminClient', median(java), 'ms');
    report('warm median / that of the Java AdminClient', median(mine) / median(java), '', 1);
    await reportUnnamed(brokers);
  } finally {
    await Promise.all([rubato.close(), adminClient.close()]);
  }
}

const given = process.env['KAFKA_BROKERS'];
const script = join(import.meta.dirname, '../backends/kafka.sh');
const own = { ...process.env, BACKENDS_INSTANCE: `bench-${process.pid}`, KAFKA_PORT: '0' };
const backend = (verb: string): string =>
  execFileSync('bash', [script, verb], {
    env: own,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const started = given === undefined ? /KAFKA_BROKERS=(\S+)/.exec(backend('start'))?.[1] : given;
try {
  await run((started ?? '').split(','));
} finally {
  if (given === undefined) {
    backend('stop');
    rmSync(join(home, `kafka/run-bench-${process.pid}`), { recursive: true, force: true });
  }
}
process.exitCode = missed ? 1 : 0;
