import {
  choice,
  type INVALID,
  inside,
  mapped,
  note,
  object,
  optional,
  type Parsed,
  record,
  text,
  withDefault,
} from '../../rule/schema.ts';
import { relativePath } from './address.ts';
import { type JsonPath, parseJsonPath } from './json-path.ts';
import { REDUCERS } from './reduce.ts';

/** What a rule says of an `http-json` metric. */
export const jsonOptions = object(
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

/** What a rule says of an `openmetrics` metric. */
export const openmetricsOptions = object(
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
