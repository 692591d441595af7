import { formatIso, parseIso } from '../model/iso.ts';
import { encodeRecording } from '../record/encode.ts';
import { explainRecord } from '../record/explain.ts';
import { type Found, findRecords } from '../record/find-record.ts';
import type { DecisionRecord } from '../record/record.ts';
import { RecordingError } from '../record/recordings.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { type JsonOption, printLines } from './options.ts';
import { recordingsAt } from './recording-files.ts';
import { UsageError } from './usage-error.ts';

/** More targets of one rule than this are not read one after the other. */
const MOST_TARGETS = 20;

/**
 * `rubato explain RULE --at TIME`: what the rule's last tick at or before the time saw and decided,
 * one screen for each target; with `--json` the recording's own lines. Reads where RECORDINGS
 * says, or `.rubato/recordings`.
 */
export async function explainAt(
  rule: string,
  time: string,
  { json = false }: JsonOption,
  io: Io,
): Promise<ExitCode> {
  const at = parseIso(time);
  if (at === undefined) {
    throw new UsageError(
      `--at ${JSON.stringify(time)} is no moment`,
      'Write it with its zone, such as 2026-11-20T20:00:00Z.',
    );
  }
  const recordings = recordingsAt(undefined, io);
  const found = await findRecords(recordings, rule, at, io.signal);
  if (!found.found) throw notFound(rule, { time: formatIso(at), place: recordings.place }, found);
  const { records } = found;
  if (json) {
    for (const line of linesOf(records)) io.out(line);
    return EXIT.done;
  }
  const { createLastFiring } = await import('../cron.ts');
  const lastFiring = createLastFiring();
  for (const record of records.slice(0, MOST_TARGETS)) {
    printLines(io, [explainRecord(record, lastFiring), '']);
  }
  if (records.length > MOST_TARGETS) {
    printLines(io, [`… and ${records.length - MOST_TARGETS} more targets: see --json`]);
  }
  return EXIT.done;
}

function* linesOf(records: readonly DecisionRecord[]): Generator<string> {
  const [first] = records;
  if (first) yield* encodeRecording({ tick: first.tick, at: first.at, records });
}

function notFound(
  rule: string,
  { time, place }: { readonly time: string; readonly place: string },
  { nearest, read }: Found & { readonly found: false },
): RecordingError {
  const what = `no decision about ${JSON.stringify(rule)} is recorded in the 24 hours before ${time} in ${place}`;
  if (nearest !== undefined) {
    const next = formatIso(nearest);
    return new RecordingError(
      'RECORDING_MISSING',
      `${what}; the nearest one is at ${next}`,
      `Ask for it with --at ${next}.`,
    );
  }
  return new RecordingError(
    'RECORDING_MISSING',
    `${what}, nor in the 24 hours after it`,
    read === 0
      ? 'Nothing at all was recorded then: is RECORDINGS set where the ticks run, and here to the same place?'
      : 'Others were recorded then: is this how the rule is called?',
  );
}
