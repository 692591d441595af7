import { describe, expect, test } from 'vitest';

import { epochMillis } from '../../lib/model/units.ts';
import { decodeRecording } from '../../lib/record/decode.ts';
import type { DecisionRecord } from '../../lib/record/record.ts';
import { recordingKey, type Recordings } from '../../lib/record/recordings.ts';
import { numberMetric } from '../support/policy.ts';
import { all, NOON, number, recordingOf, recordOf } from '../support/records.ts';

const { signal } = new AbortController();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const record = recordOf({
  rule: { metrics: { queue: numberMetric('queue') }, replicas: 'queue', max: 9 },
  samples: { queue: number(4) },
});

/** A recording of one decision, `minutes` after noon. */
const at = (minutes: number, tick = `tick-${minutes}`) =>
  recordingOf([record], { tick, at: epochMillis(NOON + minutes * MINUTE) });

const keys = (store: Recordings, from: number, to: number) =>
  all(store.list(epochMillis(NOON + from * MINUTE), epochMillis(NOON + to * MINUTE), signal));

const recordsIn = (store: Recordings, key: string): Promise<readonly DecisionRecord[]> =>
  all(decodeRecording(store.read(key, signal), key));

/** What all recordings promise. `open` gives some that are empty. */
export function recordingsContract(name: string, open: () => Promise<Recordings>): void {
  describe(`recordings: ${name}`, () => {
    test('what was appended is read back, decision by decision', async () => {
      const store = await open();
      const recording = recordingOf([record, { ...record, scalable: 'orders/two' }]);
      await store.append(recording, signal);
      const [key = ''] = await keys(store, 0, 1);
      expect(key).toBe(recordingKey(recording));
      expect((await recordsIn(store, key)).map(({ scalable }) => scalable)).toEqual([
        'orders',
        'orders/two',
      ]);
    });

    test('keys sort by time, over hours, days and years', async () => {
      const store = await open();
      const places = [40 * 24 * 60, -HOUR / MINUTE, 0, 61, 24 * 60, 1];
      for (const minutes of places) await store.append(at(minutes), signal);
      const listed = await keys(store, -1e5, 1e5);
      expect(listed).toEqual(
        places.toSorted((a, b) => a - b).map((minutes) => recordingKey(at(minutes))),
      );
    });

    test('a list begins with its first moment and ends before its last', async () => {
      const store = await open();
      for (const minutes of [0, 1, 2, 3]) await store.append(at(minutes), signal);
      expect(await keys(store, 1, 3)).toEqual([recordingKey(at(1)), recordingKey(at(2))]);
      expect(await keys(store, 4, 9)).toEqual([]);
      expect(await keys(store, 2, 2)).toEqual([]);
    });

    test('workers of one tick have an object each', async () => {
      const store = await open();
      await store.append(at(0, 'one'), signal);
      await store.append(at(0, 'two'), signal);
      expect(await keys(store, 0, 1)).toHaveLength(2);
    });

    test('appending a tick again replaces its object', async () => {
      const store = await open();
      await store.append(at(0), signal);
      await store.append({ ...at(0), records: [record, record] }, signal);
      const [key = '', ...more] = await keys(store, 0, 1);
      expect(more).toEqual([]);
      expect(await recordsIn(store, key)).toHaveLength(2);
    });

    test('an id is no path', async () => {
      const store = await open();
      await store.append(at(0, '../../escaped/äöü'), signal);
      const [key = ''] = await keys(store, 0, 1);
      expect(key).toMatch(/^2026\/11\/20\/12\/20261120T120000\.000Z-[\w-]+\.ndjson\.gz$/);
      expect(await recordsIn(store, key)).toHaveLength(1);
    });

    test('what is not there is said to be missing', async () => {
      const store = await open();
      await expect(recordsIn(store, recordingKey(at(5)))).rejects.toMatchObject({
        code: 'RECORDING_MISSING',
      });
      await expect(recordsIn(store, '../secret')).rejects.toMatchObject({
        code: 'RECORDING_MISSING',
      });
    });

    test('nothing is written or read once the time is over', async () => {
      const store = await open();
      await store.append(at(0), signal);
      const over = AbortSignal.abort();
      const failed = { code: 'RECORDING_FAILED' };
      await expect(store.append(at(1), over)).rejects.toMatchObject(failed);
      await expect(all(store.read(recordingKey(at(0)), over))).rejects.toMatchObject(failed);
      await expect(all(store.list(NOON, epochMillis(NOON + HOUR), over))).rejects.toMatchObject(
        failed,
      );
      expect(await keys(store, 0, 60)).toHaveLength(1);
    });
  });
}
