import { randomUUID } from 'node:crypto';

import type { Deployer, DeployerKind } from './act/deployer.ts';
import { targetKinds } from './act/registry.ts';
import { type Config, ConfigError } from './config.ts';
import type { SecretSource } from './model/secrets.ts';
import type { Surroundings } from './model/surroundings.ts';
import type { SourceKind, MetricSource } from './observe/metric-source.ts';
import { metricKinds } from './observe/registry.ts';
import type { Journal, TickMetrics } from './record/journal.ts';
import { createRecordings } from './record/registry.ts';
import { connectionKinds } from './rule/connection-kinds.ts';
import { parseConnections } from './rule/parse-connections.ts';
import type { Connection, Connections, Vocabulary } from './rule/vocabulary.ts';
import { createDynamoAuditLog } from './store/dynamodb/audit-log.ts';
import { createDynamoClient, type DynamoTable } from './store/dynamodb/client.ts';
import { createDynamoLastGoodStore } from './store/dynamodb/last-good.ts';
import { createDynamoLeaseStore } from './store/dynamodb/lease-store.ts';
import { createDynamoMemoryStore } from './store/dynamodb/memory-store.ts';
import { createDynamoRuleStore } from './store/dynamodb/rule-store.ts';
import { systemClock } from './system-clock.ts';
import type { Ports } from './tick/ports.ts';

/** What an app is made of beside its configuration. */
export interface Parts {
  readonly config: Config;
  /** connections.yml as parsed YAML or JSON. */
  readonly connections: unknown;
  /** Where `env:` secrets are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly journal: Journal;
  readonly metrics: TickMetrics;
  /** Target kinds that stand in for registered ones: the local stack's processes. */
  readonly targetKinds?: Readonly<Record<string, DeployerKind>>;
  /** Ports that stand in for the usual ones: rules from a folder, stores of a test. */
  readonly ports?: Partial<Ports>;
  /** For an endpoint that takes any: the embedded DynamoDB. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface App {
  readonly ports: Ports;
  /** The tables' client, for those who count what it consumes. */
  readonly tables: { readonly rules: DynamoTable; readonly state: DynamoTable };
  /** Ends every connection that was opened. */
  close(): Promise<void>;
}

/** The words that rules may use with these kinds of target. */
export const vocabularyOf = (targets: Readonly<Record<string, DeployerKind>>): Vocabulary => ({
  connections: connectionKinds,
  metrics: metricKinds,
  targets,
});

/** The composition root: configuration in, every port with its adapter out. Opens nothing yet. */
export function createApp(parts: Parts): App {
  const { config, journal, metrics } = parts;
  const targets = { ...targetKinds, ...parts.targetKinds };
  const vocabulary = vocabularyOf(targets);
  const parsed = parseConnections(parts.connections, vocabulary);
  if (!parsed.ok) throw new ConfigError('connections.yml', parsed.problems);
  const { connections } = parsed;
  const client = createDynamoClient({
    region: config.region,
    endpoint: config.dynamodbEndpoint,
    ...(parts.credentials ? { credentials: parts.credentials } : {}),
  });
  const rules: DynamoTable = { client, tableName: config.rulesTable };
  const state: DynamoTable = { client, tableName: config.stateTable };
  const surroundings: Surroundings = {
    secrets: lazySecrets(parts),
    clock: systemClock,
    region: config.region,
  };
  const sources = keepOpen<SourceKind, MetricSource>(metricKinds, connections, surroundings);
  const deployers = keepOpen<DeployerKind, Deployer>(targets, connections, surroundings);
  const ports: Ports = {
    clock: systemClock,
    newId: randomUUID,
    rules: createDynamoRuleStore(rules),
    lastGood: createDynamoLastGoodStore(state),
    memories: createDynamoMemoryStore({ ...state, random: Math.random }),
    leases: createDynamoLeaseStore(state),
    audit: createDynamoAuditLog({ ...state, clock: systemClock }),
    source: sources.open,
    deployer: deployers.open,
    cron: async () => (await import('./cron.ts')).createLastFiring(),
    vocabulary,
    connections,
    journal,
    metrics,
    recordings: config.recordings && createRecordings(config.recordings, surroundings),
    settings: config.settings,
    ...parts.ports,
  };
  return {
    ports,
    tables: { rules, state },
    close: async () => {
      await Promise.all([sources.close(), deployers.close()]);
      client.destroy();
    },
  };
}

/** The secrets' source, loaded when a connection first needs one. */
function lazySecrets({ env, config }: Parts): SecretSource {
  let source: Promise<SecretSource> | undefined;
  const load = async (): Promise<SecretSource> => {
    const { createSecretSource } = await import('./aws/secrets.ts');
    return createSecretSource({ env, region: config.region, clock: systemClock });
  };
  return {
    resolve: async (reference, signal) => {
      source ??= load();
      return (await source).resolve(reference, signal);
    },
  };
}

interface Openable<Opened> {
  open(connection: Connection, surroundings: Surroundings): Promise<Opened>;
}

/** Opens each kind over each connection once, when it is first asked for; a failure is tried again. */
function keepOpen<Kind extends Openable<Opened>, Opened extends { close(): Promise<void> }>(
  kinds: Readonly<Record<string, Kind>>,
  connections: Connections,
  surroundings: Surroundings,
): {
  readonly open: (kind: string, connection: string) => Promise<Opened>;
  readonly close: () => Promise<void>;
} {
  const opened = new Map<string, Promise<Opened>>();
  return {
    open: async (kindName, connectionName) => {
      const key = JSON.stringify([kindName, connectionName]);
      const known = opened.get(key);
      if (known) return await known;
      const kind = kinds[kindName];
      const connection = connections[connectionName];
      // A rule that is valid names only kinds and connections there are.
      if (!kind || !connection) throw new Error(`no ${kindName} over ${connectionName}`);
      const opening = kind.open(connection, surroundings);
      opened.set(key, opening);
      try {
        return await opening;
      } catch (error) {
        opened.delete(key);
        throw error;
      }
    },
    close: async () => {
      const openings = [...opened.values()];
      opened.clear();
      // What could not be opened has nothing to close.
      await Promise.all(
        openings.map((one) =>
          one.then(
            (it) => it.close(),
            () => undefined,
          ),
        ),
      );
    },
  };
}
