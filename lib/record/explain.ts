import type { DimensionChange, Step } from '../decide/decision.ts';
import { readMemory } from '../decide/memory.ts';
import { compilePolicy, type Policy } from '../decide/policy.ts';
import { trust, type Trusted } from '../decide/trust.ts';
import type { LastFiring } from '../decide/windows.ts';
import type { Value } from '../expression/compile.ts';
import type { Sample } from '../model/sample.ts';
import { targetName } from '../model/target.ts';
import { elapsed, type EpochMillis, epochMillis } from '../model/units.ts';
import type { Rule } from '../rule/rule.ts';
import { nextChanges } from './explain-next.ts';
import { screen } from './explain-screen.ts';
import { sentencesOf } from './explain-sentence.ts';
import { clockTime, length, plain } from './explain-text.ts';
import type { DecisionRecord, RecordedOutcome } from './record.ts';
import { answered, type Measured, shownNumber, withValues } from './values.ts';

/** A live answer as a tick reports it; `DecisionReport` is one. */
export interface ReportedDecision {
  readonly rule: string;
  readonly target: string;
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly trust: Sample['trust'];
        readonly value: number | Readonly<Record<string, number>> | null;
        readonly because?: string;
      }
    >
  >;
  readonly capacity: Readonly<Record<string, DimensionChange>>;
  readonly outcome: 'done' | 'held' | 'failed' | 'would';
  readonly error?: { readonly code: string; readonly message: string };
  readonly steps: readonly Step[];
}

const NO_CRON: LastFiring = () => undefined;

/**
 * One recorded decision on one screen (at most 40 lines of 100 columns): the answer in a sentence
 * that names the binding step, what was measured, the rule with the values put in, every step, what
 * became of it, and what can change it next. `lastFiring` is for windows by cron.
 */
export function explainRecord(record: DecisionRecord, lastFiring = NO_CRON): string {
  const { rule, target, samples, at, decided, outcome, memory } = record;
  const compiled = compilePolicy(rule);
  const policy = compiled.ok ? compiled.policy : undefined;
  const isRunning = Object.values(decided?.state.wanted ?? {}).some((count) => count > 0);
  const trusted = policy && trust(policy, { samples, isRunning }, readMemory(memory), at);
  const env: Measured = trusted?.env ?? {};
  const rules = policy ? expressionRows(policy, env, at) : [];
  return screen({
    title: `${rule.id} on ${targetName(target)} at ${clockTime(at)}`,
    answer: decided === undefined ? [undecided(outcome)] : sentencesOf(decided.decision),
    measured: Object.entries(samples).map(([name, sample]) =>
      measuredRow(name, sample, { rule, trusted, at }),
    ),
    rules,
    steps: decided?.decision.steps ?? [],
    outcome: outcomeText(outcome, record.id),
    next:
      decided && policy && trusted
        ? nextChanges({ record, decided, policy, trusted, lastFiring })
        : ['the target has to be readable again'],
  });
}

/**
 * A live answer on one screen, in the same form. With the rule it says what was asked for; what it
 * cannot say is what only a record knows, such as ages and what comes next.
 */
export function explainDecision(report: ReportedDecision, rule?: Rule, at?: EpochMillis): string {
  const { metrics, capacity, outcome, error, steps } = report;
  const compiled = rule && compilePolicy(rule);
  const policy = compiled?.ok === true ? compiled.policy : undefined;
  const env: Record<string, Value | undefined> = {};
  for (const [name, { value }] of Object.entries(metrics)) env[name] = value ?? undefined;
  const moment = at ?? epochMillis(0);
  const failure: RecordedOutcome = { became: 'failed', ...(error ? { error } : {}) };
  return screen({
    title: `${report.rule} on ${report.target}${at === undefined ? '' : ` at ${clockTime(at)}`}`,
    answer: steps.length === 0 ? [undecided(failure)] : sentencesOf({ capacity, steps }),
    measured: Object.entries(metrics).map(([name, { trust: how, value, because = '' }]) => {
      const spec = rule?.metrics[name];
      const source = spec ? `${spec.kind} over ${spec.connection}` : '';
      return [
        name,
        how,
        '',
        source,
        [shownValue(value), plain(because)].filter(Boolean).join('; '),
      ];
    }),
    rules: policy ? expressionRows(policy, env, moment) : [],
    steps,
    outcome: error ? `failed: ${error.code}: ${plain(error.message)}` : LIVE[outcome],
    next: [],
  });
}

const LIVE: Readonly<Record<ReportedDecision['outcome'], string>> = {
  done: 'the target is as decided',
  held: 'held: nothing changes',
  would: 'nothing was written: a dry run',
  failed: 'failed',
};

const undecided = ({ error }: RecordedOutcome): string =>
  `Nothing was decided, so nothing changed: ${error ? `${error.code}: ${plain(error.message)}` : 'the target could not be read'}`;

function measuredRow(
  name: string,
  sample: Sample,
  { rule, trusted, at }: { rule: Rule; trusted: Trusted | undefined; at: EpochMillis },
): readonly string[] {
  const spec = rule.metrics[name];
  const source = spec ? `${spec.kind} over ${spec.connection}` : '';
  const doubt = trusted?.doubts.get(name);
  if (!('measurement' in sample)) {
    return [name, sample.trust, '', source, plain(sample.because)];
  }
  const age = `${length(elapsed(sample.at, at))} old`;
  // A sample that came as fresh may be too old for the rule, or be no number.
  const judged =
    doubt === undefined ? sample.trust : doubt.startsWith('invalid') ? 'invalid' : 'stale';
  const value = trusted?.env[name];
  const shown = [value === undefined ? '' : shownValue(value), plain(doubt ?? '')];
  return [name, judged, age, source, shown.filter(Boolean).join('; ')];
}

function shownValue(value: Value | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return shownNumber(value);
  if (typeof value !== 'object') return String(value);
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .map(([name, figure]) => `${name} ${typeof figure === 'number' ? shownNumber(figure) : '?'}`)
    .join(', ');
}

/** Every expression of a rule: its path, its text, the same with values, and what it gives. */
function expressionRows(
  { wanted, min, max }: Policy,
  env: Measured,
  at: EpochMillis,
): readonly (readonly string[])[] {
  const wishes = wanted.flatMap((programs) => {
    const isExact = programs.min === programs.max;
    return (isExact ? (['min'] as const) : (['min', 'max'] as const)).flatMap((end) => {
      const program = programs[end];
      const path = isExact ? programs.dimension : `${programs.dimension}.${end}`;
      return program ? [[path, program] as const] : [];
    });
  });
  return [...wishes, ['min', min] as const, ['max', max] as const].map(([path, program]) => {
    const source = plain(program.source);
    const put = plain(withValues(program.source, env));
    const value = answered(() => program.evaluate(env, at));
    const forms = [source, put, value].filter((form, place, all) => all.indexOf(form) === place);
    return [path, forms.join(' = ')];
  });
}

const BECAME: Readonly<Record<RecordedOutcome['became'], string>> = {
  rest: 'nothing was to be done',
  hold: 'held: nothing was changed',
  would: 'nothing was written: the rule is a dry run',
  done: 'done: the platform took it',
  superseded: 'not done: somebody else had changed the target',
  lost: 'not done: another worker was first',
  failed: 'failed',
};

function outcomeText({ became, note, error }: RecordedOutcome, id: string): string {
  const because = error ? `${error.code}: ${plain(error.message)}` : plain(note ?? '');
  return `${BECAME[became]}${because === '' ? '' : `: ${because}`} (decision ${id})`;
}
