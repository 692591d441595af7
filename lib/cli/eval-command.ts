import { Command } from 'commander';

import { parseIso } from '../model/iso.ts';
import { epochMillis } from '../model/units.ts';
import { runEval } from './eval.ts';
import type { ExitCode, Io } from './io.ts';
import { type JsonOption, withJson } from './options.ts';
import { UsageError } from './usage-error.ts';

interface EvalOptions extends JsonOption {
  readonly metric: readonly string[];
  readonly batch?: boolean;
  readonly now?: string;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `rubato eval`: needs no connection, no rule and no store. */
export function evalCommand(io: Io, end: (code: ExitCode) => void): Command {
  const made = new Command('eval')
    .description('Evaluate an expression as a rule would.')
    .argument('[expression]', 'the expression; none with --batch')
    .option(
      '--metric <name=value>',
      'a metric, as often as needed; name= is a missing one',
      collect,
      [],
    )
    .option(
      '--batch',
      'read JSON lines {"expr","env"}, answer each with {"result"} or {"error","stage"}',
    )
    .option('--now <time>', 'what now() gives, such as 2026-11-20T20:00:00Z')
    .addHelpText('after', "\nExample:\n  npx rubato eval 'ceil(lag / 10)' --metric lag=95");
  return withJson(made).action(async (expression: string | undefined, options: EvalOptions) => {
    const now = options.now === undefined ? epochMillis(Date.now()) : parseIso(options.now);
    if (now === undefined) {
      throw new UsageError(
        `--now: expected a moment, found ${JSON.stringify(options.now)}`,
        'Write it as 2026-11-20T20:00:00Z.',
      );
    }
    const { metric: metrics, batch = false, json = false } = options;
    const line = (write: (text: string) => void) => (text: string) => write(`${text}\n`);
    const out = line((text) => io.out(text));
    const err = line((text) => io.err(text));
    end(await runEval({ expression, metrics, batch, json, now }, { stdin: io.input(), out, err }));
  });
}
