import type { Millis } from '../model/units.ts';
import type { TickFigures } from '../record/journal.ts';
import type { DecisionReport, TickReport } from './report.ts';

/** A tick's report in figures, for metrics and alarms. */
export function figuresOf(
  { tick, decisions, invalid }: TickReport,
  durationMs: Millis,
): TickFigures {
  const count = (outcome: DecisionReport['outcome']): number =>
    decisions.filter((decision) => decision.outcome === outcome).length;
  const metrics = decisions.flatMap((decision) => Object.values(decision.metrics));
  return {
    durationMs,
    leader: tick.leader,
    scalables: decisions.length,
    changes: decisions.filter(isChange).length,
    holds: count('held'),
    failures: count('failed'),
    invalidRules: invalid.length,
    doubtfulMetrics: metrics.filter(({ trust }) => trust !== 'fresh').length,
    guardHeld: decisions.some(({ steps }) => steps.some(({ step }) => step === 'guard')),
  };
}

const isChange = ({ outcome, capacity }: DecisionReport): boolean =>
  outcome === 'done' && Object.values(capacity).some(({ from, to }) => from !== to);
