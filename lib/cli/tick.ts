import type { Command } from 'commander';

import { parseTickEvent } from '../tick/event.ts';
import type { TickReport } from '../tick/report.ts';
import { tick } from '../tick/tick.ts';
import { shownReport } from './decisions.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import {
  command,
  type CommonOptions,
  type JsonOption,
  printJson,
  printLines,
  withJson,
} from './options.ts';
import { openSession } from './session.ts';

/** As long as the function of the same name may take. */
const TICK_TIMEOUT_MS = 55_000;

interface TickOptions extends CommonOptions, JsonOption {
  readonly dryRun?: boolean;
  readonly only?: readonly string[];
  readonly now?: string;
}

export function tickCommand(io: Io, end: (code: ExitCode) => void): Command {
  return withJson(
    command(
      'tick',
      'Do one tick: read rules, measure, decide, act. What the tick function does on Lambda.',
      'npx rubato tick --dry-run --json | jq .decisions',
    ),
  )
    .option('--dry-run', 'decide and show, write nothing anywhere')
    .option('--only <rules...>', 'only these rules, whether they are due or not')
    .option('--now <time>', 'decide for this moment, such as 2026-11-20T20:00:00Z')
    .action(async (options: TickOptions) => {
      const session = await openSession(options, io, 'store');
      try {
        const { dryRun, only, now } = options;
        const event = parseTickEvent({ dryRun, rules: only, now });
        const report = await tick(session.app.ports, event, tickSignal(io));
        if (options.json === true) printJson(io, report);
        else printLines(io, shownReport(report));
        end(exitCodeOf(report));
      } finally {
        await session.close();
      }
    });
}

/** Ends with the person's Ctrl-C or with a function's time, whichever comes first. */
export const tickSignal = (io: Io): AbortSignal =>
  AbortSignal.any([io.signal, AbortSignal.timeout(TICK_TIMEOUT_MS)]);

/** A rule that failed or is not valid makes the tick one that failed. */
export const exitCodeOf = ({ decisions, invalid }: TickReport): ExitCode =>
  invalid.length > 0 || decisions.some(({ outcome }) => outcome === 'failed')
    ? EXIT.failed
    : EXIT.done;
