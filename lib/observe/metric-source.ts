import type { Sample } from '../model/sample.ts';
import type { Surroundings } from '../model/surroundings.ts';
import type { Target } from '../model/target.ts';
import type { EpochMillis } from '../model/units.ts';
import type { MetricSpec } from '../rule/rule.ts';
import type { Connection, MetricKind } from '../rule/vocabulary.ts';

/** One metric of one scalable. `target` fills `${TARGET_NAME}` and `${TARGET_NAMESPACE}` in queries. */
export interface MetricRequest {
  readonly spec: MetricSpec;
  readonly target: Target;
}

export interface Reading {
  readonly now: EpochMillis;
  /** Fires when the tick must end; every outward call also has a shorter limit of its own. */
  readonly signal: AbortSignal;
}

/**
 * One conversation with one connection for all metrics that are read over it in a tick.
 *
 * Promises: one sample per request, in the order of the requests; what cannot be read is a
 * `missing` sample that says why, never a number and never a rejection, and one bad request does
 * not spoil the others. Reading changes nothing at the other end.
 */
export interface MetricSource {
  read(requests: readonly MetricRequest[], reading: Reading): Promise<readonly Sample[]>;
  /** Ends connections that are kept between ticks. Safe to call twice. */
  close(): Promise<void>;
}

/** A metric kind with the way to read it. `open` loads the vendor's client only when it is called. */
export interface SourceKind extends MetricKind {
  open(connection: Connection, surroundings: Surroundings): Promise<MetricSource>;
}
