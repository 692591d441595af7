import { expect, test } from 'vitest';

import { runHistory } from './history.ts';

/*
 * Whole ticks on a virtual clock: traffic, edits, lying sources, and workers that die or stand
 * still at any port call, fail, lose answers and run side by side. What must hold at every step is
 * in invariants.ts; how a history goes, in history.ts. For many more seeds than these there is
 * `node test/simulation/soak.ts --from N --count M`, which also runs a single one.
 */
const GROUPS = 40;
const SEEDS_A_GROUP = 50;

const groups = Array.from({ length: GROUPS }, (_, group) => ({
  from: group * SEEDS_A_GROUP,
  to: (group + 1) * SEEDS_A_GROUP - 1,
}));

test.for(groups)(
  'through faults every target stays in bounds, never shrinks in doubt, changes once a decision and ends as its rule says (SEEDS=$from..$to)',
  async ({ from, to }) => {
    let writes = 0;
    for (let seed = from; seed <= to; seed += 1) {
      try {
        writes += (await runHistory(seed)).writes;
      } catch (error) {
        throw new Error(`SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
    // A group in which nothing was changed would have proved nothing.
    expect(writes).toBeGreaterThan(SEEDS_A_GROUP);
  },
);
