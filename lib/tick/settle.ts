import type { Decided } from '../decide/decide.ts';
import type { Step } from '../decide/decision.ts';
import { writeMemory } from '../decide/memory.ts';
import { assertNever, DeadlineError, ScalerError } from '../model/errors.ts';
import { targetName } from '../model/target.ts';
import type { RecordedOutcome } from '../record/record.ts';
import { type CarriedOut, carryOut, decisionId, takeOver } from './carry-out.ts';
import type { Considered } from './considered.ts';
import { withGrace } from './grace.ts';
import { reportMetrics } from './metric-report.ts';
import type { Ports } from './ports.ts';
import type { DecisionReport } from './report.ts';
import type { Round } from './round.ts';

/** What became of a decision; `rest` and `hold` as decided, `would` in a dry run. */
interface Outcome {
  readonly decision: string;
  readonly became: 'rest' | 'hold' | 'would' | CarriedOut['outcome'];
  readonly note?: string;
  readonly error?: ScalerError;
}

const OUTCOMES: Readonly<Record<Outcome['became'], DecisionReport['outcome']>> = {
  rest: 'done',
  done: 'done',
  hold: 'held',
  lost: 'held',
  superseded: 'held',
  would: 'would',
  failed: 'failed',
};

/** Carries one decision out, remembers what changed, and answers what became of it. */
export async function settle(
  one: Considered & { readonly decided: Decided },
  ports: Ports,
  round: Round,
): Promise<DecisionReport> {
  const { decision } = one.decided;
  const signal = withGrace(round.signal, ports.settings.grace);
  const outcome = await attempt(one, ports, { ...round, signal }, round.signal);
  const report: DecisionReport = {
    ...reportOf(one, round),
    capacity: { ...decision.capacity },
    binding: decision.binding,
    outcome: OUTCOMES[outcome.became],
    ...(outcome.error ? { error: shown(outcome.error) } : {}),
    steps: outcome.note === undefined ? decision.steps : [...decision.steps, noted(outcome.note)],
  };
  journalChange(report, outcome, ports, asJournaled(one, round));
  round.recorder?.add(one, outcome.decision, recorded(outcome));
  return report;
}

async function attempt(
  one: Considered & { readonly decided: Decided },
  ports: Ports,
  round: Round,
  end: AbortSignal,
): Promise<Outcome> {
  const id = decisionId(round.now, one.stored.version);
  // Nothing is begun once the tick has to end; what was begun is finished.
  if (end.aborted || hasEnded(ports, round)) return tooLate(one, id);
  try {
    return await act(one, id, ports, round);
  } catch (error) {
    const late = round.signal.aborted;
    if (!late && !(error instanceof ScalerError)) throw error;
    const known = error instanceof ScalerError ? error : new DeadlineError(one.scalable.key);
    const cause = late ? new DeadlineError(one.scalable.key, { cause: error }) : known;
    return { became: 'failed', decision: id, error: cause };
  }
}

/**
 * Whether the lease has run out. A worker that was stopped for minutes and goes on has old samples,
 * and where nobody had to change anything meanwhile no version and no fence that would stop it.
 */
const hasEnded = ({ clock }: Ports, { until }: Round): boolean => clock.now() >= until;

const tooLate = ({ scalable }: Considered, decision: string): Outcome => ({
  became: 'failed',
  decision,
  error: new DeadlineError(scalable.key),
});

async function act(
  one: Considered & { readonly decided: Decided },
  id: string,
  ports: Ports,
  round: Round,
): Promise<Outcome> {
  const { scalable, stored, decided, reading } = one;
  const { decision } = decided;
  const isDry = round.dryRun || scalable.policy.rule.dryRun;
  if (decision.verdict === 'change' && !isDry) {
    await finishIntent(one, ports, round);
    if (hasEnded(ports, round)) return tooLate(one, id);
    const fence = reading?.found === 'yes' ? reading.state.fence : '';
    const account = accountOf(one, round);
    const assignment = { scalable, decided, fence, stored, at: round.now, account };
    const result = await carryOut(assignment, ports, round.signal);
    return became(result);
  }
  await remember(one, ports, round);
  return { became: decision.verdict === 'change' ? 'would' : decision.verdict, decision: id };
}

function became(result: CarriedOut): Outcome {
  const { outcome, decision } = result;
  switch (outcome) {
    case 'done':
      return { became: outcome, decision };
    case 'lost':
      return { became: outcome, decision, note: 'another worker was first' };
    case 'superseded':
      return { became: outcome, decision, note: result.because };
    case 'failed':
      return { became: outcome, decision, error: result.error };
    default:
      return assertNever(outcome);
  }
}

const noted = (note: string): Step => ({
  step: 'gate',
  dimension: null,
  before: null,
  after: null,
  note,
});

/** Writes memory that changed, and clears an intent whose time is over. Nothing new, no write. */
async function remember(
  one: Considered & { readonly decided: Decided },
  ports: Ports,
  round: Round,
): Promise<void> {
  const { scalable, stored, decided } = one;
  const memory = writeMemory(decided.memory);
  const isOver = stored.intent !== undefined && stored.intent.deadline <= ports.clock.now();
  if (stored.intent !== undefined && !isOver) return; // Its owner settles.
  if (memory === stored.memory && !isOver) return;
  await finishIntent(one, ports, round);
  const { key, slot } = scalable;
  await ports.memories.write(
    { slot, key, expected: stored.version, memory, intent: undefined },
    round.signal,
  );
}

async function finishIntent(one: Considered, ports: Ports, round: Round): Promise<void> {
  const { scalable, stored, reading } = one;
  if (stored.intent === undefined || reading?.found !== 'yes') return;
  const found = { intent: stored.intent, observed: reading.state.wanted };
  await takeOver(scalable, found, ports, round.signal);
}

/** What the audit log keeps of a decision: who, what, why; small enough for one item. */
function accountOf(one: Considered & { readonly decided: Decided }, round: Round): object {
  const { decided } = one;
  return {
    tick: round.tick,
    at: round.now,
    ...reportOf(one, round),
    capacity: decided.decision.capacity,
    binding: decided.decision.binding,
    steps: decided.decision.steps,
  };
}

/** The answer for a scalable whose target could not be read, so that nothing was decided. */
export function failedReport(one: Considered, ports: Ports, round: Round): DecisionReport {
  const error =
    one.reading && one.reading.found !== 'yes'
      ? one.reading.error
      : new DeadlineError(one.scalable.key);
  const report: DecisionReport = {
    ...reportOf(one, round),
    capacity: {},
    binding: 'none',
    outcome: 'failed',
    error: shown(error),
    steps: [],
  };
  const decision = decisionId(round.now, one.stored.version);
  const outcome: Outcome = { became: 'failed', decision, error };
  journalChange(report, outcome, ports, asJournaled(one, round));
  round.recorder?.add(one, decision, recorded(outcome));
  return report;
}

const recorded = ({ became: what, note, error }: Outcome): RecordedOutcome => ({
  became: what,
  ...(note === undefined ? {} : { note }),
  ...(error ? { error: shown(error) } : {}),
});

const shown = (error: ScalerError): { code: string; message: string } => ({
  code: error.code,
  message: error.message,
});

function reportOf(
  { scalable, samples }: Considered,
  { now }: Round,
): Pick<DecisionReport, 'rule' | 'target' | 'metrics'> {
  const { id, metrics } = scalable.policy.rule;
  return {
    rule: id,
    target: targetName(scalable.target),
    metrics: reportMetrics(metrics, samples, now),
  };
}

/** One line for what was changed, tried or would be; a rest, a hold and a lost race are none. */
function journalChange(
  report: DecisionReport,
  { became: what, decision, note, error }: Outcome,
  ports: Ports,
  { tick, dryRun }: Pick<Round, 'tick' | 'dryRun'>,
): void {
  if (what === 'rest' || what === 'hold' || what === 'lost') return;
  const { rule, target, capacity, binding, outcome } = report;
  const why = error?.message ?? note;
  ports.journal.change({
    tick,
    decision,
    rule,
    target,
    capacity,
    binding,
    outcome,
    dryRun,
    ...(error ? { code: error.code } : {}),
    ...(why === undefined ? {} : { note: why }),
  });
}

const asJournaled = (one: Considered, { tick, dryRun }: Round): Pick<Round, 'tick' | 'dryRun'> => ({
  tick,
  dryRun: dryRun || one.scalable.policy.rule.dryRun,
});
