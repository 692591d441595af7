import type { ScalerError } from '../model/errors.ts';
import type { Surroundings } from '../model/surroundings.ts';
import type { ActOutcome, Capacity, Target, TargetState } from '../model/target.ts';
import type { TargetSelector, Workload } from '../rule/rule.ts';
import type { Connection, TargetKindVocabulary } from '../rule/vocabulary.ts';

/** What is known of a target: its state, or why there is none. `absent` = it surely does not exist. */
export type TargetReading =
  | { readonly found: 'yes'; readonly state: TargetState }
  | { readonly found: 'absent'; readonly error: ScalerError }
  | { readonly found: 'unknown'; readonly error: ScalerError };

export interface Acting {
  readonly signal: AbortSignal;
}

/** One change to one target. */
export interface Change {
  readonly target: Target;
  readonly to: Capacity;
  /** From the reading the decision was made on: the platform refuses the change if it moved since. */
  readonly fence: string;
  /** Names the decision, for platforms that can carry a mark of who changed what and why. */
  readonly decision: string;
}

/**
 * The targets of one connection.
 *
 * Promises: `read` answers once per target, in order, with as few calls as the platform allows,
 * and never rejects for one target's sake. `scale` is fenced: it changes the target only if it
 * still is as read, else it answers `superseded` and changes nothing; sending the same change
 * twice leaves what sending it once leaves. It rejects with a ScalerError whose `code` is one of
 * those in `act/errors.ts`.
 */
export interface Deployer {
  read(targets: readonly Target[], acting: Acting): Promise<readonly TargetReading[]>;
  /** All targets a pattern or labels match, in a fixed order. Rejects rather than answer a part. */
  expand(selector: TargetSelector, acting: Acting): Promise<readonly Target[]>;
  scale(change: Change, acting: Acting): Promise<ActOutcome>;
  /**
   * Creates the workload with no replicas, or brings an existing one to what the rule says,
   * keeping its replicas and fields of other owners. `undefined` where the kind cannot.
   */
  readonly deploy:
    | ((target: Target, workload: Workload, acting: Acting) => Promise<void>)
    | undefined;
  /** Removes a workload that Rubato deployed, and what it owns; one that is not there is a success. */
  readonly undeploy: ((target: Target, acting: Acting) => Promise<void>) | undefined;
  /** Ends connections that are kept between ticks. Safe to call twice. */
  close(): Promise<void>;
}

/** A target kind with the way to reach it. `open` loads the vendor's client only when it is called. */
export interface DeployerKind extends TargetKindVocabulary {
  open(connection: Connection, surroundings: Surroundings): Promise<Deployer>;
}
