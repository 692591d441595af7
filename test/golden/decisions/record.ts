import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { encodeRecording } from '../../../lib/record/encode.ts';
import type { DecisionRecord } from '../../../lib/record/record.ts';
import { recordWorld } from '../../unit/replay/seeded-worlds.ts';

const SEEDS = 12;
const TICKS = 60;
/** Of each binding step; 13 steps and none come to about 50 records. */
const MOST_OF_A_STEP = 4;

type Kinds = Map<string, DecisionRecord>;

/**
 * Writes the golden decisions anew, a file for each binding step. Only where decisions shall be
 * other ones; the commit then says why.
 */
export async function writeGolden(folder: string): Promise<void> {
  const chosen = new Map<string, Kinds>();
  for (let seed = 1000; seed < 1000 + SEEDS; seed += 1) {
    for await (const { records } of recordWorld(seed, TICKS)) {
      for (const record of records) consider(record, chosen);
    }
  }
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.ndjson')) rmSync(path.join(folder, file));
  }
  for (const [binding, kinds] of chosen) {
    writeFileSync(path.join(folder, `${binding}.ndjson`), textOf(kinds));
  }
}

function consider(record: DecisionRecord, chosen: Map<string, Kinds>): void {
  if (record.decided === undefined) return;
  const { binding, steps } = record.decided.decision;
  const of: Kinds = chosen.get(binding) ?? new Map();
  chosen.set(binding, of);
  // No two that took the same steps to the same outcome.
  const kind = `${record.outcome.became} ${steps.map(({ step }) => step).join(' ')}`;
  of.set(kind, of.get(kind) ?? record);
}

/** Those with the most steps. */
function textOf(kinds: Kinds): string {
  const records = [...kinds]
    .toSorted(([one], [other]) => other.length - one.length)
    .slice(0, MOST_OF_A_STEP);
  return records
    .flatMap(([, record]) => {
      const { tick, at } = record;
      return Array.from(encodeRecording({ tick, at, records: [record] }));
    })
    .join('');
}
