import { useAliases } from './aliases.ts';
import { readNames } from './aliases/read.ts';

// For programs that parse rules without preparing them: the command line, tests, benches.
useAliases(readNames);
