import type { Decision } from './decision.ts';

export interface GuardSettings {
  /** The largest share of all replicas that one tick may remove, from 0 to 1. */
  readonly share: number;
  /** Removing this many or fewer is always allowed, or a small fleet could never shrink. */
  readonly free: number;
}

export interface Guarded {
  readonly held: boolean;
  /** Replicas of all targets, and how many of them this tick wanted to remove. */
  readonly total: number;
  readonly removed: number;
}

/**
 * Whether one tick wants to remove too much at once, over all rules. Many rules that shrink
 * together are more likely one broken metric source than one quiet hour; growth is never held.
 * What a person asked for by an override is not counted.
 */
export function guard(decisions: readonly Decision[], { share, free }: GuardSettings): Guarded {
  let total = 0;
  let removed = 0;
  for (const { capacity, binding } of decisions) {
    for (const { from, to } of Object.values(capacity)) {
      total += from;
      if (to < from && binding !== 'override') removed += from - to;
    }
  }
  return { held: removed > free && removed > total * share, total, removed };
}
