import type { Dimension } from '../model/target.ts';
import type { EpochMillis } from '../model/units.ts';
import type { Decided } from './decide.ts';
import type { DimensionChange, Step, StepName } from './decision.ts';
import { type Memory, withDimension } from './memory.ts';
import { longestPeriod, rememberChange } from './pace.ts';
import type { Policy } from './policy.ts';
import { bindingOf } from './trace.ts';

/**
 * The same decision with every change taken back, for what is known only after all scalables were
 * decided (the guard). Smoothing starts again from the actual count.
 */
export function withhold({ decision, memory }: Decided, step: StepName, note: string): Decided {
  const steps: Step[] = [...decision.steps];
  const capacity: Partial<Record<Dimension, DimensionChange>> = {};
  let next = memory;
  for (const [name, { from, to }] of Object.entries(decision.capacity)) {
    const dimension = name as Dimension;
    capacity[dimension] = { from, to: from };
    if (from === to) continue;
    steps.push({ step, dimension, before: to, after: from, note });
    const { smooth: _, ...rest } = next.dimensions?.[dimension] ?? {};
    next = withDimension(next, dimension, rest);
  }
  return {
    decision: { capacity, binding: bindingOf(steps), verdict: 'hold', steps },
    memory: next,
  };
}

/** The memory once a decision was carried out: policies and cooldowns count from now. */
export function carriedOut(
  policy: Policy,
  { decision, memory }: Decided,
  now: EpochMillis,
): Memory {
  const paces = { up: policy.rule.scaleUp, down: policy.rule.scaleDown };
  const longest = longestPeriod(paces);
  const cools = paces.up.cooldown > 0 || paces.down.cooldown > 0;
  let next = memory;
  for (const [name, { from, to }] of Object.entries(decision.capacity)) {
    if (from === to) continue;
    const dimension = name as Dimension;
    const of = next.dimensions?.[dimension] ?? {};
    const changes = rememberChange(of.changes ?? [], [now, to - from], longest, now);
    next = withDimension(next, dimension, {
      ...of,
      ...(changes.length > 0 ? { changes } : {}),
      ...(cools ? { changedAt: now } : {}),
    });
  }
  return next;
}
