import type { Sample } from '../model/sample.ts';
import type { Dimension, TargetState } from '../model/target.ts';
import type { EpochMillis } from '../model/units.ts';
import type { Pace } from '../rule/rule.ts';
import { activate } from './activate.ts';
import { cooldown } from './cooldown.ts';
import type { Decision, DimensionChange, Step } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { applyBounds } from './limits.ts';
import { type DimensionMemory, type Memory, withDimension, withPart } from './memory.ts';
import { longestPeriod, pace, rememberChange } from './pace.ts';
import type { Policy, WantedPrograms } from './policy.ts';
import { smooth } from './smooth.ts';
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
  const trusted = trust(policy, seen.samples, memory, now);
  const moment: Moment = { policy, seen, trusted, memory, now };
  const steps: Step[] = [];
  const capacity: Partial<Record<Dimension, DimensionChange>> = {};
  let next: Memory = withPart(memory, 'offsets', trusted.offsets);
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
  trace.always('evaluate', evaluated.target, evaluated.note);
  fallBack(trace, policy, trusted);
  const times = { idle: rule.idle, frozenHold: rule.rebalanceHold };
  const activated = activate(times, { current, target: trace.count }, trusted.activity, {
    memory,
    now,
  });
  trace.step('activate', activated.count, activated.note);

  const target = trace.count;
  const tolerated = tolerate(rule.tolerance, { current, target });
  const halfLife = rule.smoothing?.halfLife;
  // A count that is not where smoothing left it was changed by somebody else: start from there.
  const smoothedBefore =
    before.smooth && Math.trunc(0.5 + before.smooth.value) === current ? before.smooth : undefined;
  const smoothed =
    halfLife === undefined
      ? { count: tolerated, memory: undefined }
      : smooth(
          { halfLife, interval: rule.interval },
          { current, target: tolerated },
          smoothedBefore,
          now,
        );
  trace.step('tolerance', tolerated, 'within the tolerance');
  trace.step('smooth', smoothed.count, `following ${tolerated}`);

  const windows = { up: paces.up.stabilization, down: paces.down.stabilization };
  const stable = stabilize(windows, { current, wish: trace.count }, before.stable, now);
  trace.step('stabilize', stable.count, 'the most cautious wish of the window');
  const changes = before.changes ?? [];
  trace.step('pace', pace(paces, { current, wish: trace.count }, changes, now), 'policies');
  const cooled = cooldown(paces, { current, wish: trace.count }, before.changedAt, now);
  trace.step('cooldown', cooled, 'too soon after the last change');

  applyBounds(trace, { policy, trusted, lastFiring: seen.lastFiring, now }, current);
  const busy = seen.held ?? seen.target.busy;
  if (busy !== undefined) trace.step('gate', current, busy);

  return {
    count: trace.count,
    steps: trace.steps,
    wished: trace.wished || evaluated.withheld,
    idleSince: activated.idleSince,
    frozenSince: activated.frozenSince,
    memory: {
      // A climb that a later step held must not go on in secret, or it ends in a jump.
      ...(smoothed.memory && smoothed.count === trace.count ? { smooth: smoothed.memory } : {}),
      ...(stable.memory ? { stable: stable.memory } : {}),
      ...pastChanges(before, paces, now),
    },
  };
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
