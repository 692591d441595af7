import type { Command } from 'commander';

import { createSecretSource } from '../aws/secrets.ts';
import { nearest } from '../model/nearest.ts';
import type { OffsetReset } from '../model/sample.ts';
import type { Surroundings } from '../model/surroundings.ts';
import { millis } from '../model/units.ts';
import { lagRowJson, lagTable } from '../observe/kafka/lag-table.ts';
import { createLagReader, type LagReport } from '../observe/kafka/read-lag.ts';
import type { Connection, Connections } from '../rule/vocabulary.ts';
import { systemClock } from '../system-clock.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { command, type CommonOptions, type JsonOption, printJson, withJson } from './options.ts';
import { createScreen } from './screen.ts';
import { openSession } from './session.ts';
import { plain } from './text.ts';
import { UsageError } from './usage-error.ts';

interface LagOptions extends CommonOptions, JsonOption {
  readonly group?: readonly string[];
  readonly topic?: readonly string[];
  readonly reset: string;
  readonly watch?: boolean | string;
}

const WATCH_EVERY_SECONDS = 2;
/** As long as one reading may take, whatever the connection's own timeouts are. */
const READING_TIMEOUT_MS = 20_000;

export function lagCommand(io: Io, end: (code: ExitCode) => void): Command {
  const about = 'Show the lag of consumer groups, partition by partition.';
  return withJson(command('lag', about, 'npx rubato lag main --group orders-worker --watch'))
    .argument('[connection]', 'a Kafka connection; the only one there is by default')
    .option('--group <groups...>', 'only these groups; all by default')
    .option('--topic <topics...>', 'only these topics; by default all that a group has committed')
    .option(
      '--reset <where>',
      'where a group without a commit begins: latest or earliest',
      'latest',
    )
    .option('--watch [seconds]', `again every so many seconds (${WATCH_EVERY_SECONDS} by default)`)
    .action(async (name: string | undefined, options: LagOptions) => {
      const session = await openSession(options, io, 'no store');
      try {
        const connection = pick(session.app.ports.connections, name);
        end(await showLag(connection, options, io));
      } finally {
        await session.close();
      }
    });
}

function pick(connections: Connections, name: string | undefined): Connection {
  const known = Object.values(connections).filter(({ kind }) => kind === 'kafka');
  const names = known.map((connection) => connection.name);
  const [only, second] = known;
  if (name === undefined && only !== undefined && second === undefined) return only;
  const found = known.find((connection) => connection.name === name);
  if (found !== undefined) return found;
  const there = names.length === 0 ? 'there is none' : `there is ${names.join(', ')}`;
  throw new UsageError(
    name === undefined
      ? `which Kafka connection? In connections.yml ${there}`
      : `no Kafka connection ${JSON.stringify(name)}; in connections.yml ${there}${nearest(name, names)}`,
    'Name one: npx rubato lag NAME.',
  );
}

async function showLag(connection: Connection, options: LagOptions, io: Io): Promise<ExitCode> {
  const every = readSeconds(options.watch);
  const question = {
    reset: readReset(options.reset),
    ...(options.group ? { groups: options.group } : {}),
    ...(options.topic ? { topics: options.topic } : {}),
  };
  const reader = createLagReader(connection, surroundingsOf(io));
  const screen = createScreen(io);
  try {
    for (;;) {
      const signal = AbortSignal.any([io.signal, AbortSignal.timeout(READING_TIMEOUT_MS)]);
      const report = await reader.read(question, { now: systemClock.now(), signal });
      if (options.json === true) printJson(io, jsonOf(report));
      else if (every === undefined) io.out(`${lagTable(report.rows)}\n`);
      else screen.draw(lagTable(report.rows).split('\n'));
      for (const { group, topic, because } of report.problems) {
        io.err(`${[group, topic].filter((part) => part !== '').join(' ')}: ${plain(because)}\n`);
      }
      if (every === undefined) return report.problems.length > 0 ? EXIT.failed : EXIT.done;
      await systemClock.sleep(millis(every * 1000), io.signal).catch(() => {});
      if (io.signal.aborted) return EXIT.done;
    }
  } finally {
    reader.close();
  }
}

const jsonOf = ({ rows, problems }: LagReport) => ({ rows: rows.map(lagRowJson), problems });

function readReset(text: string): OffsetReset {
  if (text === 'latest' || text === 'earliest') return text;
  throw new UsageError(
    `--reset: expected latest or earliest, found ${JSON.stringify(text)}`,
    'It is what auto.offset.reset says in the consumers.',
  );
}

function readSeconds(watch: LagOptions['watch']): number | undefined {
  if (watch === undefined || watch === false) return undefined;
  const seconds = watch === true ? WATCH_EVERY_SECONDS : Number(watch);
  if (seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new UsageError(
    `--watch: expected seconds from 0.1 to 3600, found ${JSON.stringify(watch)}`,
    `Without a number it is ${WATCH_EVERY_SECONDS}.`,
  );
}

function surroundingsOf(io: Io): Surroundings {
  const region = io.env['AWS_REGION'] ?? io.env['AWS_DEFAULT_REGION'];
  const clock = systemClock;
  return { clock, region, secrets: createSecretSource({ env: io.env, region, clock }) };
}
