import type { EpochMillis } from '../model/units.ts';
import type { Problem } from '../rule/schema.ts';

/** An item of the rules table as it stands there, not yet parsed. */
export interface RuleItem {
  readonly id: string;
  /** The attributes a person wrote: everything but `id` and `status`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: RuleStatus | undefined;
}

/** Our verdict on an item, written back on it for whoever edits it. */
export type RuleStatus =
  | { readonly state: 'valid'; readonly since: EpochMillis }
  | { readonly state: 'invalid'; readonly since: EpochMillis; readonly errors: readonly Problem[] };

/** The rules people write. Few, small, read whole at each tick. */
export interface RuleStore {
  /** Every rule, by id. Rejects rather than answer a part: a rule that is not listed is gone. */
  list(signal: AbortSignal): Promise<readonly RuleItem[]>;
  get(id: string, signal: AbortSignal): Promise<RuleItem | undefined>;
  /** Writes the item whole; what stood there is replaced, its status too. */
  put(item: Omit<RuleItem, 'status'>, signal: AbortSignal): Promise<void>;
  remove(id: string, signal: AbortSignal): Promise<void>;
  /**
   * Writes the verdict on an item that still has the attributes it was reached on; does nothing
   * when the item is gone or was edited since.
   */
  report(item: RuleItem, status: RuleStatus, signal: AbortSignal): Promise<void>;
}
