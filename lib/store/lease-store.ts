import type { EpochMillis, Millis } from '../model/units.ts';

export interface LeaseRequest {
  /** What is leased: `leader`, later one per replication controller. */
  readonly name: string;
  /** Who asks; asking again as the same owner extends the lease and keeps its token. */
  readonly owner: string;
  readonly duration: Millis;
  readonly now: EpochMillis;
}

export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** The fencing token: grows with every change of owner, and never shrinks or repeats. */
  readonly token: number;
  readonly expiresAt: EpochMillis;
  /** When it was last acquired before this, by anybody; undefined the first time. */
  readonly before: EpochMillis | undefined;
}

export type LeaseAttempt =
  | { readonly held: true; readonly lease: Lease }
  | { readonly held: false; readonly owner: string; readonly expiresAt: EpochMillis };

/**
 * Leases kept in one place that can compare and set. At most one owner per name at any time; a
 * lease ends by its stored deadline, never by deletion, and its item is never deleted.
 */
export interface LeaseStore {
  acquire(request: LeaseRequest, signal: AbortSignal): Promise<LeaseAttempt>;
  /** Ends the lease now. Does nothing when it has since passed to another owner. */
  release(lease: Lease, now: EpochMillis, signal: AbortSignal): Promise<void>;
}
