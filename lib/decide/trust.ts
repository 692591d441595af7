import type { Value } from '../expression/compile.ts';
import { assertNever } from '../model/errors.ts';
import {
  committedMoved,
  type LagFigures,
  lagFigures,
  moved,
  type OffsetMarks,
  packOffsets,
  unpackOffsets,
} from '../model/lag.ts';
import type { Measurement, PartitionOffsets, Sample } from '../model/sample.ts';
import { elapsed, type EpochMillis } from '../model/units.ts';
import type { MetricSpec } from '../rule/rule.ts';
import type { Activity } from './activate.ts';
import type { GroupShape } from './lag/caps.ts';
import { type Tracked, trackLag } from './lag/track.ts';
import type { Memory } from './memory.ts';
import type { Policy } from './policy.ts';

/** What samples come to once each has been judged. */
export interface Trusted {
  /** What expressions see; a metric that is missing or invalid is undefined there. */
  readonly env: Readonly<Record<string, Value | undefined>>;
  /** Why each metric that is not fresh is not, by name. */
  readonly doubts: ReadonlyMap<string, string>;
  /** Those of them that an expression names. */
  readonly doubted: readonly string[];
  readonly activity: Activity;
  /** Ticks in a row with a doubt about a metric in use, this one included; 0 = all is well. */
  readonly failing: number;
  /** The offsets to remember, by metric. */
  readonly offsets: Readonly<Record<string, string>> | undefined;
  /** What else is to be remembered of consumer groups, by metric. */
  readonly lags: Readonly<Record<string, string>> | undefined;
  /** Consumer groups whose partitions bound the count. */
  readonly groups: readonly GroupShape[];
  /** What an operator should know of the metrics, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Judges every sample: only what is fresh may shrink anything, and missing is never zero.
 * `isRunning` = there is at least one replica.
 */
export function trust(
  policy: Policy,
  { samples, isRunning }: Samples,
  memory: Memory,
  now: EpochMillis,
): Trusted {
  const env: Record<string, Value | undefined> = {};
  const doubts = new Map<string, string>();
  const offsets: Record<string, string> = {};
  const lags: Record<string, string> = {};
  const groups: GroupShape[] = [];
  const notes: string[] = [];
  let busy = false;
  let frozen = false;
  for (const [name, spec] of Object.entries(policy.rule.metrics)) {
    const sample = samples[name];
    const before = memory.offsets?.[name];
    const remembered = { offsets: before, lags: memory.lags?.[name] };
    const judged = judge({ name, spec, policy, isRunning }, sample, remembered, now);
    env[name] = judged.value;
    if (judged.doubt !== undefined) doubts.set(name, judged.doubt);
    busy ||= judged.busy;
    frozen ||= judged.frozen;
    const packed = judged.offsets ?? before;
    if (packed !== undefined) offsets[name] = packed;
    // A look that could not be taken leaves what is remembered of the ones before.
    const lag = judged.offsets === undefined ? remembered.lags : judged.lags;
    if (lag !== undefined) lags[name] = lag;
    for (const text of judged.notes ?? []) notes.push(`${name}: ${text}`);
    const { lag: options } = spec;
    if (options?.limitTo === undefined && options?.spread === undefined) continue;
    groups.push({ name, options, seen: judged.shape, isDoubtful: judged.doubt !== undefined });
  }
  const doubted = policy.used.filter((name) => doubts.has(name));
  const unsure = doubted.length > 0;
  const counted = policy.rule.fallback?.after ?? 0;
  return {
    env,
    doubts,
    doubted,
    activity: { busy, unsure, frozen },
    // Counted no further than it is asked for, so that a long outage is not a write each tick.
    failing: unsure ? Math.min((memory.failing ?? 0) + 1, counted) : 0,
    offsets: someOf(offsets),
    lags: someOf(lags),
    groups,
    notes,
  };
}

export interface Samples {
  readonly samples: Readonly<Record<string, Sample>>;
  readonly isRunning: boolean;
}

function someOf(
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  return Object.keys(texts).length > 0 ? texts : undefined;
}

interface Judged {
  readonly value: Value | undefined;
  readonly doubt: string | undefined;
  readonly busy: boolean;
  readonly frozen: boolean;
  readonly offsets: string | undefined;
  readonly lags?: string | undefined;
  readonly notes?: readonly string[];
  /** Partitions, where the metric is a consumer group's lag. */
  readonly shape?: GroupShape['seen'];
}

/** A metric, and what its judge needs to know of the rule and its target. */
interface Subject {
  readonly name: string;
  readonly spec: MetricSpec;
  readonly policy: Policy;
  readonly isRunning: boolean;
}

interface Remembered {
  readonly offsets: string | undefined;
  readonly lags: string | undefined;
}

const unknown = (doubt: string): Judged => ({
  value: undefined,
  doubt,
  busy: false,
  frozen: false,
  offsets: undefined,
});

type Measured = Extract<Sample, { readonly measurement: Measurement }>;

/** Why a measured sample is too old to shrink anything, or undefined: its source's word, or its age. */
export function staleness(
  { maxAge }: Pick<MetricSpec, 'maxAge'>,
  sample: Measured,
  now: EpochMillis,
): string | undefined {
  if (sample.trust === 'stale') return `stale: ${sample.because}`;
  const age = elapsed(sample.at, now);
  if (age <= maxAge) return undefined;
  return `stale: ${age / 1000} s old, at most ${maxAge / 1000} s are trusted`;
}

function judge(
  subject: Subject,
  sample: Sample | undefined,
  remembered: Remembered,
  now: EpochMillis,
): Judged {
  const { spec } = subject;
  if (sample === undefined) return unknown('was not read');
  if (!('measurement' in sample)) {
    return unknown(`${sample.trust}: ${sample.because}`);
  }
  const doubt = staleness(spec, sample, now);
  const { measurement } = sample;
  switch (measurement.kind) {
    case 'number':
      return number(measurement.value, doubt);
    case 'record':
      return { ...figures(spec, measurement.values, doubt), ...shapeOf(measurement.values) };
    case 'offsets':
      return consumerGroup(subject, measurement, doubt, { ...remembered, now });
    default:
      return assertNever(measurement);
  }
}

function consumerGroup(
  { name, spec, policy, isRunning }: Subject,
  { partitions, reset }: Extract<Measurement, { kind: 'offsets' }>,
  doubt: string | undefined,
  { offsets, lags, now }: Remembered & { readonly now: EpochMillis },
): Judged {
  const { room, timed } = policy.lag;
  const previous = offsets === undefined ? undefined : unpackOffsets(offsets);
  const isTimed = timed.has(name);
  const excludeStuck = spec.lag?.excludeStuck;
  const { interval } = policy.rule;
  const watch = { isTimed, excludeStuck, room, interval, isRunning };
  const tracked: Tracked =
    isTimed || excludeStuck !== undefined
      ? trackLag(watch, { partitions, reset, previous }, lags ?? '', now)
      : untracked(lagFigures(partitions, reset, previous));
  const { figures: seen, total, memory, notes } = tracked;
  // Its memory goes on though its seconds are unknown, or they would be so for ever.
  const isYoung = isTimed && seen.seconds === undefined;
  const young = isYoung ? 'without seconds before a second look' : undefined;
  const judged =
    isYoung && spec.value !== undefined
      ? unknown(`missing: it is ${young}`)
      : figures(spec, { ...seen }, doubt ?? young);
  const shaped = { ...judged, notes, shape: seen };
  if (doubt !== undefined) return shaped;
  const packed = packOffsets(partitions, room.offsets);
  return { ...shaped, ...movement(partitions, previous, total), offsets: packed, lags: memory };
}

const untracked = (seen: LagFigures): Tracked => ({
  figures: seen,
  total: seen.lag,
  memory: undefined,
  notes: [],
});

function movement(
  partitions: readonly PartitionOffsets[],
  previous: OffsetMarks | undefined,
  lag: number,
): Pick<Judged, 'busy' | 'frozen'> {
  return {
    busy: lag > 0 || moved(previous, partitions),
    // Consumers that make no progress are what a rebalance looks like; producers may go on (riff 9.8).
    frozen: lag > 0 && previous !== undefined && !committedMoved(previous, partitions),
  };
}

/** The partitions of a group of which the figures are all there is (a trace, a recording). */
function shapeOf({
  partitions,
  lagging,
}: Readonly<Record<string, number>>): Pick<Judged, 'shape'> | undefined {
  if (partitions === undefined || lagging === undefined) return undefined;
  return Number.isFinite(partitions) && Number.isFinite(lagging)
    ? { shape: { partitions, lagging } }
    : undefined;
}

const known = (value: Value, doubt: string | undefined): Judged => ({
  value,
  doubt,
  busy: false,
  frozen: false,
  offsets: undefined,
});

function number(value: number, doubt: string | undefined): Judged {
  return Number.isFinite(value) ? known(value, doubt) : unknown(`invalid: it is ${value}`);
}

function figures(
  spec: MetricSpec,
  values: Readonly<Record<string, number>>,
  doubt: string | undefined,
): Judged {
  const odd = Object.entries(values).find(([, value]) => !Number.isFinite(value));
  if (odd) return unknown(`invalid: its ${odd[0]} is ${odd[1]}`);
  if (spec.value === undefined) return known(values, doubt);
  const value = values[spec.value];
  return value === undefined ? unknown(`invalid: it has no ${spec.value}`) : known(value, doubt);
}
