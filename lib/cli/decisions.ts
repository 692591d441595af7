import type { Step } from '../decide/decision.ts';
import type { DecisionReport, MetricReport, TickReport } from '../tick/report.ts';
import { bold, plain, shownNumber, table } from './text.ts';

/** More figures of one metric than this make a line nobody reads. */
const FIGURES_SHOWN = 3;

/** A tick as a table for people: what was measured, what changes, and what decided it. */
export function shownReport(report: TickReport): readonly string[] {
  const { tick, decisions, invalid } = report;
  if (!tick.leader) {
    return ['Another worker is at it: it holds the lease, so this tick did nothing.'];
  }
  const rows = decisions.map((decision) => [
    decision.rule,
    decision.target,
    shownMetrics(decision),
    shownChange(decision),
    decision.outcome,
    why(decision),
  ]);
  const header = ['RULE', 'TARGET', 'METRICS', 'NOW → WANTED', 'OUTCOME', 'WHY'].map(bold);
  return [
    ...(rows.length === 0 ? ['No rule was due.'] : table([header, ...rows])),
    ...shownInvalid(invalid),
  ];
}

export function shownInvalid(invalid: TickReport['invalid']): readonly string[] {
  return invalid.flatMap(({ rule, errors }) => [
    '',
    `${bold(rule)} is not valid; its last good version, if there was one, is followed:`,
    ...errors.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${plain(message)}`),
  ]);
}

/** `2 → 5`, or `5` where nothing changes; by dimension where there are several. */
export function shownChange({ capacity }: DecisionReport): string {
  const entries = Object.entries(capacity);
  if (entries.length === 0) return '?';
  return entries
    .map(([dimension, { from, to }]) => {
      const change = from === to ? String(from) : `${from} → ${to}`;
      return entries.length === 1 ? change : `${dimension} ${change}`;
    })
    .join(', ');
}

export function shownMetrics({ metrics }: DecisionReport): string {
  return Object.entries(metrics)
    .map(([name, metric]) => `${name} ${shownMetric(metric)}`)
    .join(', ');
}

export function shownMetric({ trust, value }: MetricReport): string {
  const mark = trust === 'fresh' ? '' : ` (${trust})`;
  if (value === null) return trust;
  if (typeof value === 'number') return shownNumber(value) + mark;
  const figures = Object.entries(value);
  const shown = figures
    .slice(0, FIGURES_SHOWN)
    .map(([figure, number]) => `${figure} ${shownNumber(number)}`);
  return `${shown.join(' ')}${figures.length > FIGURES_SHOWN ? ' …' : ''}${mark}`;
}

/** The binding step in words; for a failure what failed, and for a doubtful metric what is wrong with it. */
export function why(decision: DecisionReport): string {
  if (decision.error !== undefined) return plain(decision.error.message);
  const binding = bindingStep(decision);
  const said = binding === undefined ? '' : shownStep(binding);
  const doubtful = Object.values(decision.metrics).find(({ because }) => because !== undefined);
  // A step that rests on a doubtful metric has its reason in its note already.
  const reason = plain(doubtful?.because ?? '');
  return reason === '' || said.includes(reason) ? said : `${said}; ${reason}`;
}

/** The step that made the answer what it is; where none moved anything, the last that spoke. */
function bindingStep({ binding, steps }: DecisionReport): Step | undefined {
  const moved = steps.findLast(({ step, before, after }) => step === binding && before !== after);
  return moved ?? steps.at(-1);
}

const shownStep = ({ step, note }: Step): string =>
  note === '' ? step : `${step}: ${plain(note)}`;
