import type { StepName } from '../decide/decision.ts';
import type { Millis } from '../model/units.ts';

/**
 * What was decided for one target and what became of it. The names of these fields are an
 * interface: queries, alarms and runbooks match them, and they change only with a changelog entry.
 */
export interface ChangeEntry {
  /** Id of the tick that made the change. */
  readonly tick: string;
  /** Id of the decision; the audit log has its entry under the same one. */
  readonly decision: string;
  readonly rule: string;
  /** As `targetName` writes it, `kubernetes:prod/shop/orders`. */
  readonly target: string;
  /** Counts by dimension, each with what the platform ran before and shall run now. */
  readonly capacity: Readonly<Record<string, { readonly from: number; readonly to: number }>>;
  /** The last step that changed a number. */
  readonly binding: StepName | 'none';
  /** `held` = somebody else changed the target meanwhile, so nothing was written. */
  readonly outcome: 'done' | 'held' | 'failed' | 'would';
  readonly dryRun: boolean;
  /** Of the error behind a failure; alarms match it. */
  readonly code?: string;
  /** What the platform or the error had to say. */
  readonly note?: string;
}

/** Trouble an operator should know of. Where there is no rule, the whole call is meant. */
export interface TroubleEntry {
  /** Of the error behind it; alarms match it. */
  readonly code: string;
  /** One sentence or two: what happened and what to do. Never an error's cause, never a secret. */
  readonly message: string;
  readonly tick?: string;
  readonly rule?: string;
  readonly target?: string;
}

/**
 * What operators read after the fact: one line for each change and each trouble, nothing else.
 * Only the fields named here are written, whatever else an entry may carry.
 */
export interface Journal {
  change(entry: ChangeEntry): void;
  /** One rule's trouble; the tick goes on with the others. */
  problem(entry: TroubleEntry): void;
  /** The whole call came to nothing. */
  failure(entry: TroubleEntry): void;
}

/** What one tick amounts to: sums over everything. Figures of one rule are in its lines and its history. */
export interface TickFigures {
  readonly durationMs: Millis;
  /** Whether this worker held the lease; one that did not has nothing else to tell. */
  readonly leader: boolean;
  /** Scalables that were looked at. */
  readonly scalables: number;
  /** Targets that were changed. */
  readonly changes: number;
  /** Wished changes that a step held. */
  readonly holds: number;
  readonly failures: number;
  readonly invalidRules: number;
  /** Metrics that were stale, missing or invalid. */
  readonly doubtfulMetrics: number;
  /** Whether the guard held removals of this tick. */
  readonly guardHeld: boolean;
}

/** Aggregate figures of ticks, for dashboards and alarms. */
export interface TickMetrics {
  /** Called once at the end of a tick that did its work; a dry run is none. */
  record(figures: TickFigures): void;
}
