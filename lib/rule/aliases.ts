import { isPlain, type Problem } from './schema.ts';
import type { Connections, Vocabulary } from './vocabulary.ts';

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

const OTHERS: ReadonlySet<string> = new Set([
  'idleReplicaCount',
  'initialCooldownPeriod',
  'scaleTargetRef',
  'triggers',
  'advanced',
  'behavior',
]);

/** A rule's own attributes that are maps, with the names that they may have inside from elsewhere. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  fallback: ['failureThreshold', 'behavior'],
  scaleUp: ['stabilizationWindowSeconds', 'selectPolicy', 'tolerance', 'policies'],
  scaleDown: ['stabilizationWindowSeconds', 'selectPolicy', 'tolerance', 'policies'],
};

const hasAlias = (attributes: Attributes): boolean =>
  Object.entries(attributes).some(
    ([key, value]) =>
      Object.hasOwn(TOP, key) ||
      OTHERS.has(key) ||
      (Object.hasOwn(INSIDE, key) &&
        isPlain(value) &&
        INSIDE[key]?.some((inner) => Object.hasOwn(value, inner)) === true),
  );

export type Reading = (
  attributes: Attributes,
  vocabulary: Vocabulary,
  connections: Connections,
) => Read;

let reading: Reading | undefined;

/** Makes the reading of names from elsewhere available at once, for whoever has it in memory. */
export function useAliases(read: Reading): void {
  reading = read;
}

/** Loads what reads names from elsewhere, where these attributes have one; most rules have none. */
export async function prepareAliases(attributes: unknown): Promise<void> {
  if (reading !== undefined || !isPlain(attributes) || !hasAlias(attributes)) return;
  reading = (await import('./aliases/read.ts')).readNames;
}

/** The attributes with names from elsewhere replaced by ours; as they are where there are none. */
export function readAliases(
  attributes: unknown,
  vocabulary: Vocabulary,
  connections: Connections,
): Read {
  if (!isPlain(attributes) || !hasAlias(attributes)) {
    return { attributes, problems: [], notes: [], asWritten: (problem) => problem };
  }
  // A mistake of ours and not of whoever wrote the rule.
  if (reading === undefined) throw new Error('Rules are parsed before they are prepared');
  return reading(attributes, vocabulary, connections);
}
