import type { EpochMillis } from '../model/units.ts';
import type { Problem } from '../rule/schema.ts';

/** An item of the rules table as it stands there, not yet parsed. */
export interface RuleItem {
  readonly id: string;
  /** The attributes a person wrote: everything but `id` and `status`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: RuleStatus | undefined;
  /**
   * What is wrong with the text the item was written in, where it could not even be read as
   * attributes (YAML that does not parse); `attributes` is then what could be made out, or empty.
   * The item is invalid for these reasons whatever else it says.
   */
  readonly broken?: readonly Problem[];
}

/**
 * Our verdict on an item, written back on it for whoever edits it. `of` is the content hash of the
 * attributes it was reached on: an edit in a console keeps the old status, and is told by it.
 */
export type RuleStatus =
  | { readonly state: 'valid'; readonly since: EpochMillis; readonly of: string }
  | {
      readonly state: 'invalid';
      readonly since: EpochMillis;
      readonly of: string;
      readonly errors: readonly Problem[];
    };

/** The rules people write. Few, small, read whole at each tick. */
export interface RuleStore {
  /** Every rule, by id. Rejects rather than answer a part: a rule that is not listed is gone. */
  list(signal: AbortSignal): Promise<readonly RuleItem[]>;
  get(id: string, signal: AbortSignal): Promise<RuleItem | undefined>;
  /** Writes the item whole; what stood there is replaced, its status too. */
  put(item: Omit<RuleItem, 'status'>, signal: AbortSignal): Promise<void>;
  remove(id: string, signal: AbortSignal): Promise<void>;
  /**
   * Writes the verdict on an item, unless it is gone, has this verdict already, or has got another
   * since `item` was read. A verdict that crosses an edit is told by its `of`, which is then not
   * the content hash of what stands there; it counts for nobody, and the next report replaces it.
   */
  report(item: RuleItem, status: RuleStatus, signal: AbortSignal): Promise<void>;
}
