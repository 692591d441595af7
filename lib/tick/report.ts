import type { Step, StepName } from '../decide/decision.ts';
import type { Problem } from '../rule/schema.ts';

/** What a tick answers, as JSON, to whoever invoked it; field names are an interface. */
export interface TickReport {
  readonly tick: {
    readonly id: string;
    /** ISO 8601. */
    readonly at: string;
    /** False = another worker holds the lease, so nothing was done. */
    readonly leader: boolean;
    readonly dryRun: boolean;
  };
  readonly decisions: readonly DecisionReport[];
  readonly invalid: readonly { readonly rule: string; readonly errors: readonly Problem[] }[];
}

export interface DecisionReport {
  readonly rule: string;
  readonly target: string;
  /** What was measured: a number, a map of figures, or why there is none. */
  readonly metrics: Readonly<Record<string, MetricReport>>;
  readonly capacity: Readonly<Record<string, { readonly from: number; readonly to: number }>>;
  readonly binding: StepName | 'none';
  /**
   * `done` = the target is as decided, changed now or before; `held` = a change was wished and
   * held; `failed` = see error; `would` = a dry run that would have changed it.
   */
  readonly outcome: 'done' | 'held' | 'failed' | 'would';
  readonly error?: { readonly code: string; readonly message: string };
  readonly steps: readonly Step[];
}

export interface MetricReport {
  readonly trust: 'fresh' | 'stale' | 'missing' | 'invalid';
  readonly value: number | Readonly<Record<string, number>> | null;
  readonly because?: string;
}
