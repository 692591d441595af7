import type { TargetReading } from '../act/deployer.ts';
import type { Decided } from '../decide/decide.ts';
import type { Memory } from '../decide/memory.ts';
import type { Sample } from '../model/sample.ts';
import type { Withheld } from '../record/record.ts';
import type { StoredMemory } from '../store/memory-store.ts';
import type { Scalable } from './scalables.ts';

/** A scalable with all that was seen of it, and what was decided where its target could be read. */
export interface Considered {
  readonly scalable: Scalable;
  readonly stored: StoredMemory;
  /** What it was decided on: `stored.memory`, and what was deployed since. */
  readonly memory: Memory;
  readonly samples: Readonly<Record<string, Sample>>;
  readonly reading: TargetReading | undefined;
  /** Why nothing might be changed, beside what the target says itself. */
  readonly held?: string | undefined;
  readonly decided?: Decided;
  /** The change that was taken back from `decided` once the whole tick was known. */
  readonly withheld?: Withheld;
}
