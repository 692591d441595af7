import { Command } from 'commander';

import type { Io } from './io.ts';
import type { CommonOptions } from './session.ts';

export interface JsonOption {
  readonly json?: boolean;
}

/** A command with the options all of them share, and an example in its help. */
export function command(name: string, about: string, example: string): Command {
  return new Command(name)
    .description(about)
    .option('--rules <folder>', 'read rules from the YAML files of a folder, not from the table')
    .option('--connections <file>', 'where connections stand (default: connections.yml)')
    .addHelpText('after', `\nExample:\n  ${example.replaceAll('\n', '\n  ')}`);
}

export const withJson = (made: Command): Command =>
  made.option('--json', 'print JSON on stdout and nothing else there');

export function printJson(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}

export function printLines(io: Io, lines: readonly string[]): void {
  for (const line of lines) io.out(`${line}\n`);
}

export type { CommonOptions };
