import { elapsed, type EpochMillis, type Millis, millis } from '../model/units.ts';
import type { Pace, PacePolicy } from '../rule/rule.ts';
import type { Changed } from './memory.ts';

/** More changes than this are merged, the older into the younger, which errs towards caution. */
const MOST_KEPT = 40;

/**
 * HPA's scaling policies (autoscaling/v2, behavior.policies): each allows at most so many
 * replicas, or per cent of what there was at the start of its period, in any period; `select`
 * says whether the most permissive or the strictest decides. A target at zero may always get its
 * first replica, for no percentage of nothing is anything.
 */
export function pace(
  paces: { readonly up: Pace; readonly down: Pace },
  counts: { readonly current: number; readonly wish: number },
  changes: readonly Changed[],
  now: EpochMillis,
): number {
  const { current, wish } = counts;
  if (wish === current) return wish;
  const up = wish > current;
  const { policies, select } = up ? paces.up : paces.down;
  if (select === 'disabled') return current;
  if (policies.length === 0) return wish;
  const limits = policies.map((policy) => limit(policy, { current, up }, changes, now));
  const permissive = (select === 'max') === up;
  const chosen = permissive ? Math.max(...limits) : Math.min(...limits);
  if (!up) return Math.max(wish, Math.min(chosen, current));
  return Math.min(wish, Math.max(chosen, current, current === 0 ? 1 : 0));
}

function limit(
  policy: PacePolicy,
  counts: { readonly current: number; readonly up: boolean },
  changes: readonly Changed[],
  now: EpochMillis,
): number {
  const { current, up } = counts;
  let atStart = current;
  for (const [at, by] of changes) if (elapsed(at, now) < policy.period) atStart -= by;
  const sign = up ? 1 : -1;
  if (policy.kind === 'pods') return atStart + sign * policy.value;
  const share = atStart * (1 + (sign * policy.value) / 100);
  return up ? Math.ceil(share) : Math.trunc(share);
}

/** The longest period of any policy: how long a change has to be remembered. */
export function longestPeriod(paces: { readonly up: Pace; readonly down: Pace }): Millis {
  const periods = [...paces.up.policies, ...paces.down.policies].map(({ period }) => period);
  return millis(Math.max(0, ...periods));
}

/** The changes that still matter, and a new one. */
export function rememberChange(
  changes: readonly Changed[],
  change: Changed | undefined,
  longest: Millis,
  now: EpochMillis,
): readonly Changed[] {
  const young = changes.filter(([at]) => elapsed(at, now) < longest);
  const all = change === undefined || longest === 0 ? young : [...young, change];
  if (all.length <= MOST_KEPT) return all;
  const [first, second, ...rest] = all;
  return first && second ? [[second[0], first[1] + second[1]], ...rest] : all;
}
