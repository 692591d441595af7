import type { EpochMillis } from '../model/units.ts';
import type { Recorder } from './recorder.ts';

/** What a reconciliation is told beside its scalables. */
export interface Round {
  readonly tick: string;
  readonly now: EpochMillis;
  /** By the worker's clock; from here on the lease is another's, and nothing more is begun. */
  readonly until: EpochMillis;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Where decisions are gathered to be written down. */
  readonly recorder?: Recorder;
}
