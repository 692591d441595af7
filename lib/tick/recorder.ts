import { writeMemory } from '../decide/memory.ts';
import { ScalerError } from '../model/errors.ts';
import type { DecisionRecord, RecordedDecision, RecordedOutcome } from '../record/record.ts';
import type { Considered } from './considered.ts';
import { withGrace } from './grace.ts';
import type { Ports } from './ports.ts';
import type { Round } from './round.ts';

/** Gathers what one worker decided in one tick, and writes it down at the end. */
export interface Recorder {
  add(one: Considered, decision: string, outcome: RecordedOutcome): void;
  /** Never rejects: what cannot be recorded is told, and the tick did its work all the same. */
  write(): Promise<void>;
}

const NOTHING: Recorder = { add: () => undefined, write: async () => {} };

/** A recorder of this tick; where recordings are off it gathers nothing. */
export function createRecorder(
  { recordings, journal, settings }: Ports,
  { tick, now: at, signal }: Pick<Round, 'tick' | 'now' | 'signal'>,
): Recorder {
  if (recordings === undefined) return NOTHING;
  const records: DecisionRecord[] = [];
  // Begun now, so that it fires so long after the tick's end, and not after the last record.
  const end = withGrace(signal, settings.grace);
  return {
    add: (one, id, outcome) => void records.push(recordOf(one, { tick, at, id }, outcome)),
    write: async () => {
      if (records.length === 0) return;
      try {
        await recordings.append({ tick, at, records }, end);
      } catch (error) {
        journal.problem({ tick, code: 'RECORDING_FAILED', message: messageOf(error) });
      }
    },
  };
}

function recordOf(
  { scalable, samples, memory, reading, held, withheld, decided }: Considered,
  id: Pick<DecisionRecord, 'tick' | 'at' | 'id'>,
  outcome: RecordedOutcome,
): DecisionRecord {
  const { policy, key, target } = scalable;
  return {
    ...id,
    scalable: key,
    rule: policy.rule,
    target,
    samples,
    memory: writeMemory(memory),
    decided:
      decided === undefined || reading?.found !== 'yes'
        ? undefined
        : ({
            state: reading.state,
            held,
            withheld,
            decision: decided.decision,
            after: writeMemory(decided.memory),
          } satisfies RecordedDecision),
    outcome,
  };
}

// The text of a fault that is not ours may quote anything.
const messageOf = (error: unknown): string =>
  error instanceof ScalerError
    ? error.message
    : `The recorder ended with a fault that has no code (${error instanceof Error ? error.name : typeof error}). The tick did its work; report this as a bug.`;
