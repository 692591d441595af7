import { ScalerError } from '../model/errors.ts';
import type { EpochMillis } from '../model/units.ts';

/**
 * What happened over some time, as rows in columns. It may be gone through more than once, so that
 * two rules can be compared on it; a CSV file is one kind of it, recordings are another.
 */
export interface Trace {
  /** What it was read from, for messages. */
  readonly name: string;
  /** Names of the columns, in the order of a row's cells. */
  readonly columns: readonly string[];
  /** Ascending in time, at least two. Iterating may throw a TraceError. */
  readonly rows: Iterable<TraceRow>;
}

/** What is so from `at` until the next row; the last row says when the trace ends. */
export interface TraceRow {
  readonly at: EpochMillis;
  /** One for each column; undefined = the metric could not be read. */
  readonly cells: readonly (number | undefined)[];
  /** The name of a part of the trace that begins here, for figures by part. */
  readonly phase: string | undefined;
}

/** More rows than this are no trace but an archive: 30 days at a row a second are 2.6 million. */
export const MOST_ROWS = 10_000_000;

/** A trace that cannot be followed: where, what was found, what is accepted. */
export class TraceError extends ScalerError {
  readonly code = 'TRACE_INVALID';
  readonly retry = 'never';
}
