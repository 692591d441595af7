import { parseArgs } from 'node:util';

import { runHistory } from './history.ts';

/*
 * As many histories as there is time for: `node test/simulation/soak.ts --from 0 --count 1000000`.
 * Prints each seed that breaks something, and at the end how many there were; exits 1 on any.
 */
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '10000' },
  },
});
const [from, count] = [Number(values.from), Number(values.count)];
let [failed, ticks, writes, slowest] = [0, 0, 0, 0];
for (let seed = from; seed < from + count; seed += 1) {
  try {
    const ended = await runHistory(seed);
    ticks += ended.ticks;
    writes += ended.writes;
    slowest = Math.max(slowest, ended.converged);
  } catch (error) {
    failed += 1;
    const what = error instanceof Error ? error.message : String(error);
    process.stdout.write(`seed ${seed}: ${what}\n`);
  }
}
const summary = { seeds: count, from, failed, ticks, writes, ticksToConverge: slowest };
process.stdout.write(`${JSON.stringify(summary)}\n`);
process.exitCode = failed > 0 ? 1 : 0;
