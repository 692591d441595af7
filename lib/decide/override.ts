import { type EpochMillis } from '../model/units.ts';
import type { Override } from '../rule/rule.ts';

/** What a person's override asks for now. */
export interface OverrideBounds {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly paused: Override['paused'];
  readonly note: string;
}

/** The override while it lasts; after its end it is as if it were not there. */
export function activeOverride(
  override: Override | undefined,
  now: EpochMillis,
): OverrideBounds | undefined {
  if (override === undefined || now >= override.until) return undefined;
  const { pin, paused, by, why } = override;
  const parts = [
    pin === undefined ? '' : `pinned to ${pin}`,
    paused === 'no' ? '' : `paused${paused === 'both' ? '' : ` (${paused})`}`,
    override.min === undefined ? '' : `at least ${override.min}`,
    override.max === undefined ? '' : `at most ${override.max}`,
  ].filter((part) => part !== '');
  return {
    min: pin ?? override.min,
    max: pin ?? override.max,
    paused,
    note: `${parts.join(', ')} by ${by}: ${why}`,
  };
}

/** Where an override leaves a wish: moved into its bounds, and not moved the way that is paused. */
export function applyOverride(
  bounds: OverrideBounds,
  counts: { readonly current: number; readonly wish: number },
): number {
  const { current, wish } = counts;
  const { min = 0, max = Number.POSITIVE_INFINITY, paused } = bounds;
  const wished = Math.min(Math.max(wish, min), max);
  if (paused === 'both') return current;
  if (paused === 'up' && wished > current) return current;
  if (paused === 'down' && wished < current) return current;
  return wished;
}
