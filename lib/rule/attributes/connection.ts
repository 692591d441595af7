import { nearest } from '../../model/nearest.ts';
import { mapped, note, type Schema, text, withDefault } from '../schema.ts';
import type { Connections } from '../vocabulary.ts';

const NAME = text({
  about: 'Name of a connection in connections.yml.',
  pattern: /^[A-Za-z][\w-]*$/,
  accepted: 'the name of a connection',
  max: 63,
});

/** More names than this in a message are no help. */
const MOST_LISTED = 20;

/**
 * The name of a connection that exists and is of one of the kinds that `user` can use; undefined
 * kinds = any. A user that needs none (`kinds` empty) has the empty name by default.
 */
export function connectionName(
  connections: Connections,
  user: string,
  kinds: readonly string[] | undefined,
): Schema<string> {
  const known = Object.values(connections);
  const usable = kinds === undefined ? known : known.filter(({ kind }) => kinds.includes(kind));
  const schema = mapped(NAME, (name, place) => {
    const connection = Object.hasOwn(connections, name) ? connections[name] : undefined;
    if (connection === undefined) {
      const names = usable.map((one) => one.name);
      return note(
        place,
        `no connection ${JSON.stringify(name)} in connections.yml; ${listed(names, kinds)}${nearest(name, names)}`,
      );
    }
    if (kinds === undefined || kinds.includes(connection.kind)) return name;
    return note(
      place,
      `connection ${JSON.stringify(name)} is of kind ${connection.kind}, which ${user} cannot use; ${listed(
        usable.map((one) => one.name),
        kinds,
      )}`,
    );
  });
  return kinds?.length === 0 ? withDefault(schema, '') : schema;
}

function listed(names: readonly string[], kinds: readonly string[] | undefined): string {
  const ofKind = kinds === undefined ? '' : ` of kind ${kinds.join(' or ')}`;
  if (names.length === 0) return `there is none${ofKind}`;
  const rest = names.length - MOST_LISTED;
  const more = rest > 0 ? ` and ${rest} more` : '';
  return `there is${ofKind}: ${names.slice(0, MOST_LISTED).join(', ')}${more}`;
}
