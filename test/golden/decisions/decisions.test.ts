import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { createLastFiring } from '../../../lib/cron.ts';
import { createDecoder } from '../../../lib/record/decode.ts';
import { encodeRecording } from '../../../lib/record/encode.ts';
import type { DecisionRecord } from '../../../lib/record/record.ts';
import { replayRecord } from '../../../lib/replay/replay.ts';
import { writeGolden } from './record.ts';

// Only when asked, as docs/recordings.md says.
if (process.env['GOLDEN'] === 'write') await writeGolden(import.meta.dirname);

const lastFiring = createLastFiring();
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ndjson'));

const golden = files.map((file) => {
  const text = readFileSync(path.join(import.meta.dirname, file), 'utf8');
  const take = createDecoder(file);
  const records = text.split('\n').flatMap((line) => take(line) ?? []);
  return { file, binding: path.basename(file, '.ndjson'), text, records };
});

/** A changed answer is changed behaviour: the commit says why. */
describe('golden decisions', () => {
  test('are about 50, with every step as the binding one', () => {
    expect(golden.flatMap(({ records }) => records).length).toBeGreaterThanOrEqual(40);
    expect(golden.map(({ binding }) => binding)).toEqual(
      'activate bound cooldown evaluate gate guard none override pace smooth stabilize tolerance trust windows'.split(
        ' ',
      ),
    );
  });

  test.for(golden)(
    '$binding: recorded inputs give the recorded decisions',
    ({ binding, records }) => {
      for (const record of records) {
        expect(record.decided?.decision.binding).toBe(binding);
        expect(replayRecord(record, lastFiring)).toEqual({ same: true });
      }
    },
  );

  test.for(golden)('$binding: what is read is written to the same bytes', ({ text, records }) => {
    const written = (record: DecisionRecord): readonly string[] => [
      ...encodeRecording({ tick: record.tick, at: record.at, records: [record] }),
    ];
    expect(records.flatMap(written).join('')).toBe(text);
  });
});
