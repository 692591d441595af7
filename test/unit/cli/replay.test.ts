import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { explainAt } from '../../../lib/cli/explain-record.ts';
import { replay } from '../../../lib/cli/replay.ts';
import { type EpochMillis, epochMillis } from '../../../lib/model/units.ts';
import { encodeRecording } from '../../../lib/record/encode.ts';
import { createFolderRecordings } from '../../../lib/record/folder/recordings.ts';
import type { DecisionRecord } from '../../../lib/record/record.ts';
import { createFakeClock } from '../../fake/clock.ts';
import { numberMetric } from '../../support/policy.ts';
import { NOON, number, recordingOf, recordOf } from '../../support/records.ts';
import { createFakeIo, type FakeIo } from './fake-io.ts';

const { signal } = new AbortController();
const HOUR = 3_600_000;

const record = (id = 'orders', scalable = id): DecisionRecord => ({
  ...recordOf({
    id,
    rule: { metrics: { queue: numberMetric('queue') }, replicas: 'queue', max: 6 },
    samples: { queue: number(9) },
    replicas: 2,
  }),
  scalable,
});

/** A decision that this release would not make. */
const wrong = (): DecisionRecord => {
  const one = record();
  return { ...one, rule: { ...one.rule, max: '5' } };
};

const textOf = (...records: readonly DecisionRecord[]): string =>
  [...encodeRecording(recordingOf(records))].join('');

async function recordIn(
  io: FakeIo,
  folder: string,
  hours: number,
  ...records: readonly DecisionRecord[]
): Promise<EpochMillis> {
  const at = epochMillis(NOON + hours * HOUR);
  const store = createFolderRecordings({
    folder: path.join(io.cwd, folder),
    keepDays: 999,
    clock: createFakeClock(NOON),
  });
  await store.append(recordingOf(records, { tick: `tick-${hours}`, at }), signal);
  return at;
}

describe('rubato replay', () => {
  test('says how many decisions came out the same, of a plain file and of a folder', async () => {
    using io = createFakeIo();
    io.write('one.ndjson', textOf(record(), { ...record(), decided: undefined }));
    await recordIn(io, 'recordings', 0, record());
    await recordIn(io, 'recordings', 30, record(), record());
    expect(await replay(['one.ndjson', 'recordings'], {}, io)).toBe(0);
    expect(io.taken()).toEqual({
      out: '4 decisions of 3 recordings decided again: all the same. 1 had nothing to decide.\n',
      err: '',
    });
  });

  test('shows by path what would be another decision now, and fails', async () => {
    using io = createFakeIo();
    io.write('kept/one.ndjson', textOf(record(), wrong()));
    expect(await replay(['kept'], {}, io)).toBe(1);
    const { out } = io.taken();
    expect(out).toContain('orders');
    expect(out).toContain(
      ' at 2026-11-20T12:00:00.000Z (decision 001795176000000-00000007, one.ndjson)',
    );
    expect(out).toContain('  decision.capacity.replicas.to: 6 → 5\n');
    expect(out).toContain('2 decisions of 1 recording decided again: 1 would be another now.\n');
  });

  test('with --json it prints the report and nothing else', async () => {
    using io = createFakeIo();
    io.write('one.ndjson', textOf(wrong(), ...Array.from({ length: 120 }, wrong)));
    expect(await replay(['one.ndjson'], { json: true }, io)).toBe(1);
    const report = JSON.parse(io.taken().out) as { differences: readonly unknown[] };
    expect(report).toMatchObject({ recordings: 1, decisions: 121, undecided: 0, differing: 121 });
    expect(report.differences).toHaveLength(100);
    expect(report.differences[0]).toMatchObject({
      recording: 'one.ndjson',
      scalable: 'orders',
      differences: [{ path: 'decision.capacity.replicas.to', recorded: '6', now: '5' }, {}, {}],
    });
  });

  test('a recording that cannot be read holds up no other, and fails', async () => {
    using io = createFakeIo();
    io.write('a.ndjson', 'no recording');
    io.write('b.ndjson', textOf(record()).replace('"version":1', '"version":99'));
    io.write('c.ndjson', textOf(record()));
    expect(await replay(['a.ndjson', 'b.ndjson', 'missing', 'c.ndjson'], {}, io)).toBe(1);
    const { out } = io.taken();
    expect(out).toMatch(/a\.ndjson:1: expected a line of JSON, found "no recording"/);
    expect(out).toContain('version 99, and this release reads version 1');
    expect(out).toContain('there is no recording at');
    expect(out).toContain(
      '1 decision of 4 recordings decided again: all the same. 3 recordings could not be read.',
    );
  });

  test('a folder without recordings is a mistake', async () => {
    using io = createFakeIo();
    await expect(replay(['.'], {}, io)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('rubato explain RULE --at', () => {
  test('finds the last tick at or before the moment that decided about the rule', async () => {
    using io = createFakeIo({ env: { RECORDINGS: 'mine' } });
    await recordIn(io, 'mine', -2, record());
    await recordIn(io, 'mine', -1, record(), record('mail'));
    await recordIn(io, 'mine', 0, record('mail'));
    await recordIn(io, 'mine', 1, record());
    for (const [time, found] of [
      ['2026-11-20T12:30:00Z', '2026-11-20 11:00:00 UTC'],
      ['2026-11-20T11:00:00Z', '2026-11-20 11:00:00 UTC'],
      ['2026-11-20T10:59:59.999Z', '2026-11-20 10:00:00 UTC'],
      ['2026-11-21T12:00:00+02:00', '2026-11-20 13:00:00 UTC'],
    ] as const) {
      expect(await explainAt('orders', time, {}, io)).toBe(0);
      const { out } = io.taken();
      expect(out).toContain(`orders on kubernetes:prod/shop/orders at ${found}\n`);
      expect(out).toContain('2 → 6: max 6 bound it; the rule asked for 9.');
    }
  });

  test('shows every target of a rule, and with --json the recording’s own lines', async () => {
    using io = createFakeIo();
    await recordIn(
      io,
      '.rubato/recordings',
      0,
      record('orders', 'orders/a'),
      record('orders', 'orders/b'),
    );
    expect(await explainAt('orders', '2026-11-20T12:00:00Z', {}, io)).toBe(0);
    expect(io.taken().out.match(/^orders on /gm)).toHaveLength(2);
    expect(await explainAt('orders', '2026-11-20T12:00:00Z', { json: true }, io)).toBe(0);
    const lines = io.taken().out.trim().split('\n');
    io.write('again.ndjson', `${lines.join('\n')}\n`);
    expect(await replay(['again.ndjson'], {}, io)).toBe(0);
  });

  test.for([
    {
      name: 'only later',
      hours: [3],
      message: 'the nearest one is at 2026-11-20T15:00:00.000Z. Ask for it with --at',
    },
    { name: 'nothing', hours: [], message: 'Nothing at all was recorded then: is RECORDINGS set' },
    {
      name: 'only other rules',
      hours: [-1],
      rule: 'mail',
      message: 'is this how the rule is called?',
    },
    { name: 'only long before', hours: [-30], message: 'Nothing at all was recorded then' },
  ])('says what there is instead where there is $name', async ({ hours, rule, message }) => {
    using io = createFakeIo();
    for (const hour of hours) await recordIn(io, '.rubato/recordings', hour, record(rule));
    await expect(explainAt('orders', '2026-11-20T12:00:00Z', {}, io)).rejects.toMatchObject({
      code: 'RECORDING_MISSING',
      message: expect.stringContaining(message),
    });
  });

  test('a moment without a zone is a mistake', async () => {
    using io = createFakeIo();
    await expect(explainAt('orders', '2026-11-20 12:00', {}, io)).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});
