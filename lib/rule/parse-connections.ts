import { discreet, INVALID, kinds, type Problem, record } from './schema.ts';
import type { Connection, Connections, Vocabulary } from './vocabulary.ts';

export type ConnectionsAttempt =
  | { readonly ok: true; readonly connections: Connections }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** One file names the endpoints of one deployment; more than this is a generated mistake. */
const MOST_CONNECTIONS = 1000;

/**
 * Reads connections.yml, already parsed as YAML: a map from names to endpoints of a known kind.
 * Answers all problems at once and never throws. Whatever stands in the file may be a secret in
 * the wrong place, so problems tell where and what is accepted, and repeat no value. An empty
 * file (null) names no connections.
 */
export function parseConnections(input: unknown, vocabulary: Vocabulary): ConnectionsAttempt {
  const connection = kinds(vocabulary.connections, () => ({}), {
    about: 'An endpoint that rules can name.',
  });
  const schema = discreet(
    record(connection, {
      about: 'Endpoints by the names that rules use.',
      key: /^[A-Za-z][\w-]{0,62}$/,
      keyAccepted: 'a word of letters, digits, - and _',
      max: MOST_CONNECTIONS,
    }),
  );
  const problems: Problem[] = [];
  const parsed = schema.parse(input ?? {}, { path: '', problems });
  if (parsed === INVALID) return { ok: false, problems };
  const entries = Object.entries(parsed).map(([name, { kind, own }]): [string, Connection] => [
    name,
    { name, kind, settings: own },
  ]);
  return { ok: true, connections: Object.fromEntries(entries) };
}
