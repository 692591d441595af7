import type { Sample } from '../model/sample.ts';
import type { Dimension, TargetState } from '../model/target.ts';
import type { EpochMillis } from '../model/units.ts';
import type { Pace, Rule } from '../rule/rule.ts';
import { activate } from './activate.ts';
import { cooldown } from './cooldown.ts';
import type { Decision, DimensionChange, Step } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { applyBounds, boundsNow, capWish } from './limits.ts';
import { type DimensionMemory, type Memory, withDimension, withPart } from './memory.ts';
import { longestPeriod, pace, rememberChange } from './pace.ts';
import type { Policy, WantedPrograms } from './policy.ts';
import { heldAt, smooth, type Smoothed } from './smooth.ts';
import { stabilize } from './stabilize.ts';
import { tolerate } from './tolerate.ts';
import { bindingOf, Trace } from './trace.ts';
import { trust, type Trusted } from './trust.ts';
import type { LastFiring } from './windows.ts';

/** All that is known of one scalable at one moment. */
export interface Seen {
  readonly samples: Readonly<Record<string, Sample>>;
  readonly target: TargetState;
  /** Why nothing may be changed now, beside what the target says itself (an intent of another). */
  readonly held: string | undefined;
  readonly lastFiring: LastFiring;
}

export interface Decided {
  readonly decision: Decision;
  readonly memory: Memory;
}

/**
 * Decides about one scalable. Pure: the same rule, samples, state, memory and moment give the same
 * decision and the same new memory, to the byte. The memory is that of a decision not yet carried
 * out; `carriedOut` adds the change once it was made.
 */
export function decide(policy: Policy, seen: Seen, memory: Memory, now: EpochMillis): Decided {
  const isRunning = Object.values(seen.target.wanted).some((count) => count > 0);
  const trusted = trust(policy, { samples: seen.samples, isRunning }, memory, now);
  const moment: Moment = { policy, seen, trusted, memory, now };
  const steps: Step[] = [];
  const capacity: Partial<Record<Dimension, DimensionChange>> = {};
  let next: Memory = withPart(memory, 'offsets', trusted.offsets);
  next = withPart(next, 'lags', trusted.lags);
  next = withPart(next, 'failing', trusted.failing > 0 ? trusted.failing : undefined);
  let wished = false;
  for (const programs of policy.wanted) {
    const { dimension } = programs;
    const current = seen.target.wanted[dimension] ?? 0;
    const pipeline = decideDimension(moment, programs, current);
    steps.push(...pipeline.steps);
    capacity[dimension] = { from: current, to: pipeline.count };
    wished ||= pipeline.wished;
    next = withPart(next, 'idleSince', pipeline.idleSince);
    next = withPart(next, 'frozenSince', pipeline.frozenSince);
    next = withDimension(next, dimension, pipeline.memory);
  }
  const changes = Object.values(capacity).some(({ from, to }) => from !== to);
  const verdict = changes ? 'change' : wished ? 'hold' : 'rest';
  return { decision: { capacity, binding: bindingOf(steps), verdict, steps }, memory: next };
}

interface Moment {
  readonly policy: Policy;
  readonly seen: Seen;
  readonly trusted: Trusted;
  readonly memory: Memory;
  readonly now: EpochMillis;
}

interface DimensionDecided {
  readonly count: number;
  readonly steps: readonly Step[];
  readonly memory: DimensionMemory;
  readonly idleSince: EpochMillis | undefined;
  readonly frozenSince: EpochMillis | undefined;
  /** Whether any step wished for something else than the actual count, or could not say. */
  readonly wished: boolean;
}

function decideDimension(
  { policy, seen, trusted, memory, now }: Moment,
  programs: WantedPrograms,
  current: number,
): DimensionDecided {
  const { rule } = policy;
  const { dimension } = programs;
  const before: DimensionMemory = memory.dimensions?.[dimension] ?? {};
  const paces = { up: rule.scaleUp, down: rule.scaleDown };
  const trace = new Trace(dimension, current);

  const evaluated = evaluate(programs, current, trusted, now);
  for (const note of trusted.notes) trace.always('trust', current, note);
  trace.always('evaluate', evaluated.target, evaluated.note);
  const bounds = boundsNow({ policy, trusted, lastFiring: seen.lastFiring, now }, current);
  if (!evaluated.withheld) capWish(trace, trusted, bounds, current);
  fallBack(trace, policy, trusted);
  const times = { idle: rule.idle, frozenHold: rule.rebalanceHold };
  const activated = activate(times, { current, target: trace.count }, trusted.activity, {
    memory,
    now,
  });
  trace.step('activate', activated.count, activated.note);

  const tolerated = tolerate(rule.tolerance, { current, target: trace.count });
  trace.step('tolerance', tolerated, 'within the tolerance');
  const windows = { up: paces.up.stabilization, down: paces.down.stabilization };
  const stable = stabilize(windows, { current, wish: trace.count }, before.stable, now);
  trace.step('stabilize', stable.count, 'the most cautious wish of the window');
  const target = trace.count;
  const smoothed = follow(rule, before, { current, target }, now);
  trace.step('smooth', smoothed.count, `following ${target}`);
  const changes = before.changes ?? [];
  trace.step('pace', pace(paces, { current, wish: trace.count }, changes, now), 'policies');
  const cooled = cooldown(paces, { current, wish: trace.count }, before.changedAt, now);
  trace.step('cooldown', cooled, 'too soon after the last change');

  applyBounds(trace, policy, bounds, current);
  const pursuit = smoothedMemory(smoothed, trace.count);
  const busy = seen.held ?? seen.target.busy;
  if (busy !== undefined) trace.step('gate', current, busy);

  return {
    count: trace.count,
    steps: trace.steps,
    wished: trace.wished || evaluated.withheld,
    idleSince: activated.idleSince,
    frozenSince: activated.frozenSince,
    memory: {
      ...(busy === undefined || smoothed.count === trace.count ? pursuit : {}),
      ...(stable.memory ? { stable: stable.memory } : {}),
      ...pastChanges(before, paces, now),
    },
  };
}

/** The wish as smoothing follows it; as it is where the rule has none. */
function follow(
  { smoothing, interval }: Rule,
  { smooth: memory }: DimensionMemory,
  counts: { readonly current: number; readonly target: number },
  now: EpochMillis,
): Pick<Smoothed, 'count' | 'memory'> & { readonly value: number | undefined } {
  if (smoothing === undefined) return { count: counts.target, value: undefined, memory: undefined };
  // A count that is not where smoothing left it was changed by somebody else: start from there.
  const isOurs = memory && Math.trunc(0.5 + memory.value) === counts.current;
  const times = { halfLife: smoothing.halfLife, interval };
  return smooth(times, counts, isOurs ? memory : undefined, now);
}

/** What to remember of a smoothed wish when the steps after it came to `count`. */
function smoothedMemory(
  { value, count: wish, memory }: ReturnType<typeof follow>,
  count: number,
): DimensionMemory {
  const kept = value === undefined || wish === count ? memory : heldAt(count, value);
  return kept === undefined ? {} : { smooth: kept };
}

function fallBack(trace: Trace, { rule }: Policy, { failing, doubts, doubted }: Trusted): void {
  const { fallback } = rule;
  if (fallback === undefined || failing < fallback.after) return;
  const why = doubted.map((name) => `${name} is ${doubts.get(name) ?? ''}`).join(', ');
  const note = `fallback of ${fallback.replicas} after ${fallback.after} failing ticks: ${why}`;
  trace.step('trust', Math.max(trace.count, fallback.replicas), note);
}

/** What is still to be remembered of changes made: for policies and for cooldowns. */
function pastChanges(
  { changes = [], changedAt }: DimensionMemory,
  paces: { readonly up: Pace; readonly down: Pace },
  now: EpochMillis,
): DimensionMemory {
  const kept = rememberChange(changes, undefined, longestPeriod(paces), now);
  const rest = Math.max(paces.up.cooldown, paces.down.cooldown);
  const isCooling = changedAt !== undefined && now - changedAt < rest;
  return { ...(kept.length > 0 ? { changes: kept } : {}), ...(isCooling ? { changedAt } : {}) };
}
