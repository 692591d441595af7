import type { Problem } from '../schema.ts';
import type { Connections, Vocabulary } from '../vocabulary.ts';

/** A rule with KEDA's and HPA's names replaced by its own. */
export interface Read {
  readonly attributes: unknown;
  /** What has no counterpart or is given twice, and what to write here. */
  readonly problems: readonly Problem[];
  /** What was read as what, for whoever reviews the rule. */
  readonly notes: readonly Problem[];
  /** A problem of the schema, at the path that was written. */
  asWritten(problem: Problem): Problem;
}

export type Attributes = Readonly<Record<string, unknown>>;

/** Names of whole values, whose they are, and how they are read. */
export const TOP: Readonly<Record<string, readonly [own: string, of: string, unit?: 'seconds']>> = {
  minReplicaCount: ['min', 'KEDA'],
  maxReplicaCount: ['max', 'KEDA'],
  pollingInterval: ['interval', 'KEDA', 'seconds'],
  cooldownPeriod: ['idle', 'KEDA', 'seconds'],
  minReplicas: ['min', 'HPA'],
  maxReplicas: ['max', 'HPA'],
};

/** Reads attributes that have names from elsewhere. */
export type Reading = (
  attributes: Attributes,
  vocabulary: Vocabulary,
  connections: Connections,
) => Read;
