import type { Decision, StepName } from '../decide/decision.ts';
import type { Sample } from '../model/sample.ts';
import type { Target, TargetState } from '../model/target.ts';
import type { EpochMillis } from '../model/units.ts';
import type { Rule } from '../rule/rule.ts';

/**
 * The version of what is recorded. Raised with every change after which a reader of the version
 * before would misread a record or decide otherwise; a new attribute of a rule whose absence means
 * what was done before it existed is no such change (docs/recordings.md).
 */
export const RECORD_VERSION = 1;

/** Everything one decision was made from, and all it came to: enough to make it again. */
export interface DecisionRecord {
  readonly tick: string;
  /** The decision's id, under which the audit log has its entry. */
  readonly id: string;
  /** The moment the decision was made for. */
  readonly at: EpochMillis;
  /** The scalable's key: `<rule>` or `<rule>/<target>`. */
  readonly scalable: string;
  /**
   * The rule as it was followed. A record leaves out what decides nothing and could hold anything:
   * the workload, whose environment may carry secrets, and the options of metrics.
   */
  readonly rule: Rule;
  readonly target: Target;
  readonly samples: Readonly<Record<string, Sample>>;
  /** What was remembered, as `writeMemory` writes it; empty where there was nothing. */
  readonly memory: string;
  /** Undefined where the target could not be read, so that nothing was decided. */
  readonly decided: RecordedDecision | undefined;
  readonly outcome: RecordedOutcome;
}

export interface RecordedDecision {
  readonly state: TargetState;
  /** Why nothing might be changed, beside what the target said itself. */
  readonly held: string | undefined;
  /** The change that was taken back once all scalables of the tick were decided, by the guard. */
  readonly withheld: Withheld | undefined;
  readonly decision: Decision;
  /** The memory to be, as `writeMemory` writes it, before the change was carried out. */
  readonly after: string;
}

export interface Withheld {
  readonly step: StepName;
  readonly note: string;
}

/** What became of a decision. */
export interface RecordedOutcome {
  /**
   * `rest` and `hold` as decided; `would` = a dry run of the rule; `done` = the platform took it;
   * `superseded` = somebody else had changed the target; `lost` = another worker was first.
   */
  readonly became: Became;
  /** What the platform had to say. */
  readonly note?: string;
  /** Of a failure. */
  readonly error?: { readonly code: string; readonly message: string };
}

export const BECAME = ['rest', 'hold', 'would', 'done', 'superseded', 'lost', 'failed'] as const;
export type Became = (typeof BECAME)[number];

/** What one worker decided in one tick: one object of the recordings. */
export interface Recording {
  readonly tick: string;
  readonly at: EpochMillis;
  readonly records: readonly DecisionRecord[];
}
