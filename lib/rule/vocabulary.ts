import type { LagOptions, TargetSelector } from './rule.ts';
import type { ObjectSchema } from './schema.ts';

/** A named endpoint of connections.yml. `settings` are what the kind's schema made of the rest. */
export interface Connection {
  readonly name: string;
  readonly kind: string;
  readonly settings: object;
}

export type Connections = Readonly<Record<string, Connection>>;

/** A kind of metric, as far as rules are concerned. */
export interface MetricKind {
  /** Kinds of connection it can be read over. */
  readonly connections: readonly string[];
  /** The kind's own attributes beside kind, connection, maxAge and value. */
  readonly schema: ObjectSchema<object>;
  /** Names of the figures of a record, or empty for a kind that is a single number. */
  readonly figures: readonly string[];
  /** What `schema` made of the attributes that bear on partitions; only for kinds that have some. */
  lag?(options: object): LagOptions;
}

/** A kind of target, as far as rules are concerned. */
export interface TargetKindVocabulary {
  readonly connections: readonly string[];
  /** The kind's own attributes beside kind and connection. */
  readonly schema: ObjectSchema<object>;
  select(options: object): Omit<TargetSelector, 'kind' | 'connection'>;
  /** Whether a rule may carry the workload itself. */
  readonly managesWorkloads: boolean;
  readonly dimensions: readonly ('replicas' | 'created' | 'started')[];
}

/** Every word a rule or connections.yml may use; put together from the registries by `app.ts`. */
export interface Vocabulary {
  readonly connections: Readonly<Record<string, ObjectSchema<object>>>;
  readonly metrics: Readonly<Record<string, MetricKind>>;
  readonly targets: Readonly<Record<string, TargetKindVocabulary>>;
}
