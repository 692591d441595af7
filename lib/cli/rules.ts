import { Command } from 'commander';

import type { ExitCode, Io } from './io.ts';
import { getRule, listRules, printSchema, validateRules } from './rules-read.ts';
import { deleteRule, editOneRule, pauseOneRule, putRules, resumeOneRule } from './rules-write.ts';

/** Everything about rules but following them. */
export function rulesCommand(io: Io, end: (code: ExitCode) => void): Command {
  const group = new Command('rules')
    .description('List, read, write, check, pause and delete rules.')
    .addHelpText('after', '\nExample:\n  npx rubato rules edit mail');
  const commands = [
    listRules,
    getRule,
    putRules,
    editOneRule,
    validateRules,
    pauseOneRule,
    resumeOneRule,
    deleteRule,
    printSchema,
  ];
  for (const create of commands) group.addCommand(create(io, end));
  return group;
}
