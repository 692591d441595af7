import type { Decision, Step } from '../decide/decision.ts';
import { assertNever } from '../model/errors.ts';
import type { Measurement, PartitionOffsets, Sample } from '../model/sample.ts';
import type { Target, TargetState } from '../model/target.ts';
import { contentHash } from '../rule/content-hash.ts';
import type { MetricSpec, Rule } from '../rule/rule.ts';
import {
  type DecisionRecord,
  RECORD_VERSION,
  type RecordedDecision,
  type RecordedOutcome,
  type Recording,
} from './record.ts';

/*
 * Every object literal here is typed with all attributes of what it writes, so that one that is
 * added to a decision or a sample and forgotten here does not compile. Their order is the order of
 * the bytes.
 */
type All<T> = { readonly [Key in keyof Required<T>]: unknown };

/**
 * The lines of a recording, each with its line feed: one for the tick, one for each rule before
 * its first use, one for each decision, which names its rule by the hash of that line. The same
 * decisions give the same bytes.
 */
export function* encodeRecording({ tick, at, records }: Recording): Generator<string> {
  yield line({ kind: 'tick', version: RECORD_VERSION, tick, at });
  // Rules of one tick are the same objects; their text is made once each.
  const hashes = new Map<Rule, string>();
  const written = new Set<string>();
  for (const record of records) {
    let hash = hashes.get(record.rule);
    if (hash === undefined) {
      const text = encodeRule(record.rule);
      hash = contentHash(text);
      hashes.set(record.rule, hash);
      if (!written.has(hash)) yield `{"kind":"rule","hash":"${hash}","rule":${text}}\n`;
      written.add(hash);
    }
    yield line(encodeRecord(record, hash));
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/**
 * A rule without what decides nothing. Its own order is kept, for that of metrics is also the
 * order in which memory lists them.
 */
function encodeRule(rule: Rule): string {
  const { workload: _, metrics, ...rest } = rule;
  const specs = Object.entries(metrics).map(([name, spec]) => [name, encodeSpec(spec)] as const);
  return JSON.stringify({ ...rest, metrics: Object.fromEntries(specs) }, plainNumbers);
}

function encodeSpec(spec: MetricSpec): object {
  const { options: _, ...rest } = spec;
  return rest;
}

function encodeRecord(record: DecisionRecord, hash: string): object {
  const { id, scalable, target, samples, memory, decided, outcome } = record;
  return {
    kind: 'decision',
    id,
    scalable,
    rule: hash,
    target: encodeTarget(target),
    samples: Object.fromEntries(
      Object.entries(samples).map(([name, sample]) => [name, encodeSample(sample)]),
    ),
    memory,
    ...(decided ? encodeDecided(decided) : {}),
    outcome: encodeOutcome(outcome),
  };
}

function encodeTarget({ kind, connection, resource, namespace, name }: Target): All<Target> {
  return { kind, connection, resource, namespace, name };
}

function encodeDecided(decided: RecordedDecision): All<RecordedDecision> {
  const { state, held, withheld, decision, after } = decided;
  return {
    state: encodeState(state),
    held,
    withheld: withheld && { step: withheld.step, note: withheld.note },
    decision: encodeDecision(decision),
    after,
  };
}

function encodeState({ wanted, ready, busy, fence }: TargetState): All<TargetState> {
  return { wanted, ready, busy, fence };
}

/** A decision with its attributes in the order in which they are written and compared. */
export function encodeDecision({ capacity, binding, verdict, steps }: Decision): All<Decision> {
  return {
    capacity: Object.fromEntries(
      Object.entries(capacity).map(([dimension, { from, to }]) => [dimension, { from, to }]),
    ),
    binding,
    verdict,
    steps: steps.map(encodeStep),
  };
}

function encodeStep({ step, dimension, before, after, note }: Step): All<Step> {
  return { step, dimension, before, after, note };
}

function encodeOutcome({ became, note, error }: RecordedOutcome): All<RecordedOutcome> {
  return { became, note, error: error && { code: error.code, message: error.message } };
}

function encodeSample(sample: Sample): object {
  switch (sample.trust) {
    case 'fresh': {
      const { trust, at, measurement } = sample;
      return { trust, at, ...encodeMeasurement(measurement) };
    }
    case 'stale': {
      const { trust, at, measurement, because } = sample;
      return { trust, at, because, ...encodeMeasurement(measurement) };
    }
    case 'missing':
    case 'invalid': {
      const { trust, because, code } = sample;
      return { trust, because, code };
    }
    default:
      return assertNever(sample);
  }
}

function encodeMeasurement(measurement: Measurement): object {
  switch (measurement.kind) {
    case 'number':
      return { number: plainNumber(measurement.value) };
    case 'record':
      return {
        record: Object.fromEntries(
          Object.entries(measurement.values).map(([name, value]) => [name, plainNumber(value)]),
        ),
      };
    case 'offsets':
      return { offsets: measurement.partitions.map(encodePartition), reset: measurement.reset };
    default:
      return assertNever(measurement);
  }
}

/** `[partition, start, end, committed]`, offsets as texts since they outgrow JSON's numbers. */
function encodePartition({ partition, start, end, committed }: PartitionOffsets): unknown[] {
  return [
    partition,
    String(start),
    String(end),
    committed === undefined ? null : String(committed),
  ];
}

/** What JSON has no number for, NaN, the infinities and negative zero, as a text. */
function plainNumber(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

/** A rule has finite numbers only; one that has not must not turn into null in silence. */
function plainNumbers(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new Error(`the rule's ${key} is ${value}`);
}
