import { type Attributes, type Read, type Reading, TOP } from './aliases/names.ts';
import { isPlain } from './schema.ts';
import type { Connections, Vocabulary } from './vocabulary.ts';

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
