import '../../lib/expression/load-everything.ts';
import { createLastFiring } from '../../lib/cron.ts';
import { createDecoder } from '../../lib/record/decode.ts';
import { encodeRecording } from '../../lib/record/encode.ts';
import { replayRecord } from '../../lib/replay/replay.ts';
import { recordWorld } from '../unit/replay/seeded-worlds.ts';

/*
 * Replays 100,000 recorded decisions, made by the real tick in worlds by seed, each written down,
 * read back and decided again. What counts is that none differs; the rate is that of reading and
 * deciding. `node test/bench/replay.ts [decisions] [first seed]`.
 */
const DECISIONS = Number(process.argv[2] ?? 100_000);
const FIRST_SEED = Number(process.argv[3] ?? 1);
const TICKS = 250;

const lastFiring = createLastFiring();
let [replayed, undecided, differing, elapsed] = [0, 0, 0, 0];

/** Reads a recording and decides again about all of it. */
function replayLines(lines: readonly string[], name: string): void {
  const take = createDecoder(name);
  for (const line of lines) {
    const record = take(line);
    if (record === undefined) continue;
    const answer = replayRecord(record, lastFiring);
    if (answer.same === 'undecided') undecided += 1;
    else replayed += 1;
    if (answer.same !== false) continue;
    differing += 1;
    process.stderr.write(`${name}, ${record.id}: ${JSON.stringify(answer.differences)}\n`);
  }
}

for (let seed = FIRST_SEED; replayed < DECISIONS; seed += 1) {
  for await (const recording of recordWorld(seed, TICKS)) {
    const lines = [...encodeRecording(recording)];
    const began = performance.now();
    replayLines(lines, `seed ${seed}`);
    elapsed += performance.now() - began;
  }
}

const rate = Math.round(((replayed + undecided) / elapsed) * 1000);
for (const line of [
  { name: 'differences', value: differing, unit: `of ${replayed} decisions`, bar: 0 },
  { name: 'decisions-per-second', value: rate, unit: 'decisions/s', bar: null },
]) {
  const ok = line.bar === null || line.value <= line.bar;
  process.stdout.write(`${JSON.stringify({ bench: 'replay', ...line, ok })}\n`);
}
process.exitCode = differing === 0 && replayed >= DECISIONS ? 0 : 1;
