import { run } from './program.ts';
import { createTerminal } from './terminal.ts';

// Set, not called: what is still on its way to a pipe must get there.
process.exitCode = await run(process.argv.slice(2), createTerminal());
