import type { EpochMillis } from '../model/units.ts';

/** One change of one target, as history shows it. Written once per decision, however often it is tried. */
export interface AuditEntry {
  readonly decision: string;
  readonly scalable: string;
  readonly at: EpochMillis;
  /** What happened, as JSON: from, to, binding step, outcome. */
  readonly body: string;
}

export interface AuditLog {
  /** Writes the entry under its decision id; writing it again leaves what is there. */
  append(entry: AuditEntry, signal: AbortSignal): Promise<void>;
  /** The newest entries of a scalable, newest first, at most `limit`. */
  list(scalable: string, limit: number, signal: AbortSignal): Promise<readonly AuditEntry[]>;
}
