import { readMemory } from '../decide/memory.ts';
import { carriedOut } from '../decide/outcome.ts';
import type { Policy } from '../decide/policy.ts';
import type { Trusted } from '../decide/trust.ts';
import { type LastFiring, openWindows } from '../decide/windows.ts';
import type { Dimension } from '../model/target.ts';
import { type EpochMillis, epochMillis, minutes } from '../model/units.ts';
import type { PacePolicy } from '../rule/rule.ts';
import { bindingStep } from './explain-sentence.ts';
import { clockTime, length } from './explain-text.ts';
import type { DecisionRecord, RecordedDecision } from './record.ts';

interface Situation {
  readonly record: DecisionRecord;
  readonly decided: RecordedDecision;
  readonly policy: Policy;
  readonly trusted: Trusted;
  readonly lastFiring: LastFiring;
}

/**
 * What can change an answer next, as far as the rule and its memory tell: the soonest ends of
 * idle times, windows, cooldowns, policies and overrides, and metrics that have to come back.
 */
export function nextChanges(situation: Situation): readonly string[] {
  const { record, decided, policy, trusted } = situation;
  const { rule } = policy;
  const { at } = record;
  const lines: string[] = [];
  for (const name of trusted.doubted) lines.push(`${name} has to be measured again`);
  const { fallback } = rule;
  if (fallback !== undefined && trusted.failing > 0 && trusted.failing < fallback.after) {
    const left = fallback.after - trusted.failing;
    lines.push(`after ${left} more failing ${left === 1 ? 'tick' : 'ticks'} the fallback applies`);
  }
  if (decided.held !== undefined) lines.push('the other worker has to finish, or its time to end');
  if (decided.state.busy !== undefined)
    lines.push(`the target has to be ready: ${decided.state.busy}`);
  for (const dimension of Object.keys(decided.decision.capacity)) {
    lines.push(...endsOf(situation, dimension as Dimension));
  }
  const { override } = rule;
  if (override !== undefined && at < override.until) {
    lines.push(`the override ends ${when(override.until, at)}`);
  }
  lines.push(...windowsChange(situation));
  if (record.outcome.became === 'would') lines.push('dryRun has to be taken from the rule');
  if (lines.length === 0) lines.push('a metric has to change');
  return [...new Set(lines)];
}

const when = (then: EpochMillis, at: EpochMillis): string =>
  `at ${clockTime(then)} (in ${length(Math.max(0, then - at))})`;

/** The ends of waits that the memory of one dimension knows of. */
function endsOf(
  { record, decided, policy, trusted }: Situation,
  dimension: Dimension,
): readonly string[] {
  const { rule } = policy;
  const { at, outcome } = record;
  const { decision } = decided;
  const before = readMemory(decided.after);
  const isDone = outcome.became === 'done';
  const memory = isDone ? carriedOut(policy, { decision, memory: before }, at) : before;
  const steps = decision.steps.filter((step) => step.dimension === dimension);
  const binding = bindingStep(steps);
  const { from = 0, to = 0 } = decision.capacity[dimension] ?? {};
  const lines: string[] = [];

  const { idleSince, frozenSince } = memory;
  const quiet = idleSince === undefined ? undefined : epochMillis(idleSince + rule.idle);
  if (quiet !== undefined && to > 0 && quiet > at) {
    lines.push(`the idle time ends ${when(quiet, at)}, and the last replica may go`);
  } else if (trusted.activity.busy && to > 0 && binding?.step === 'activate') {
    lines.push(`it has to be quiet for ${length(rule.idle)} before the last replica goes`);
  }
  if (frozenSince !== undefined) {
    const end = epochMillis(frozenSince + rule.rebalanceHold);
    if (end > at)
      lines.push(`the wait for a rebalance ends ${when(end, at)}, or when offsets move`);
  }
  const { stable, changes = [], changedAt } = memory.dimensions?.[dimension] ?? {};
  if (binding?.step === 'stabilize' && binding.after !== null && binding.before !== null) {
    const down = binding.before < binding.after;
    const [first] = (down ? stable?.high : stable?.low) ?? [];
    const pace = down ? rule.scaleDown : rule.scaleUp;
    if (first !== undefined) {
      const end = epochMillis(first[0] + pace.stabilization);
      lines.push(`the ${first[1]} of ${clockTime(first[0])} leaves the window ${when(end, at)}`);
    }
  }
  if (binding?.step === 'pace' && binding.before !== null) {
    const { policies, select } = binding.before > from ? rule.scaleUp : rule.scaleDown;
    const end = policyEnd(policies, changes, at);
    if (select === 'disabled') lines.push('select: disabled lets nothing change this way');
    else if (end !== undefined) lines.push(`the policies allow more ${when(end, at)}`);
  }
  if (changedAt !== undefined && (from !== to || binding?.step === 'cooldown')) {
    for (const [name, pace] of [['up', rule.scaleUp] as const, ['down', rule.scaleDown] as const]) {
      const end = epochMillis(changedAt + pace.cooldown);
      if (end > at) lines.push(`the cooldown ${name} ends ${when(end, at)}`);
    }
  }
  if (binding?.step === 'smooth') lines.push('smoothing moves on with the next tick');
  if (binding?.step === 'bound')
    lines.push('the bound has to change, or the wish to come within it');
  return lines;
}

/** When the oldest change that still counts leaves the period of a policy. */
function policyEnd(
  policies: readonly PacePolicy[],
  changes: readonly (readonly [at: EpochMillis, by: number])[],
  at: EpochMillis,
): EpochMillis | undefined {
  const ends = policies.flatMap(({ period }) =>
    changes.map(([changed]) => changed + period).filter((end) => end > at),
  );
  return ends.length === 0 ? undefined : epochMillis(Math.min(...ends));
}

/** Windows repeat by days; further ahead than this nobody asks. */
const LOOK_AHEAD_MINUTES = 48 * 60;

/** When the windows that are open change next, found minute by minute and then by halving. */
function windowsChange({ record, policy, lastFiring }: Situation): readonly string[] {
  const { windows } = policy.rule;
  const { at } = record;
  if (windows.length === 0) return [];
  const open = (then: number): string => openWindows(windows, epochMillis(then), lastFiring).note;
  const now = open(at);
  for (let minute = 1; minute <= LOOK_AHEAD_MINUTES; minute += 1) {
    const later = at + minutes(minute);
    if (open(later) === now) continue;
    const change = firstChange((then) => open(then) !== now, later - minutes(1), later);
    const then = open(change);
    const what = then === '' ? 'no window is open any more' : `${then} begins`;
    const isEnd = now !== '' && then !== '' && now.includes(then);
    return [`${isEnd ? 'an open window ends' : what} ${when(epochMillis(change), at)}`];
  }
  return [];
}

/** The first moment after `from`, and at the latest `to`, at which `hasChanged`. */
function firstChange(hasChanged: (at: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (hasChanged(middle)) high = middle;
    else low = middle;
  }
  return high;
}
