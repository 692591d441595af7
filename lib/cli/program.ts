import { Command, CommanderError } from 'commander';

import { ConfigError } from '../config.ts';
import '../expression/load-everything.ts';
import '../rule/load-aliases.ts';
import { ScalerError } from '../model/errors.ts';
import { RuleUnknownError } from '../tick/errors.ts';
import { EventInvalidError } from '../tick/event.ts';
import { devCommand } from './dev.ts';
import { evalCommand } from './eval-command.ts';
import { explainCommand } from './explain.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { lagCommand } from './lag.ts';
import { replayCommand } from './replay.ts';
import { rulesCommand } from './rules.ts';
import { simulateCommand } from './simulate-command.ts';
import { tickCommand } from './tick.ts';
import { UsageError } from './usage-error.ts';

/** Runs one command line, without the program's own name, and answers its exit code. */
export async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = createProgram(io, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return explainFault(error, io);
  }
}

function createProgram(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('rubato')
    .description('A steady beat, a flexible tempo: scales what you run by rules in a table.')
    .addHelpText(
      'after',
      '\nExample:\n  npx rubato tick --dry-run --rules examples/rules\n\n' +
        'The store is DynamoDB where RULES_TABLE and STATE_TABLE are set, and else embedded in .rubato.\n' +
        'Exit codes: 0 done, 1 the work failed, 2 it was called wrongly.',
    );
  const commands = [
    devCommand,
    tickCommand,
    rulesCommand,
    lagCommand,
    explainCommand,
    evalCommand,
    simulateCommand,
    replayCommand,
  ];
  for (const create of commands) {
    program.addCommand(create(io, end));
  }
  for (const each of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    each.exitOverride().configureOutput({
      writeOut: (text) => {
        io.out(text);
      },
      writeErr: (text) => {
        io.err(text);
      },
    });
    each.showHelpAfterError(false).showSuggestionAfterError(true);
  }
  return program;
}

function explainFault(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has said it already; help that was asked for is no fault.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (io.signal.aborted) return EXIT.interrupted;
  if (error instanceof ScalerError) {
    io.err(`${error.message}\n`);
    return isMisuse(error) ? EXIT.usage : EXIT.failed;
  }
  io.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}

const isMisuse = (error: ScalerError): boolean =>
  error instanceof UsageError ||
  error instanceof ConfigError ||
  error instanceof EventInvalidError ||
  error instanceof RuleUnknownError;
