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
  quote,
  record,
  text,
  withDefault,
} from '../../rule/schema.ts';
import type { Connection } from '../../rule/vocabulary.ts';
import type { SourceKind } from '../metric-source.ts';
import { relativePath } from './address.ts';
import { HttpSourceError } from './errors.ts';
import { findSeries, matching, OPENMETRICS_TYPE } from './exposition.ts';
import type { Answer } from './get.ts';
import { followJsonPath, type JsonPath, numberOf, parseJsonPath } from './json-path.ts';
import { reduce, REDUCERS } from './reduce.ts';
import { createHttpSource, type Reader } from './source.ts';

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
type JsonOptions = Parsed<typeof jsonOptions>;

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
type OpenmetricsOptions = Parsed<typeof openmetricsOptions>;

/** `http-json`: one number of a JSON document, at most 5 MB, that a GET answers. */
export const httpJson: SourceKind = kindOf(jsonOptions, () => {
  const documents = new WeakMap<Answer, { readonly document: unknown }>();
  return {
    accept: 'application/json',
    path: (options) => (options as JsonOptions).path,
    measure: (answer, options) => {
      const parsed = documents.get(answer) ?? { document: parseJson(answer) };
      documents.set(answer, parsed);
      return { value: jsonNumber(parsed.document, options as JsonOptions), at: undefined };
    },
  };
});

/** `openmetrics`: one metric's series, matched by labels, of a metrics page, at most 5 MB. */
export const openmetrics: SourceKind = kindOf(openmetricsOptions, () => ({
  accept: `${OPENMETRICS_TYPE};version=1.0.0,text/plain;version=0.0.4;q=0.5`,
  path: (options) => (options as OpenmetricsOptions).path,
  measure: (answer, options) => openmetricsNumber(answer, options as OpenmetricsOptions),
}));

function kindOf(schema: ObjectSchema<object>, createReader: () => Reader): SourceKind {
  return {
    connections: ['http'],
    schema,
    figures: [],
    open: async (connection: Connection, surroundings: Surroundings) =>
      createHttpSource(connection.settings as HttpConnection, surroundings, createReader()),
  };
}

function parseJson(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body);
  } catch (error) {
    throw new HttpSourceError(
      'NOT_READABLE',
      `the answer is no JSON (it starts with ${quote(answer.body.slice(0, 40))})`,
      'Check the path of the rule and the URL of the connection.',
      { cause: error },
    );
  }
}

function jsonNumber(document: unknown, { json, reduce: how }: JsonOptions): number {
  const found = followJsonPath(document, json);
  if ('nothingAt' in found) throw nothingThere(`the answer has nothing at ${found.nothingAt}`);
  const values = found.found.map((value) => {
    if (value === null) throw nothingThere(`the answer has null at ${json.text}`);
    // Entries that are only counted may be anything.
    const number = how === 'count' ? 1 : numberOf(value);
    if (number === undefined) throw notANumber(`${json.text} is ${quote(value)}`);
    return number;
  });
  const value = reduce(values, how ?? 'sum');
  if (value === undefined) throw nothingThere(`${json.text} has no entries to take the ${how} of`);
  return finite(value, json.text);
}

function openmetricsNumber(answer: Answer, options: OpenmetricsOptions) {
  const format = answer.mediaType === OPENMETRICS_TYPE ? 'openmetrics' : 'prometheus';
  const found = findSeries(answer.body, options.metric, format);
  if ('problem' in found) {
    throw new HttpSourceError(
      'NOT_READABLE',
      `the metrics page cannot be read: ${found.problem}`,
      'Check what the endpoint exposes.',
    );
  }
  const series = matching(found.series, options.labels);
  const name = `${options.metric}${shownLabels(options.labels)}`;
  if (series.length === 0) {
    const others = found.series.length;
    throw nothingThere(
      `no series ${name}${others === 0 ? '' : `, though ${others} of that metric with other labels`}`,
    );
  }
  for (const { value } of series) finite(value, name);
  const value = reduce(
    series.map((one) => one.value),
    options.reduce,
  );
  const stamps = series.flatMap(({ timestamp }) => (timestamp === undefined ? [] : [timestamp]));
  return {
    value: finite(value ?? Number.NaN, name),
    at: reduce(stamps, 'min'),
  };
}

function shownLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quote(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function finite(value: number, name: string): number {
  if (Number.isFinite(value)) return value;
  throw notANumber(`${name} is ${value}`);
}

const nothingThere = (what: string) =>
  new HttpSourceError(
    'NOTHING_THERE',
    what,
    'Check the rule, or give the expression a default with ??.',
  );

const notANumber = (what: string) =>
  new HttpSourceError('NOT_A_NUMBER', what, 'The metric must be a finite number.');
