import type { Value } from '../expression/compile.ts';
import { assertNever } from '../model/errors.ts';
import {
  committedMoved,
  lagFigures,
  moved,
  type OffsetMarks,
  packOffsets,
  unpackOffsets,
} from '../model/lag.ts';
import type { PartitionOffsets, Sample } from '../model/sample.ts';
import { elapsed, type EpochMillis } from '../model/units.ts';
import type { MetricSpec } from '../rule/rule.ts';
import type { Activity } from './activate.ts';
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
}

/** Judges every sample: only what is fresh may shrink anything, and missing is never zero. */
export function trust(
  policy: Policy,
  samples: Readonly<Record<string, Sample>>,
  memory: Memory,
  now: EpochMillis,
): Trusted {
  const env: Record<string, Value | undefined> = {};
  const doubts = new Map<string, string>();
  const offsets: Record<string, string> = {};
  let busy = false;
  let frozen = false;
  for (const [name, spec] of Object.entries(policy.rule.metrics)) {
    const sample = samples[name];
    const before = memory.offsets?.[name];
    const judged = judge(spec, sample, before, now);
    env[name] = judged.value;
    if (judged.doubt !== undefined) doubts.set(name, judged.doubt);
    busy ||= judged.busy;
    frozen ||= judged.frozen;
    const packed = judged.offsets ?? before;
    if (packed !== undefined) offsets[name] = packed;
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
    offsets: Object.keys(offsets).length > 0 ? offsets : undefined,
  };
}

interface Judged {
  readonly value: Value | undefined;
  readonly doubt: string | undefined;
  readonly busy: boolean;
  readonly frozen: boolean;
  readonly offsets: string | undefined;
}

const unknown = (doubt: string): Judged => ({
  value: undefined,
  doubt,
  busy: false,
  frozen: false,
  offsets: undefined,
});

function judge(
  spec: MetricSpec,
  sample: Sample | undefined,
  before: string | undefined,
  now: EpochMillis,
): Judged {
  if (sample === undefined) return unknown('was not read');
  if (!('measurement' in sample)) {
    return unknown(`${sample.trust}: ${sample.because}`);
  }
  const age = elapsed(sample.at, now);
  const doubt =
    sample.trust === 'stale'
      ? `stale: ${sample.because}`
      : age > spec.maxAge
        ? `stale: ${age / 1000} s old, at most ${spec.maxAge / 1000} s are trusted`
        : undefined;
  const { measurement } = sample;
  switch (measurement.kind) {
    case 'number':
      return number(measurement.value, doubt);
    case 'record':
      return figures(spec, measurement.values, doubt);
    case 'offsets': {
      const previous = before === undefined ? undefined : unpackOffsets(before);
      const seen = lagFigures(measurement.partitions, measurement.reset, previous);
      const judged = figures(spec, { ...seen }, doubt);
      if (doubt !== undefined || judged.doubt !== undefined) return judged;
      return { ...judged, ...movement(measurement.partitions, previous, seen.lag) };
    }
    default:
      return assertNever(measurement);
  }
}

function movement(
  partitions: readonly PartitionOffsets[],
  previous: OffsetMarks | undefined,
  lag: number,
): Pick<Judged, 'busy' | 'frozen' | 'offsets'> {
  return {
    busy: lag > 0 || moved(previous, partitions),
    // Consumers that make no progress are what a rebalance looks like; producers may go on (riff 9.8).
    frozen: lag > 0 && previous !== undefined && !committedMoved(previous, partitions),
    offsets: packOffsets(partitions),
  };
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
