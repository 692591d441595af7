import { minutes, millis, seconds } from '../../model/units.ts';
import type { MetricSpec } from '../rule.ts';
import {
  choice,
  duration,
  inside,
  INVALID,
  isPlain,
  kinds,
  mapped,
  note,
  optional,
  record,
  type Schema,
  text,
  withDefault,
} from '../schema.ts';
import type { Connections, Vocabulary } from '../vocabulary.ts';
import { connectionName } from './connection.ts';
import { elsewhere } from './elsewhere.ts';
import { reservedNames } from './expression.ts';

/** More metrics than this in one rule are two rules. */
const MOST_METRICS = 32;

/** Two ticks may fail to bring a new sample before the last one counts as stale. */
const MAX_AGE = minutes(2);

/** The metrics of a rule by the names its expressions use. */
export function metricsAttribute(
  { metrics }: Vocabulary,
  connections: Connections,
): Schema<Readonly<Record<string, MetricSpec>>> {
  const schemas = Object.fromEntries(
    Object.entries(metrics).map(([kind, { schema }]) => [kind, schema]),
  );
  const shared = (kind: string | undefined) => ({
    connection: connectionName(
      connections,
      `metric kind ${kind}`,
      kind === undefined ? undefined : metrics[kind]?.connections,
    ),
    maxAge: withDefault(
      duration({
        about: 'A sample older than this is stale, and nothing shrinks on it.',
        min: seconds(1),
        max: millis(86_400_000),
      }),
      MAX_AGE,
      '2m',
    ),
    value: optional(figure(kind === undefined ? undefined : metrics[kind]?.figures)),
  });
  const metric = kinds(schemas, shared, {
    about: 'A measurement, read over a connection.',
    explain: elsewhere,
  });
  const spec = mapped(
    metric,
    ({ kind, shared: { connection, maxAge, value }, own }): MetricSpec => {
      const lag = metrics[kind]?.lag?.(own);
      return {
        kind,
        connection,
        maxAge,
        value,
        figures: metrics[kind]?.figures ?? [],
        options: own,
        ...(lag === undefined ? {} : { lag }),
      };
    },
  );
  return withFreeNames(
    record(spec, {
      about: 'Measurements by the names that expressions use.',
      key: /^[A-Za-z_]\w*$/,
      keyAccepted: 'a word of letters, digits and _',
      max: MOST_METRICS,
    }),
  );
}

/** Which figure of a record stands for the metric; `figures` undefined = the kind is not known. */
function figure(figures: readonly string[] | undefined): Schema<string> {
  const about = 'The one figure that the metric stands for, where its kind has several.';
  if (figures === undefined) return text({ about });
  if (figures.length > 0) return choice(figures, { about });
  return {
    parse: (_, place) => note(place, 'expected nothing: this kind of metric is a single number'),
    json: { not: {}, description: about },
  };
}

/** Refuses names that mean something else in an expression: `max: max(count, 3)` could be read two ways. */
function withFreeNames<T>(schema: Schema<T>): Schema<T> {
  return {
    ...schema,
    parse(value, place) {
      const taken = isPlain(value)
        ? Object.keys(value).filter((name) => reservedNames.has(name))
        : [];
      for (const name of taken) {
        note(
          inside(place, name),
          `${name} is a word of the expression language; give the metric another name, such as ${name}Value`,
        );
      }
      const parsed = schema.parse(value, place);
      return taken.length > 0 ? INVALID : parsed;
    },
  };
}
