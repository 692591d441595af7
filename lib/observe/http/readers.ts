import { quote } from '../../rule/schema.ts';
import { HttpSourceError } from './errors.ts';
import { findSeries, matching, OPENMETRICS_TYPE } from './exposition.ts';
import type { Answer } from './get.ts';
import { followJsonPath, numberOf } from './json-path.ts';
import type { JsonOptions, OpenmetricsOptions } from './options.ts';
import { reduce } from './reduce.ts';
import type { Reader } from './source.ts';

/** Reads one number of a JSON document; metrics that share an answer share its parsing. */
export function jsonReader(): Reader {
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
}

/** Reads the series of one metric of a metrics page. */
export function openmetricsReader(): Reader {
  return {
    accept: `${OPENMETRICS_TYPE};version=1.0.0,text/plain;version=0.0.4;q=0.5`,
    path: (options) => (options as OpenmetricsOptions).path,
    measure: (answer, options) => openmetricsNumber(answer, options as OpenmetricsOptions),
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
