import type { Dimension } from '../model/target.ts';

/** The steps of a decision in the order in which they run. */
export type StepName =
  | 'trust'
  | 'evaluate'
  | 'activate'
  | 'tolerance'
  | 'stabilize'
  | 'smooth'
  | 'pace'
  | 'cooldown'
  | 'windows'
  | 'override'
  | 'bound'
  | 'guard'
  | 'gate';

/** One step that changed something or has something to say. `null` = no number yet (unknown). */
export interface Step {
  readonly step: StepName;
  readonly dimension: Dimension | null;
  readonly before: number | null;
  readonly after: number | null;
  readonly note: string;
}

/** From what the platform was last told to run, to what it shall run. */
export interface DimensionChange {
  readonly from: number;
  readonly to: number;
}

/** What shall be done about one scalable, and every step that led there. */
export interface Decision {
  readonly capacity: Readonly<Partial<Record<Dimension, DimensionChange>>>;
  /** The last step that changed a number; `none` where the wish went through or there was none. */
  readonly binding: StepName | 'none';
  /** `change` = act; `rest` = nothing to do; `hold` = a change was wished, and something held it. */
  readonly verdict: 'change' | 'rest' | 'hold';
  readonly steps: readonly Step[];
}
