import { Command } from 'commander';

import type { LastFiring } from '../decide/windows.ts';
import { ScalerError } from '../model/errors.ts';
import { formatIso } from '../model/iso.ts';
import { decodeRecording } from '../record/decode.ts';
import type { DecisionRecord } from '../record/record.ts';
import type { Difference } from '../replay/differences.ts';
import { replayRecord } from '../replay/replay.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { type JsonOption, printJson, printLines, withJson } from './options.ts';
import { type NamedLines, recordingsNamed } from './recording-files.ts';
import { bold, plain } from './text.ts';
import { UsageError } from './usage-error.ts';

/** What replaying came to; the JSON of `rubato replay --json`. */
export interface ReplayReport {
  readonly recordings: number;
  /** Decisions that were made again. */
  readonly decisions: number;
  /** Records of targets that could not be read, so that there is nothing to decide again. */
  readonly undecided: number;
  readonly differing: number;
  /** The first of those that differ, at most 100. */
  readonly differences: readonly DifferingDecision[];
  /** Recordings that could not be read to their end. */
  readonly failed: readonly {
    readonly recording: string;
    readonly code: string;
    readonly message: string;
  }[];
}

export interface DifferingDecision {
  readonly recording: string;
  readonly decision: string;
  readonly scalable: string;
  /** ISO 8601. */
  readonly at: string;
  readonly differences: readonly Difference[];
}

/** More decisions than this that differ have one cause, and the first of them show it. */
const MOST_KEPT = 100;
/** Of these so many are printed. */
const MOST_PRINTED = 10;

export function replayCommand(io: Io, end: (code: ExitCode) => void): Command {
  return withJson(
    new Command('replay')
      .description(
        'Decide again about what was recorded, and show every decision that would be another now.',
      )
      .argument('<files...>', 'recordings: files, folders, s3://bucket/key or s3://bucket/prefix')
      .addHelpText('after', '\nExample:\n  npx rubato replay .rubato/recordings'),
  ).action(async (files: readonly string[], options: JsonOption) => {
    end(await replay(files, options, io));
  });
}

/** Replays what the names stand for and prints what differs: exit 1 where anything does or fails. */
export async function replay(
  names: readonly string[],
  { json = false }: JsonOption,
  io: Io,
): Promise<ExitCode> {
  const { createLastFiring } = await import('../cron.ts');
  const report = await replayAll(everythingNamed(names, io), createLastFiring(), io.signal);
  if (report.recordings === 0) {
    throw new UsageError(
      `there are no recordings in ${names.join(', ')}`,
      'Name a file, a folder of recordings, or s3://bucket/prefix.',
    );
  }
  if (json) printJson(io, report);
  else printLines(io, shownReport(report));
  return report.differing > 0 || report.failed.length > 0 ? EXIT.failed : EXIT.done;
}

async function* everythingNamed(names: readonly string[], io: Io): AsyncGenerator<NamedLines> {
  for (const name of names) yield* recordingsNamed(name, io);
}

/** One recording after the other, a line at a time; one that cannot be read holds up no other. */
async function replayAll(
  recordings: AsyncIterable<NamedLines>,
  lastFiring: LastFiring,
  signal: AbortSignal,
): Promise<ReplayReport> {
  let [count, decisions, undecided, differing] = [0, 0, 0, 0];
  const differences: DifferingDecision[] = [];
  const failed: { recording: string; code: string; message: string }[] = [];
  const judge = (name: string, record: DecisionRecord): void => {
    const replayed = replayRecord(record, lastFiring);
    if (replayed.same === 'undecided') undecided += 1;
    else decisions += 1;
    if (replayed.same !== false) return;
    differing += 1;
    if (differences.length >= MOST_KEPT) return;
    differences.push(differingDecision(name, record, replayed.differences));
  };
  for await (const { name, lines } of recordings) {
    count += 1;
    try {
      for await (const record of decodeRecording(lines, name)) judge(name, record);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ScalerError)) throw error;
      failed.push({ recording: name, code: error.code, message: error.message });
    }
  }
  return { recordings: count, decisions, undecided, differing, differences, failed };
}

const differingDecision = (
  recording: string,
  { id, scalable, at }: DecisionRecord,
  differences: readonly Difference[],
): DifferingDecision => ({
  recording,
  decision: id,
  scalable,
  at: formatIso(at),
  differences,
});

function shownReport(report: ReplayReport): readonly string[] {
  const { recordings, decisions, undecided, differing, differences, failed } = report;
  const shown = differences.slice(0, MOST_PRINTED);
  return [
    ...shown.flatMap(({ recording, decision, scalable, at, differences: places }) => [
      `${bold(scalable)} at ${at} (decision ${decision}, ${recording})`,
      ...places.map(({ path, recorded, now }) => `  ${path}: ${plain(recorded)} → ${plain(now)}`),
      '',
    ]),
    ...(differing > shown.length ? [`… and ${differing - shown.length} more`, ''] : []),
    ...failed.map(({ message }) => plain(message)),
    `${counted(decisions, 'decision')} of ${counted(recordings, 'recording')} decided again: ` +
      (differing === 0 ? 'all the same.' : `${differing} would be another now.`) +
      (undecided === 0 ? '' : ` ${undecided} had nothing to decide.`) +
      (failed.length === 0 ? '' : ` ${counted(failed.length, 'recording')} could not be read.`),
  ];
}

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
