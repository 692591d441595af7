import type { Decision, StepName } from '../decide/decision.ts';
import type { Measurement, PartitionOffsets, Sample } from '../model/sample.ts';
import type { Target, TargetState } from '../model/target.ts';
import { type EpochMillis, epochMillis } from '../model/units.ts';
import type { Rule } from '../rule/rule.ts';
import { Field } from './field.ts';
import { BECAME, type DecisionRecord, RECORD_VERSION, type RecordedDecision } from './record.ts';
import { readRecordedRule } from './recorded-rule.ts';
import { RecordingError } from './recordings.ts';

/**
 * The decisions of one recording, one by one; `name` is what errors call it. Rejects with a
 * RecordingError that names the line and the attribute: RECORDING_INVALID for what no recorder
 * wrote, RECORDING_VERSION for what a later one did. Attributes that are not known are skipped.
 */
export async function* decodeRecording(
  lines: AsyncIterable<string> | Iterable<string>,
  name: string,
): AsyncGenerator<DecisionRecord> {
  const take = createDecoder(name);
  for await (const line of lines) {
    const record = take(line);
    if (record !== undefined) yield record;
  }
}

/** Takes the lines of one recording in their order; answers a record for each line that is one. */
export function createDecoder(name: string): (line: string) => DecisionRecord | undefined {
  const rules = new Map<string, Rule>();
  let tick: { readonly tick: string; readonly at: EpochMillis } | undefined;
  let number = 0;
  return (line) => {
    number += 1;
    if (line.trim() === '') return undefined;
    const place = `${name}:${number}`;
    const whole = new Field(parse(line, place), '', place);
    const kind = whole.get('kind').oneOf(['tick', 'rule', 'decision']);
    if (kind === 'tick') {
      refuseOtherVersions(whole, place);
      tick = { tick: whole.get('tick').text(), at: epochMillis(whole.get('at').number()) };
      return undefined;
    }
    const of = tick ?? whole.get('kind').refuse('"tick" in the first line');
    if (kind === 'rule') {
      rules.set(whole.get('hash').text(), readRecordedRule(whole.get('rule')));
      return undefined;
    }
    const hash = whole.get('rule');
    const rule = rules.get(hash.text()) ?? hash.refuse('the hash of a rule in a line before');
    return readRecord(whole, of, rule);
  };
}

function parse(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new RecordingError(
      'RECORDING_INVALID',
      `${place}: expected a line of JSON, found ${JSON.stringify(line.slice(0, 40))}`,
      'The file is damaged or is no recording.',
      { cause: error },
    );
  }
}

function refuseOtherVersions(tick: Field, place: string): void {
  const version = tick.get('version').number();
  if (version === RECORD_VERSION) return;
  throw new RecordingError(
    'RECORDING_VERSION',
    `${place}: this recording has version ${version}, and this release reads version ${RECORD_VERSION}`,
    version > RECORD_VERSION
      ? 'It was written by a later release: read it with that one.'
      : 'There never was such a version.',
  );
}

function readRecord(
  whole: Field,
  { tick, at }: { readonly tick: string; readonly at: EpochMillis },
  rule: Rule,
): DecisionRecord {
  return {
    tick,
    id: whole.get('id').text(),
    at,
    scalable: whole.get('scalable').text(),
    rule,
    target: readTarget(whole.get('target')),
    samples: whole.get('samples').mapped(readSample),
    memory: whole.get('memory').text(),
    decided: whole.has('decision') ? readDecided(whole) : undefined,
    outcome: readOutcome(whole.get('outcome')),
  };
}

function readTarget(target: Field): Target {
  return {
    // A kind that this release does not know decides nothing, so it is not refused.
    kind: target.get('kind').text() as Target['kind'],
    connection: target.get('connection').text(),
    resource: target.get('resource').text(),
    namespace: target.get('namespace').text(),
    name: target.get('name').text(),
  };
}

function readDecided(whole: Field): RecordedDecision {
  const withheld = whole.get('withheld');
  return {
    state: readState(whole.get('state')),
    held: whole.get('held').optional()?.text(),
    withheld: withheld.optional() && {
      step: withheld.get('step').text() as StepName,
      note: withheld.get('note').text(),
    },
    decision: readDecision(whole.get('decision')),
    after: whole.get('after').text(),
  };
}

function readState(state: Field): TargetState {
  return {
    wanted: state.get('wanted').mapped((count) => count.number()),
    ready: state.get('ready').mapped((count) => count.number()),
    busy: state.get('busy').optional()?.text(),
    fence: state.get('fence').text(),
  };
}

function readDecision(decision: Field): Decision {
  return {
    capacity: decision
      .get('capacity')
      .mapped((change) => ({ from: change.get('from').number(), to: change.get('to').number() })),
    // A step of another release is kept by its name: it then differs when it is replayed.
    binding: decision.get('binding').text() as Decision['binding'],
    verdict: decision.get('verdict').oneOf(['change', 'rest', 'hold']),
    steps: decision.get('steps').list((step) => ({
      step: step.get('step').text() as StepName,
      dimension: step.get('dimension').nullable((field) => field.text()) as 'replicas' | null,
      before: step.get('before').nullable((field) => field.number()),
      after: step.get('after').nullable((field) => field.number()),
      note: step.get('note').text(),
    })),
  };
}

function readOutcome(outcome: Field): DecisionRecord['outcome'] {
  const note = outcome.get('note').optional()?.text();
  const error = outcome.get('error').optional();
  return {
    became: outcome.get('became').oneOf(BECAME),
    ...(note === undefined ? {} : { note }),
    ...(error
      ? { error: { code: error.get('code').text(), message: error.get('message').text() } }
      : {}),
  };
}

function readSample(sample: Field): Sample {
  const trust = sample.get('trust').oneOf(['fresh', 'stale', 'missing', 'invalid']);
  if (trust === 'missing' || trust === 'invalid') {
    return { trust, because: sample.get('because').text(), code: sample.get('code').text() };
  }
  const at = epochMillis(sample.get('at').number());
  const measurement = readMeasurement(sample);
  if (trust === 'fresh') return { trust, at, measurement };
  return { trust, at, measurement, because: sample.get('because').text() };
}

function readMeasurement(sample: Field): Measurement {
  if (sample.has('number')) return { kind: 'number', value: sample.get('number').anyNumber() };
  if (sample.has('record')) {
    return { kind: 'record', values: sample.get('record').mapped((value) => value.anyNumber()) };
  }
  return {
    kind: 'offsets',
    partitions: sample.get('offsets').list(readPartition),
    reset: sample.get('reset').oneOf(['earliest', 'latest']),
  };
}

function readPartition(entry: Field): PartitionOffsets {
  return {
    partition: entry.get(0).number(),
    start: entry.get(1).offset(),
    end: entry.get(2).offset(),
    committed: entry.get(3).nullable((committed) => committed.offset()) ?? undefined,
  };
}
