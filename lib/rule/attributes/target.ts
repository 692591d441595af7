import type { TargetKind } from '../../model/target.ts';
import type { TargetSelector } from '../rule.ts';
import { kinds, mapped, type Schema } from '../schema.ts';
import type { Connections, Vocabulary } from '../vocabulary.ts';
import { connectionName } from './connection.ts';
import { elsewhere } from './elsewhere.ts';

/** What the rule scales. */
export function targetAttribute(
  { targets }: Vocabulary,
  connections: Connections,
): Schema<TargetSelector> {
  const schemas = Object.fromEntries(
    Object.entries(targets).map(([kind, { schema }]) => [kind, schema]),
  );
  const shared = (kind: string | undefined) => ({
    connection: connectionName(
      connections,
      `target kind ${kind}`,
      kind === undefined ? undefined : targets[kind]?.connections,
    ),
  });
  const target = kinds(schemas, shared, {
    about: 'What is scaled: its kind, the connection it is reached over, and its name.',
    explain: elsewhere,
  });
  return mapped(target, ({ kind, shared: { connection }, own }): TargetSelector => {
    const selected = targets[kind]?.select(own);
    const { resource = '', namespace = '', name = '', labels = {} } = selected ?? {};
    // The vocabulary's keys are the kinds; its type cannot say so.
    return { kind: kind as TargetKind, connection, resource, namespace, name, labels };
  });
}
