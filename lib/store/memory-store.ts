import type { EpochMillis } from '../model/units.ts';

/** A decision written down before it is carried out. */
export interface Intent {
  /** The decision's id; the audit entry is kept under it. */
  readonly decision: string;
  /** Before this, other workers leave the target alone; after it, the intent may be taken over. */
  readonly deadline: EpochMillis;
  /** The audit entry to be, so that whoever finds the intent can finish the work. */
  readonly entry: string;
}

/** What is kept of one scalable between ticks. */
export interface StoredMemory {
  /** Grows by one with each write; 0 = never written. */
  readonly version: number;
  /** `decide`'s memory as JSON, at most 8 KB; empty where there is none. */
  readonly memory: string;
  readonly intent: Intent | undefined;
}

/**
 * The memory of scalables, one item each, those of a slot together.
 *
 * Promises: `write` is one compare-and-set on the version and answers whether it won; a lost race
 * changes nothing. A read may be a little old: acting on it is safe because the write then loses.
 */
export interface MemoryStore {
  /** Everything remembered in a slot, by scalable key. */
  readSlot(slot: number, signal: AbortSignal): Promise<ReadonlyMap<string, StoredMemory>>;
  /** Writes `next` if the version still is `expected` (0 = there must be none yet). */
  write(write: MemoryWrite, signal: AbortSignal): Promise<boolean>;
  /** Forgets a scalable if its version still is `expected`; answers whether it did. */
  forget(key: MemoryKey, expected: number, signal: AbortSignal): Promise<boolean>;
}

export interface MemoryKey {
  readonly slot: number;
  /** The scalable's key: `<rule>` or `<rule>/<target>`. */
  readonly key: string;
}

export interface MemoryWrite extends MemoryKey {
  readonly expected: number;
  readonly memory: string;
  readonly intent: Intent | undefined;
}
