import type { Dimension, Target } from '../model/target.ts';
import type { EpochMillis } from '../model/units.ts';

/**
 * What a decision needs to know of the ones before it. Every part is left out while it has
 * nothing to say, so that a scalable at rest needs no memory, and its ticks no write.
 */
export interface Memory {
  /** Ticks in a row with a metric that was not fresh, counted up to the fallback's threshold. */
  readonly failing?: number;
  /** The first tick that saw no activity; absent while there is some. */
  readonly idleSince?: EpochMillis;
  /** The first tick that saw no offset move while there was lag. */
  readonly frozenSince?: EpochMillis;
  /** The offsets last seen, packed, by metric. */
  readonly offsets?: Readonly<Record<string, string>>;
  /** Counters of stuck partitions and past looks, packed, by metric; see lag/track.ts. */
  readonly lags?: Readonly<Record<string, string>>;
  readonly dimensions?: Readonly<Partial<Record<Dimension, DimensionMemory>>>;
  /** A workload that was deployed for the rule, and the hash of what was deployed. Not for decisions. */
  readonly managed?: { readonly target: Target; readonly hash: string };
}

export interface DimensionMemory {
  /** The smoothed count and when it was reached, unless it is held; absent = the actual count. */
  readonly smooth?: { readonly value: number; readonly at?: EpochMillis };
  readonly stable?: StableMemory;
  /** Changes made, oldest first, as [when, by how many]; for policies. */
  readonly changes?: readonly Changed[];
  /** When the count was last changed by a decision; for cooldowns. */
  readonly changedAt?: EpochMillis;
}

export type Changed = readonly [at: EpochMillis, by: number];
export type Recommended = readonly [at: EpochMillis, count: number];

/**
 * Past recommendations that can still matter. `last` was the one of the tick before, which is
 * kept without its time so that an unchanging recommendation needs no write.
 */
export interface StableMemory {
  readonly last: number;
  /** Those that may hold back a shrink: older is higher. */
  readonly high: readonly Recommended[];
  /** Those that may hold back a growth: older is lower. */
  readonly low: readonly Recommended[];
}

/** The shape's version, so that a memory of another release is told apart and not misread. */
const VERSION = 1;

/** The memory as it is stored; empty where there is nothing to remember. Keys keep a fixed order. */
export function writeMemory(memory: Memory): string {
  const { failing, idleSince, frozenSince, offsets, lags, dimensions, managed } = memory;
  const some = { failing, idleSince, frozenSince, offsets, lags, dimensions, managed };
  const text = JSON.stringify(some);
  return text === '{}' ? '' : JSON.stringify({ v: VERSION, ...some });
}

/**
 * What `writeMemory` wrote. Anything else is as good as no memory: a decision without one starts
 * from the actual count, which is safe, so that a damaged item heals itself.
 */
export function readMemory(text: string): Memory {
  if (text === '') return {};
  try {
    const { v, ...memory } = JSON.parse(text) as Memory & { readonly v?: number };
    return v === VERSION ? memory : {};
  } catch {
    return {};
  }
}

/** `memory` with one part replaced, or without it where `value` is undefined. */
export function withPart<T extends object, K extends keyof T>(
  memory: T,
  part: K,
  value: T[K] | undefined,
): T {
  if (value !== undefined) return { ...memory, [part]: value };
  if (!(part in memory)) return memory;
  const { [part]: _, ...rest } = memory;
  return rest as unknown as T;
}

export function withDimension(memory: Memory, dimension: Dimension, of: DimensionMemory): Memory {
  const others = memory.dimensions ?? {};
  const dimensions =
    Object.keys(of).length > 0
      ? { ...others, [dimension]: of }
      : withPart(others, dimension, undefined);
  return withPart(
    memory,
    'dimensions',
    Object.keys(dimensions).length > 0 ? dimensions : undefined,
  );
}
