import type { Dimension } from '../model/target.ts';
import { millis, minutes, seconds } from '../model/units.ts';
import { readAliases } from './aliases.ts';
import { elsewhere } from './attributes/elsewhere.ts';
import { constant, expression } from './attributes/expression.ts';
import { metricsAttribute } from './attributes/metrics.ts';
import { fallbackAttribute, overrideAttribute } from './attributes/override.ts';
import { paceAttribute, toleranceAttribute } from './attributes/pace.ts';
import { targetAttribute } from './attributes/target.ts';
import { windowsAttribute } from './attributes/windows.ts';
import { workloadAttribute } from './attributes/workload.ts';
import { isMany } from './expand.ts';
import type { Rule, WantedRange } from './rule.ts';
import {
  duration,
  either,
  flag,
  inside,
  INVALID,
  isPlain,
  mapped,
  note,
  object,
  type ObjectOf,
  optional,
  type Place,
  type Problem,
  type Schema,
  text,
  withDefault,
} from './schema.ts';
import type { Connections, Vocabulary } from './vocabulary.ts';

export type RuleAttempt =
  | {
      readonly ok: true;
      readonly rule: Rule;
      /** Attributes that were written under another system's name, and how they were read. */
      readonly notes?: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const DIMENSIONS: readonly Dimension[] = ['replicas', 'created', 'started'];

/** More problems than this are counted: the verdict has to fit beside the rule in its item. */
const MOST_PROBLEMS = 50;

const name: Schema<string> = text({
  about: 'Name of the rule.',
  pattern: /^[A-Za-z0-9][\w.-]*$/,
  accepted: 'a name of letters, digits, ., _ and -, starting with a letter or digit',
  max: 128,
});

/**
 * Reads a rule as a person wrote it (design: the rule format), with every default filled in.
 * Answers all problems at once, each with its path, what was found, what is accepted and the
 * nearest known name; never throws, whatever the attributes are. Expressions stay texts here:
 * `compilePolicy` finds what is wrong inside them. KEDA's and HPA's names are read where a rule has
 * the same under another one; problems then name the path that was written.
 *
 * Defaults: `interval` 1m (the cron's beat), `idle` 5m (KEDA's cooldownPeriod of 300 s), `min` 0
 * and `max` 100 (KEDA's), `maxAge` of a metric 2m; everything that damps is off unless it is
 * asked for, so that a formula gives what it says.
 */
export function parseRule(
  id: string,
  attributes: unknown,
  vocabulary: Vocabulary,
  connections: Connections,
): RuleAttempt {
  const problems: Problem[] = [];
  const place = { path: '', problems };
  name.parse(id, inside(place, 'id'));
  const read = readAliases(attributes, vocabulary, connections);
  const parsed = schemaOf(vocabulary, connections).parse(read.attributes, place);
  if (parsed === INVALID || problems.length > 0 || read.problems.length > 0) {
    const all = [...read.problems, ...problems.map((problem) => read.asWritten(problem))];
    return { ok: false, problems: bounded(all) };
  }
  const { replicas, created, started, ...rest } = parsed;
  const ranges = { replicas, created, started };
  const wanted = Object.fromEntries(
    Object.entries(ranges).filter((entry) => entry[1] !== undefined),
  );
  const rule = { id, ...rest, wanted };
  return read.notes.length > 0 ? { ok: true, rule, notes: read.notes } : { ok: true, rule };
}

function bounded(problems: readonly Problem[]): readonly Problem[] {
  const more = problems.length - MOST_PROBLEMS;
  if (more <= 0) return problems;
  return [...problems.slice(0, MOST_PROBLEMS), { path: '', message: `${more} more problems` }];
}

/** One text for both ends, or an expression for either. */
const range: Schema<WantedRange> = either(
  (value) => isPlain(value),
  object(
    {
      min: optional(expression({ about: 'Grow to this where there are fewer.' })),
      max: optional(expression({ about: 'Shrink to this where there are more.' })),
    },
    {
      about: 'At least and at most so many; between the two the count stays.',
      explain: elsewhere,
      check(found, place) {
        checkOrder(found, place);
        if (!('min' in found && 'max' in found)) return;
        if (found.min === undefined && found.max === undefined) {
          note(place, 'expected min or max, found neither');
        }
      },
    },
  ),
  mapped(expression({ about: 'How many there shall be: an expression or a number.' }), (exact) => ({
    min: exact,
    max: exact,
  })),
);

function checkOrder(found: Partial<WantedRange>, place: Place): void {
  const [min, max] = [constant(found.min), constant(found.max)];
  if (min === undefined || max === undefined || min <= max) return;
  note(inside(place, 'min'), `${min} is above max, which is ${max}`);
}

function fieldsOf(vocabulary: Vocabulary, connections: Connections) {
  return {
    target: targetAttribute(vocabulary, connections),
    workload: optional(workloadAttribute),
    metrics: withDefault(metricsAttribute(vocabulary, connections), {}),
    replicas: optional(range),
    created: optional(range),
    started: optional(range),
    min: withDefault(expression({ about: 'Never fewer than this.' }), '0', 0),
    max: withDefault(expression({ about: 'Never more than this.' }), '100', 100),
    interval: withDefault(
      duration({
        about: 'How often it is looked at.',
        min: seconds(1),
        max: millis(86_400_000),
      }),
      minutes(1),
      '1m',
    ),
    idle: withDefault(
      duration({
        about: 'How long nothing must have happened before the last replica goes.',
        max: millis(30 * 86_400_000),
      }),
      minutes(5),
      '5m',
    ),
    smoothing: optional(
      object(
        {
          halfLife: duration({
            about: 'The time in which half of the way to the wish is gone.',
            min: millis(1),
            max: millis(86_400_000),
          }),
        },
        { about: 'Exponential smoothing of the wish.', explain: elsewhere },
      ),
    ),
    rebalanceHold: withDefault(
      duration({
        about: 'How long growth waits while no offset moves: the group may be rebalancing.',
        max: minutes(60),
      }),
      millis(0),
      '0s',
    ),
    scaleUp: paceAttribute('How fast it may grow.'),
    scaleDown: paceAttribute('How fast it may shrink, the way to zero included.'),
    tolerance: toleranceAttribute,
    windows: windowsAttribute,
    override: optional(overrideAttribute),
    fallback: optional(fallbackAttribute),
    dryRun: withDefault(flag({ about: 'Decide and record, change nothing.' }), false),
  };
}
type Written = ObjectOf<ReturnType<typeof fieldsOf>>;

function createSchema(vocabulary: Vocabulary, connections: Connections): Schema<Written> {
  return object(fieldsOf(vocabulary, connections), {
    about: 'A rule: what is scaled, what is measured, and how many there shall be.',
    explain: elsewhere,
    check(found, place) {
      checkOrder(found, place);
      checkDimensions(found, place, vocabulary);
      checkWorkload(found, place, vocabulary);
    },
  });
}

function checkDimensions(found: Partial<Written>, place: Place, { targets }: Vocabulary): void {
  if (found.target === undefined) return;
  const { kind } = found.target;
  const counted = targets[kind]?.dimensions ?? [];
  for (const dimension of DIMENSIONS) {
    if (found[dimension] === undefined || counted.includes(dimension)) continue;
    note(
      inside(place, dimension),
      `a ${kind} target has no ${dimension}; write ${counted.join(' or ')}`,
    );
  }
  const isAsked = (dimension: Dimension): boolean =>
    !(dimension in found) || found[dimension] !== undefined;
  if (DIMENSIONS.some((dimension) => isAsked(dimension))) return;
  note(
    inside(place, counted[0] ?? 'replicas'),
    `is required: how many there shall be, as an expression or a number${counted.length > 1 ? ` (or write ${counted.slice(1).join(' or ')})` : ''}`,
  );
}

function checkWorkload(found: Partial<Written>, place: Place, { targets }: Vocabulary): void {
  const { target, workload } = found;
  if (target === undefined || workload === undefined) return;
  const here = inside(place, 'workload');
  if (targets[target.kind]?.managesWorkloads !== true) {
    const able = Object.keys(targets).filter((kind) => targets[kind]?.managesWorkloads === true);
    note(
      here,
      `a ${target.kind} target cannot carry its workload; ${able.length > 0 ? `this can: ${able.join(', ')}` : 'no kind can'}`,
    );
  } else if (isMany(target)) {
    note(here, 'goes with a target of one plain name, not with a pattern or labels');
  }
}

const schemas = new WeakMap<Vocabulary, WeakMap<Connections, Schema<Written>>>();

/** A schema takes far longer to build than a rule to parse, and there is one per process. */
function schemaOf(vocabulary: Vocabulary, connections: Connections): Schema<Written> {
  const ofVocabulary = schemas.get(vocabulary) ?? new WeakMap<Connections, Schema<Written>>();
  schemas.set(vocabulary, ofVocabulary);
  const schema = ofVocabulary.get(connections) ?? createSchema(vocabulary, connections);
  ofVocabulary.set(connections, schema);
  return schema;
}

/**
 * JSON Schema (draft 2020-12) of a rule as a file of its own, for editors. It says what every
 * attribute accepts; what holds between attributes, only `parseRule` checks.
 */
export function ruleJsonSchema(vocabulary: Vocabulary): Readonly<Record<string, unknown>> {
  const { json } = createSchema(vocabulary, {});
  const properties = { id: name.json, ...(json['properties'] as object) };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Rubato rule',
    ...json,
    properties,
    required: ['id', ...(json['required'] as readonly string[])],
  };
}
