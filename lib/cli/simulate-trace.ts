import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import type { EpochMillis } from '../model/units.ts';
import { decodeRecording } from '../record/decode.ts';
import type { Rule } from '../rule/rule.ts';
import { refuseUnknownColumns } from '../simulate/columns.ts';
import { parseTrace } from '../simulate/parse-trace.ts';
import {
  createTraceOfRecords,
  type RecordedStart,
  type RecordedTrace,
} from '../simulate/recorded-trace.ts';
import type { Trace } from '../simulate/trace.ts';
import type { Io } from './io.ts';
import { recordingsNamed } from './recording-files.ts';
import { UsageError } from './usage-error.ts';

/** Where a trace is and, of recordings, what of them it is made of. */
export interface TracePlace {
  readonly trace: string;
  readonly ruleId?: string;
  readonly target?: string;
}

export interface OpenedTrace {
  readonly trace: Trace;
  /** How things were at the beginning, where it was recorded. */
  readonly start?: RecordedStart;
}

/** A trace has to fit into one text: 10 million rows of 50 characters. */
const MOST_BYTES = 500_000_000;

/**
 * The trace that a name stands for: recordings where it is a folder, a `.ndjson` or `.ndjson.gz`
 * file or `s3://…`, else a CSV file. Rejects with a UsageError for what is not there, a
 * RecordingError for a recording that cannot be read, a TraceError for what makes no trace.
 */
export async function readTrace(
  place: TracePlace,
  { rules, begin }: { readonly rules: readonly Rule[]; readonly begin: EpochMillis },
  io: Io,
): Promise<OpenedTrace> {
  if (await isOfRecordings(place.trace, io)) {
    const trace = await readRecordings(place, rules, io);
    return { trace, start: trace.start };
  }
  if (place.ruleId !== undefined || place.target !== undefined) {
    const option = place.ruleId === undefined ? '--target' : '--rule-id';
    throw new UsageError(
      `${option} chooses among recordings, and ${place.trace} is read as CSV`,
      'Name a folder, a file .ndjson or .ndjson.gz, or s3://bucket/prefix, or leave it out.',
    );
  }
  const trace = parseTrace(basename(place.trace), await readCsv(place.trace, io), { begin });
  refuseUnknownColumns(rules, trace);
  return { trace };
}

async function isOfRecordings(name: string, { cwd }: Io): Promise<boolean> {
  if (name.startsWith('s3://') || /\.ndjson(?:\.gz)?$/.test(name)) return true;
  return await stat(resolve(cwd, name)).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function readRecordings(
  { trace: name, ruleId, target }: TracePlace,
  rules: readonly Rule[],
  io: Io,
): Promise<RecordedTrace> {
  const making = createTraceOfRecords({
    name,
    ruleId: ruleId ?? rules[0]?.id ?? '',
    target,
    rules,
  });
  let isEmpty = true;
  for await (const recording of recordingsNamed(name, io)) {
    isEmpty = false;
    for await (const record of decodeRecording(recording.lines, recording.name)) {
      making.take(record);
    }
    // One tick is enough to see them all; nobody waits for a month of it to be told.
    making.refuseSeveralTargets();
  }
  if (isEmpty) {
    throw new UsageError(
      `there are no recordings in ${name}`,
      'Name a file, a folder of recordings, or s3://bucket/prefix.',
    );
  }
  return making.trace();
}

async function readCsv(file: string, io: Io): Promise<string> {
  const path = resolve(io.cwd, file);
  const size = await reading(file, async () => (await stat(path)).size);
  if (size > MOST_BYTES) {
    throw new UsageError(
      `${file} has ${size} bytes, at most ${MOST_BYTES} are read`,
      'Thin the trace out, or simulate a part of it.',
    );
  }
  return await readText(file, io);
}

/** A whole file as text. Rejects with a UsageError where it cannot be read. */
export const readText = (file: string, io: Io): Promise<string> =>
  reading(file, () => readFile(resolve(io.cwd, file), { encoding: 'utf8', signal: io.signal }));

async function reading<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unusable(file, 'read', error);
  }
}

/** What to say of a file that a command was given and cannot use. */
export function unusable(file: string, how: 'read' | 'written', cause: unknown): UsageError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new UsageError(`${file} cannot be ${how} (${reason})`, 'Check the path.', { cause });
}
