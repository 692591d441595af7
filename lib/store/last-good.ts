import type { RuleItem } from './rule-store.ts';

/** The last version of each rule that was valid: what runs while an edit is not. */
export interface LastGoodStore {
  get(id: string, signal: AbortSignal): Promise<RuleItem['attributes'] | undefined>;
  /** Replaces what was kept; writing the same again changes nothing that can be seen. */
  put(id: string, attributes: RuleItem['attributes'], signal: AbortSignal): Promise<void>;
  remove(id: string, signal: AbortSignal): Promise<void>;
}
