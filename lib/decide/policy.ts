import { compile, type Program, type Scope, type StaticType } from '../expression/compile.ts';
import { ExpressionError } from '../expression/errors.ts';
import type { Dimension } from '../model/target.ts';
import { expressionsOf } from '../rule/expressions-of.ts';
import type { MetricSpec, Rule } from '../rule/rule.ts';
import { isPlain, type Problem } from '../rule/schema.ts';
import { type LagRoom, roomOf } from './lag/room.ts';

/** A rule with its expressions compiled: what `decide` runs on. */
export interface Policy {
  readonly rule: Rule;
  readonly wanted: readonly WantedPrograms[];
  readonly min: Program;
  readonly max: Program;
  /** Metrics that any of the expressions names. */
  readonly used: readonly string[];
  readonly lag: LagNeeds;
}

/** What is to be remembered of consumer groups for a rule. */
export interface LagNeeds {
  /** Metrics whose `seconds` an expression may use. */
  readonly timed: ReadonlySet<string>;
  readonly room: LagRoom;
}

export interface WantedPrograms {
  readonly dimension: Dimension;
  readonly min: Program | undefined;
  readonly max: Program | undefined;
}

export type PolicyAttempt =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const FLOAT: StaticType = { kind: 'float' };

/** What expressions see of a metric: a number, or a map of its figures. */
function typeOf(spec: MetricSpec): StaticType {
  if (spec.value !== undefined || spec.figures.length === 0) return FLOAT;
  return { kind: 'map', fields: Object.fromEntries(spec.figures.map((name) => [name, FLOAT])) };
}

/** Compiles every expression of a rule, or answers all that is wrong with them, each with its path. */
export function compilePolicy(rule: Rule): PolicyAttempt {
  const scope: Scope = Object.fromEntries(
    Object.entries(rule.metrics).map(([name, spec]) => [name, typeOf(spec)]),
  );
  const problems: Problem[] = [];
  const programs = new Map<string, Program>();
  for (const { path, source } of expressionsOf(rule)) {
    try {
      programs.set(path, compile(source, scope, 'number'));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problems.push({ path, message: error.message });
    }
  }
  const min = programs.get('min');
  const max = programs.get('max');
  if (min === undefined || max === undefined || problems.length > 0) return { ok: false, problems };
  const wanted = Object.keys(rule.wanted).map((dimension): WantedPrograms => {
    const exact = programs.get(dimension);
    return {
      dimension: dimension as Dimension,
      min: exact ?? programs.get(`${dimension}.min`),
      max: exact ?? programs.get(`${dimension}.max`),
    };
  });
  const used = new Set([...programs.values()].flatMap(({ names }) => names));
  const lag = lagNeeds(rule, [...programs.values()]);
  return { ok: true, policy: { rule, wanted, min, max, used: [...used], lag } };
}

/**
 * Past end offsets are remembered only of metrics whose `seconds` some expression may use: one that
 * names the metric and has that word. Where it only seems so, the memory is larger and nothing else.
 */
function lagNeeds({ metrics }: Rule, programs: readonly Program[]): LagNeeds {
  const groups = Object.entries(metrics).filter(([, { lag }]) => lag !== undefined);
  const timed = groups.filter(
    ([name, { value, figures }]) =>
      figures.includes('seconds') &&
      (value ?? 'seconds') === 'seconds' &&
      programs.some(
        ({ names, source }) =>
          names.includes(name) && (value !== undefined || /\bseconds\b/.test(source)),
      ),
  );
  const counts = groups.some(([, { lag }]) => lag?.excludeStuck !== undefined);
  return {
    timed: new Set(timed.map(([name]) => name)),
    room: roomOf(groups.length, counts || timed.length > 0),
  };
}

/**
 * What can be said of the expressions of a rule whose form is wrong, so that an operator is told
 * everything at once: its metrics are taken to be anything, and a path with a problem is left alone.
 */
export function syntaxProblems(
  attributes: Readonly<Record<string, unknown>>,
  known: readonly Problem[],
): readonly Problem[] {
  const { metrics } = attributes;
  const names = isPlain(metrics) ? Object.keys(metrics) : [];
  const scope: Scope = Object.fromEntries(names.map((name) => [name, { kind: 'any' }]));
  return expressionTexts(attributes).flatMap(([path, source]) => {
    if (known.some((problem) => problem.path === path)) return [];
    try {
      compile(source, scope, 'number');
      return [];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return [{ path, message: error.message }];
    }
  });
}

/** The texts that stand where a rule has expressions, each with its path. */
export function expressionTexts(
  attributes: Readonly<Record<string, unknown>>,
): readonly (readonly [string, string])[] {
  const places = ['replicas', 'created', 'started', 'min', 'max'].flatMap((key) => {
    const value = attributes[key];
    if (!isPlain(value)) return [{ path: key, value }];
    return ['min', 'max'].map((end) => ({ path: `${key}.${end}`, value: value[end] }));
  });
  return places.flatMap(({ path, value }) =>
    typeof value === 'string' ? [[path, value] as const] : [],
  );
}
