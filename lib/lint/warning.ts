import type { LastFiring } from '../decide/windows.ts';
import type { EpochMillis, Millis } from '../model/units.ts';
import type { Connections } from '../rule/vocabulary.ts';

/** Something in a valid rule that has surprised people elsewhere. A warning never stops a rule. */
export interface Warning {
  /** The attribute's path, as problems have it. */
  readonly path: string;
  /** What will happen, and what to write where that is not meant. */
  readonly message: string;
  /** Where it was learned: an issue, a page or a fault that somebody ran into. */
  readonly thread: string;
}

/** What a linter may know beside the rule. What is left out is not checked. */
export interface LintContext {
  readonly now: EpochMillis;
  /** For windows that start by cron. */
  readonly lastFiring: LastFiring;
  /** How often ticks come. */
  readonly tickPeriod?: Millis;
  readonly connections?: Connections;
  /** How many targets the rule was found to match. */
  readonly matches?: number;
  /** The highest value of each metric in the recordings: `load`, or by figure `orders.lag`. */
  readonly highest?: Readonly<Record<string, number>>;
}

/** `path: message (thread)`, in one line. */
export const formatWarning = ({ path, message, thread }: Warning): string =>
  `${path}: ${message} (${thread})`;
