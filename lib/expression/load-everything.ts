import { EVERYTHING } from './everything.ts';
import { useEverything } from './extras.ts';

// For programs that compile expressions without preparing them: the command line, tests, benches.
useEverything(EVERYTHING);
