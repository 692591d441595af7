import type { Surroundings } from '../../model/surroundings.ts';
import type { HttpConnection } from '../../rule/connection-kinds.ts';
import {
  choice,
  type INVALID,
  inside,
  mapped,
  note,
  object,
  type ObjectSchema,
  optional,
  type Parsed,
  record,
  text,
  withDefault,
} from '../../rule/schema.ts';
import type { Connection } from '../../rule/vocabulary.ts';
import type { SourceKind } from '../metric-source.ts';
import { relativePath } from './address.ts';
import { type JsonPath, parseJsonPath } from './json-path.ts';
import { REDUCERS } from './reduce.ts';
import type { Reader } from './source.ts';

const jsonOptions = object(
  {
    path: withDefault(
      relativePath('Path below the connection’s URL; the URL itself by default.'),
      '',
    ),
    json: mapped(
      text({ about: 'Where the number stands, such as $.queued or $.queues[*].ready.' }),
      (written, place): JsonPath | typeof INVALID => {
        const parsed = parseJsonPath(written);
        return 'path' in parsed ? parsed.path : note(place, `as a JSON path it ${parsed.problem}`);
      },
    ),
    reduce: optional(choice(REDUCERS, { about: 'How the values of a path with [*] become one.' })),
  },
  {
    about: 'A number in a JSON document.',
    check: ({ json, reduce: how }, place) => {
      if (json === undefined || json.many === (how !== undefined)) return;
      note(
        inside(place, 'reduce'),
        json.many
          ? `is required, since ${json.text} names many values: one of ${REDUCERS.join(', ')}`
          : `expected nothing, since ${json.text} names one value; use [*] for many`,
      );
    },
  },
);
export type JsonOptions = Parsed<typeof jsonOptions>;

const openmetricsOptions = object(
  {
    path: withDefault(relativePath('Path below the connection’s URL.'), '/metrics'),
    metric: text({
      about:
        'Name of the metric as the page shows it, with _total, _count or _sum where it has one.',
      max: 256,
    }),
    labels: withDefault(
      record(text({ about: 'The value the label must have.' }), {
        about: 'Labels a series must carry, all of them.',
        key: /^[^\s"\\]+$/,
        keyAccepted: 'a label’s name',
        max: 32,
      }),
      {},
    ),
    reduce: withDefault(
      choice(REDUCERS, { about: 'How the values of several series become one.' }),
      'sum',
    ),
  },
  { about: 'A number on a metrics page (OpenMetrics or Prometheus text).' },
);
export type OpenmetricsOptions = Parsed<typeof openmetricsOptions>;

/** `http-json`: one number of a JSON document, at most 5 MB, that a GET answers. */
export const httpJson: SourceKind = kindOf(jsonOptions, async () =>
  (await import('./readers.ts')).jsonReader(),
);

/** `openmetrics`: one metric's series, matched by labels, of a metrics page, at most 5 MB. */
export const openmetrics: SourceKind = kindOf(openmetricsOptions, async () =>
  (await import('./readers.ts')).openmetricsReader(),
);

/** The schema is needed wherever rules are read; what reads over HTTP is loaded when a rule does. */
function kindOf(schema: ObjectSchema<object>, createReader: () => Promise<Reader>): SourceKind {
  return {
    connections: ['http'],
    schema,
    figures: [],
    open: async (connection: Connection, surroundings: Surroundings) => {
      const { createHttpSource } = await import('./source.ts');
      const settings = connection.settings as HttpConnection;
      return createHttpSource(settings, surroundings, await createReader());
    },
  };
}
