import { elapsed, type EpochMillis } from '../model/units.ts';
import type { Pace } from '../rule/rule.ts';

/**
 * No change in a direction for so long after the last change in either (Nomad's `cooldown` and
 * `cooldown_on_scale_up`). A target at zero is woken all the same: a cooldown is there to spare a
 * running target, and none runs.
 */
export function cooldown(
  paces: { readonly up: Pace; readonly down: Pace },
  counts: { readonly current: number; readonly wish: number },
  changedAt: EpochMillis | undefined,
  now: EpochMillis,
): number {
  const { current, wish } = counts;
  if (wish === current || changedAt === undefined || current === 0) return wish;
  const { cooldown: rest } = wish > current ? paces.up : paces.down;
  return elapsed(changedAt, now) < rest ? current : wish;
}
