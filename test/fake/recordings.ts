import { encodeRecording } from '../../lib/record/encode.ts';
import {
  keyStart,
  RecordingError,
  recordingKey,
  recordingMissing,
  type Recordings,
} from '../../lib/record/recordings.ts';

export interface FakeRecordings extends Recordings {
  /** The lines of every object, by key. */
  readonly objects: ReadonlyMap<string, readonly string[]>;
  /** Rejects with this at every append, until undefined. */
  fail(error: Error | undefined): void;
}

/** Recordings in memory, as text: nothing is compressed. */
export function createFakeRecordings(): FakeRecordings {
  const objects = new Map<string, readonly string[]>();
  let failure: Error | undefined;
  return {
    place: 'memory',
    objects,
    fail(error) {
      failure = error;
    },
    async append(recording, signal) {
      refuseAborted(signal);
      if (failure) throw failure;
      const lines = [...encodeRecording(recording)].map((line) => line.slice(0, -1));
      objects.set(recordingKey(recording), lines);
    },
    async *list(from, to, signal) {
      for (const key of [...objects.keys()].toSorted()) {
        refuseAborted(signal);
        if (key >= keyStart(from) && key < keyStart(to)) yield key;
      }
    },
    async *read(key, signal) {
      refuseAborted(signal);
      const lines = objects.get(key);
      if (lines === undefined) throw recordingMissing(`under ${key} in memory`);
      yield* lines;
    },
  };
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new RecordingError('RECORDING_FAILED', 'memory gave no answer (aborted)', 'Try again.');
  }
}
