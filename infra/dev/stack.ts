import { join } from 'node:path';

import { exampleTraffic, startQueue } from '../../examples/queue.ts';
import type { DeployerKind } from '../../lib/act/deployer.ts';
import { createProcessKind } from '../../lib/act/process/kind.ts';
import { startSupervisor } from '../../lib/act/process/supervisor.ts';
import type { Clock } from '../../lib/model/clock.ts';
import type { ProcessConnection } from '../../lib/rule/connection-kinds.ts';
import type { Connections } from '../../lib/rule/vocabulary.ts';
import { onFreePort, openEmbedded } from './embedded.ts';
import { LocalStackError } from './errors.ts';
import { announce, findRunningStack } from './running.ts';

/** DynamoDB and the example's queue, both on loopback and in this process. */
export interface LocalStack {
  readonly endpoint: string;
  /** URLs of connections that are served elsewhere than connections.yml says, by the URL there. */
  readonly moved: Readonly<Record<string, string>>;
  /** Where the example's queue is reached, if a connection asks for it. */
  readonly queue: string | undefined;
  /** Runs the copies of every `process` connection until the stack is closed. */
  supervise(connections: Connections, clock: Clock): Promise<void>;
  /** Ends all copies, then the queue and the store. Safe to call twice. */
  close(): Promise<void>;
}

export interface StackOptions {
  /** Where data, logs and the ledger of processes are kept, `.rubato`. */
  readonly folder: string;
  /** Where the commands of process connections run. */
  readonly workingFolder: string;
  /** The port that DynamoDB is to have; the next free one where it is taken. */
  readonly port: number;
  /** URLs that connections name. */
  readonly urls: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told in one line what people should know. */
  readonly note: (line: string) => void;
}

/** The queue is started where a connection has this very URL. */
const QUEUE_URL = 'http://127.0.0.1:8787';

/** Where the ledger of a stack's processes is. */
const processFolder = (folder: string): string => join(folder, 'processes');

/** Target kinds that work beside a local stack of `folder`, in whatever process. */
export const localTargetKinds = (folder: string): Readonly<Record<string, DeployerKind>> => ({
  process: createProcessKind(processFolder(folder)),
});

/** Starts the one local stack of a folder. Rejects when another one runs there. */
export async function startLocalStack(options: StackOptions): Promise<LocalStack> {
  const { folder, note, port } = options;
  const other = findRunningStack(folder);
  if (other !== undefined) {
    throw new LocalStackError(
      `The local stack already runs on ${folder} (process ${other.pid}, DynamoDB at ${other.endpoint})`,
      'Stop it with Ctrl-C in its terminal before starting another; all other commands talk to it.',
    );
  }
  const closing: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    const store = await openEmbedded(folder, port);
    closing.push(() => store.close());
    if (port !== 0 && !store.endpoint.endsWith(`:${port}`)) {
      note(`Port ${port} is taken, so DynamoDB is at ${store.endpoint}.`);
    }
    const queue = options.urls.includes(QUEUE_URL) ? await openQueue(note, closing) : undefined;
    const moved = queue === undefined || queue === QUEUE_URL ? {} : { [QUEUE_URL]: queue };
    closing.push(announce(folder, { endpoint: store.endpoint, moved }));
    return {
      endpoint: store.endpoint,
      moved,
      queue,
      supervise: async (connections, clock) => {
        const supervisor = await startSupervisor({
          folder: processFolder(folder),
          workingFolder: options.workingFolder,
          environment: { ...options.environment, QUEUE_URL: queue },
          commands: commandsOf(connections),
          clock,
          note,
        });
        closing.push(() => supervisor.stop());
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openQueue(
  note: StackOptions['note'],
  closing: (() => Promise<void> | void)[],
): Promise<string> {
  const wanted = Number(new URL(QUEUE_URL).port);
  const queue = await onFreePort(wanted, (port) => startQueue({ port, traffic: exampleTraffic }));
  closing.push(() => queue.close());
  if (queue.url !== QUEUE_URL) note(`Port ${wanted} is taken, so the queue is at ${queue.url}.`);
  return queue.url;
}

const commandsOf = (connections: Connections): Record<string, ProcessConnection> =>
  Object.fromEntries(
    Object.values(connections)
      .filter(({ kind }) => kind === 'process')
      .map(({ name, settings }) => [name, settings as ProcessConnection]),
  );
