import type { Dimension, TargetKind } from '../model/target.ts';
import type { EpochMillis, Millis } from '../model/units.ts';

/** What an operator wrote, valid and with every default filled in. Nothing past the edge checks it again. */
export interface Rule {
  readonly id: string;
  readonly target: TargetSelector;
  /** The workload itself, where Rubato also creates, updates and deletes it. */
  readonly workload: Workload | undefined;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /** The expressions of each dimension the rule manages; at least one. */
  readonly wanted: Readonly<Partial<Record<Dimension, WantedRange>>>;
  /** Expressions; absent = no bound of the rule's own. */
  readonly min: string;
  readonly max: string;
  readonly interval: Millis;
  /** How long without activity before the last replica goes. */
  readonly idle: Millis;
  readonly smoothing: { readonly halfLife: Millis } | undefined;
  /** How long growth waits while no offset moves, for a consumer group that is rebalancing. */
  readonly rebalanceHold: Millis;
  readonly scaleUp: Pace;
  readonly scaleDown: Pace;
  /** Shares of the actual count within which a wish changes nothing, by direction; 0.1 = 10 %. */
  readonly tolerance: { readonly up: number; readonly down: number };
  readonly windows: readonly Window[];
  readonly override: Override | undefined;
  readonly fallback: Fallback | undefined;
  /** Decide and record, change nothing. */
  readonly dryRun: boolean;
}

/** Below `min` it grows to it, above `max` it shrinks to it, between them it stays; one text for both = exact. */
export interface WantedRange {
  readonly min: string | undefined;
  readonly max: string | undefined;
}

/** What a rule scales: one target by name, or many by a pattern with `*` or by labels. */
export interface TargetSelector {
  readonly kind: TargetKind;
  readonly connection: string;
  /** The kind's own word for what it is (`apps/v1/Deployment`), empty where there is but one. */
  readonly resource: string;
  readonly namespace: string;
  /** A name, or a pattern in which `*` stands for any run of characters. */
  readonly name: string;
  /** Labels a target must carry, all of them; empty = any. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A metric a rule asks for. `options` are what the metric kind's own schema made of the rest. */
export interface MetricSpec {
  readonly kind: string;
  readonly connection: string;
  /** A sample older than this is stale. */
  readonly maxAge: Millis;
  /** The one figure of a record that stands for the metric, or undefined: the record itself. */
  readonly value: string | undefined;
  /** Names of the figures of a record kind; empty for a kind with a single number. */
  readonly figures: readonly string[];
  readonly options: object;
  /** What a rule wants of a consumer group's partitions; only for kinds that have some. */
  readonly lag?: LagOptions;
}

/** How the partitions of a consumer group bear on the count; each is undefined where it is not asked for. */
export interface LagOptions {
  /** No more replicas than the topic has partitions, or wished than there are partitions with lag. */
  readonly limitTo: 'partitions' | 'lagging' | undefined;
  /** `even` = no more replicas than make the busiest of them read fewer partitions. */
  readonly spread: 'even' | undefined;
  /** After so many looks without a commit a partition's lag counts no more. */
  readonly excludeStuck: number | undefined;
}

/** HPA's meaning of behaviour for one direction. */
export interface Pace {
  /** The most cautious recommendation of this long back is followed. */
  readonly stabilization: Millis;
  readonly policies: readonly PacePolicy[];
  /** `max` lets the most permissive policy decide, `min` the strictest, `disabled` none: no change this way. */
  readonly select: 'max' | 'min' | 'disabled';
  /** No change this way for so long after the last change. */
  readonly cooldown: Millis;
}

/** At most `value` replicas (`pods`) or per cent of the replicas (`percent`) in any `period`. */
export interface PacePolicy {
  readonly kind: 'pods' | 'percent';
  readonly value: number;
  readonly period: Millis;
}

/** A recurring time in which bounds differ. Times are local to `zone`; `to` before `from` = past midnight. */
export interface Window {
  readonly days: readonly Weekday[];
  /** Minutes after midnight. */
  readonly from: number;
  readonly to: number;
  /** A cron expression for the start, in place of days and from, with `duration`. */
  readonly cron: string | undefined;
  readonly duration: Millis | undefined;
  readonly zone: string;
  /** Dates, YYYY-MM-DD, on which the window does not start. */
  readonly except: readonly string[];
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** How long `min` takes to come in at the start and to go at the end. */
  readonly ramp: Millis;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A decision of a person, always with an end. */
export interface Override {
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Exactly this many, whatever is measured. */
  readonly pin: number | undefined;
  readonly paused: 'no' | 'both' | 'up' | 'down';
  readonly until: EpochMillis;
  readonly by: string;
  readonly why: string;
}

/** After so many failing ticks in a row, at least so many replicas. */
export interface Fallback {
  readonly after: number;
  readonly replicas: number;
}

/** A workload that a rule carries. It lives and dies with the rule. */
export interface Workload {
  readonly containers: readonly Container[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Quantities as Kubernetes writes them: `cpu: 100m`, `memory: 64Mi`. */
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}
