import { elapsed, type EpochMillis, type Millis } from '../model/units.ts';
import type { Recommended, StableMemory } from './memory.ts';

/** More past recommendations than this are thinned out, keeping the more cautious of two. */
const MOST_KEPT = 40;

export interface Stabilized {
  readonly count: number;
  readonly memory: StableMemory | undefined;
}

/**
 * HPA's stabilization window: grow only to the lowest recommendation of the last `up`, shrink
 * only to the highest of the last `down` (autoscaling/v2, behavior.stabilizationWindowSeconds).
 *
 * It is asked of the wish and not of the smoothed wish: each small step of a smoothed shrink would
 * begin its window anew, and what smoothing follows would be behind what it has followed already.
 *
 * Without memory the actual count is taken to have been recommended until now, so the windows
 * begin now. Recommendations equal to the actual count and nothing else left to remember need no
 * memory. A recommendation is dated by the tick that replaced it, so a window may be longer than
 * asked by at most one tick, never shorter.
 */
export function stabilize(
  windows: { readonly up: Millis; readonly down: Millis },
  counts: { readonly current: number; readonly wish: number },
  memory: StableMemory | undefined,
  now: EpochMillis,
): Stabilized {
  const { current, wish } = counts;
  if (windows.up === 0 && windows.down === 0) return { count: wish, memory: undefined };
  const last = memory?.last ?? current;
  const entered: readonly Recommended[] = last === wish ? [] : [[now, last]];
  const high = keep(
    [...(memory?.high ?? []), ...entered],
    { window: windows.down, wish, beyond: above },
    now,
  );
  const low = keep(
    [...(memory?.low ?? []), ...entered],
    { window: windows.up, wish, beyond: below },
    now,
  );
  const lowest = low.reduce((least, [, count]) => Math.min(least, count), wish);
  const highest = high.reduce((most, [, count]) => Math.max(most, count), wish);
  // As HPA: what holds growth back is weighed first, then what holds a shrink back.
  // A target at zero is woken at once; how far it grows then is for the window.
  const least = current === 0 && wish > 0 ? 1 : 0;
  const count = Math.max(Math.min(Math.max(current, lowest), highest), least);
  const settled = wish === current && high.length === 0 && low.length === 0;
  return { count, memory: settled ? undefined : { last: wish, high, low } };
}

type Beyond = (count: number, other: number) => boolean;
const above: Beyond = (count, other) => count > other;
const below: Beyond = (count, other) => count < other;

/** Those within the window and beyond the wish, each further out than all that follow it. */
function keep(
  entries: readonly Recommended[],
  {
    window,
    wish,
    beyond,
  }: { readonly window: Millis; readonly wish: number; readonly beyond: Beyond },
  now: EpochMillis,
): readonly Recommended[] {
  const kept: Recommended[] = [];
  for (const entry of entries) {
    if (elapsed(entry[0], now) >= window || !beyond(entry[1], wish)) continue;
    // A later entry as far out says all that an earlier one could say, and for longer.
    for (let last = kept.at(-1); last && !beyond(last[1], entry[1]); last = kept.at(-1)) kept.pop();
    kept.push(entry);
  }
  return kept.length > MOST_KEPT ? thin(kept) : kept;
}

/** Every second entry goes; what remains is dated as the one it stands for as well, the later. */
function thin(entries: readonly Recommended[]): readonly Recommended[] {
  const kept: Recommended[] = [];
  for (let at = 0; at < entries.length; at += 2) {
    const first = entries[at];
    const second = entries[at + 1];
    if (first) kept.push(second ? [second[0], first[1]] : first);
  }
  return kept;
}
