import type { Policy } from '../decide/policy.ts';
import { ScalerError } from '../model/errors.ts';
import { type Target, targetName } from '../model/target.ts';
import type { EpochMillis, Millis } from '../model/units.ts';
import { isMany, scalableKey } from '../rule/expand.ts';
import { slotOf } from '../rule/slot.ts';
import { bounded } from './bounded.ts';
import { TargetContestedError } from './errors.ts';
import type { Ports } from './ports.ts';

/** One rule on one target: the unit of reconciliation, of memory and of failure. */
export interface Scalable {
  readonly key: string;
  readonly slot: number;
  readonly policy: Policy;
  readonly target: Target;
}

/** A rule whose targets could not be told. */
export interface Unexpanded {
  readonly rule: string;
  readonly target: string;
  readonly error: ScalerError;
}

export interface Expanded {
  readonly scalables: readonly Scalable[];
  readonly failed: readonly Unexpanded[];
}

/** Every target of every rule; a rule whose pattern cannot be expanded now is reported, not guessed. */
export async function expandRules(
  policies: readonly Policy[],
  ports: Ports,
  signal: AbortSignal,
): Promise<Expanded> {
  const failed: Unexpanded[] = [];
  const lists = await bounded(policies, ports.settings.concurrency, async (policy) => {
    try {
      return await expandRule(policy, ports, signal);
    } catch (error) {
      if (!(error instanceof ScalerError)) throw error;
      failed.push({ rule: policy.rule.id, target: policy.rule.target.name, error });
      return [];
    }
  });
  const { single, contested } = settleOwners(lists.flat());
  return { scalables: single, failed: [...failed, ...contested] };
}

/**
 * One owner for each target. A rule that names a target outranks one whose pattern matches it;
 * where two of a kind meet, neither acts, for they would undo each other at every tick.
 */
function settleOwners(scalables: readonly Scalable[]): {
  readonly single: readonly Scalable[];
  readonly contested: readonly Unexpanded[];
} {
  const owners = Map.groupBy(scalables, ({ target }) => `${target.resource} ${targetName(target)}`);
  const contested: Unexpanded[] = [];
  const single = [...owners.values()].flatMap((all) => {
    const named = all.filter(({ policy }) => !isMany(policy.rule.target));
    const rivals = named.length > 0 ? named : all;
    if (rivals.length === 1) return rivals;
    const rules = rivals.map(({ policy }) => policy.rule.id);
    for (const { policy, target } of rivals) {
      const error = new TargetContestedError(targetName(target), rules);
      contested.push({ rule: policy.rule.id, target: targetName(target), error });
    }
    return [];
  });
  return { single, contested };
}

async function expandRule(
  policy: Policy,
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly Scalable[]> {
  const { target: selector } = policy.rule;
  const many = isMany(selector);
  if (!many) {
    const { labels: _, ...target } = selector;
    return [scalable(policy, target, many, ports)];
  }
  const deployer = await ports.deployer(selector.kind, selector.connection);
  const targets = await deployer.expand(selector, { signal });
  return targets.map((target) => scalable(policy, target, many, ports));
}

function scalable(policy: Policy, target: Target, many: boolean, { settings }: Ports): Scalable {
  const key = scalableKey(policy.rule.id, target, many);
  return { key, slot: slotOf(key, settings.slots), policy, target };
}

/**
 * Whether a scalable's interval came round since the tick before. Each has a phase of its own, by
 * its slot, so that rules of one interval do not all fall due in the same tick; nothing has to be
 * remembered for it.
 */
export function isDue(
  { interval, phase }: { readonly interval: Millis; readonly phase: number },
  { now, before, period }: Beat,
): boolean {
  if (interval <= period) return true;
  const since = before ?? now - period;
  const round = (at: number): number => Math.floor((at + phase * period) / interval);
  return round(now) > round(since);
}

/** This tick, the one before it if there was one, and how far apart they usually are. */
export interface Beat {
  readonly now: EpochMillis;
  readonly before: EpochMillis | undefined;
  readonly period: Millis;
}
