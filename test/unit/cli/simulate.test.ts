import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { runSimulate, type SimulateOptions } from '../../../lib/cli/simulate.ts';
import { epochMillis } from '../../../lib/model/units.ts';
import { encodeRecording } from '../../../lib/record/encode.ts';
import { createFolderRecordings } from '../../../lib/record/folder/recordings.ts';
import type { DecisionRecord, Recording } from '../../../lib/record/record.ts';
import { createFakeClock } from '../../fake/clock.ts';
import { lagMetric } from '../../support/policy.ts';
import { NOON, offsets, recordingOf, recordOf } from '../../support/records.ts';
import { recordWorld } from '../replay/seeded-worlds.ts';
import { createFakeIo, type FakeIo } from './fake-io.ts';

const RULE = `
id: orders
target: { kind: kubernetes, connection: prod, namespace: shop, name: orders }
metrics:
  orders: { kind: kafka-lag, connection: main, topic: orders, group: orders }
replicas: ceil(orders.lag / 100)
interval: 15s
`;
const TRACE = 'seconds,arrivals,phase\n0,20,all\n3600,20,\n';

function files(rule = RULE, trace = TRACE): FakeIo {
  const io = createFakeIo();
  io.write('rule.yaml', rule);
  io.write('trace.csv', trace);
  return io;
}
const common: SimulateOptions = { rule: 'rule.yaml', trace: 'trace.csv' };

describe('rubato simulate', () => {
  test('prints what a rule would have cost, without a connection or a store', async () => {
    using io = files();
    expect(await runSimulate(common, io)).toBe(0);
    const { out, err } = io.taken();
    expect(err).toBe('');
    expect(out).toContain('trace.csv: 1 hours');
    for (const name of ['replica-hours', 'changes', 'flaps an hour', 'seconds over target']) {
      expect(out).toMatch(new RegExp(`^${name} +\\d`, 'm'));
    }
    expect(out).toMatch(/^ {2}changes in all +\d+$/m);
  });

  test('ticks as often as the rule says, or as it is told', async () => {
    using io = files();
    const ticks = async (options: object): Promise<number> => {
      await runSimulate({ ...common, json: true, ...options }, io);
      const { runs } = JSON.parse(io.taken().out) as {
        readonly runs: readonly { readonly figures: { readonly ticks: number } }[];
      };
      return runs[0]?.figures.ticks ?? 0;
    };
    expect(await ticks({})).toBe(240);
    expect(await ticks({ tick: '1m' })).toBe(60);
  });

  test('compares two versions of a rule by their files, and draws them', async () => {
    using io = files();
    io.write('other.yaml', RULE.replace('/ 100', '/ 50'));
    await runSimulate({ ...common, compare: 'other.yaml', plot: 'out.svg', json: true }, io);
    const { runs } = JSON.parse(io.taken().out) as {
      readonly runs: readonly { readonly rule: string }[];
    };
    expect(runs.map(({ rule }) => rule)).toEqual(['rule.yaml', 'other.yaml']);
    expect(readFileSync(path.join(io.cwd, 'out.svg'), 'utf8')).toContain('other.yaml');
  });

  test.for<{ name: string; options?: object; rule?: string; trace?: string; says: string }>([
    {
      name: 'options that are none, all at once',
      options: { rate: 'many', tick: '15', partitions: '0' },
      says: '--tick: expected a length of time with its unit, such as 500ms, 15s, 5m, 1h30m or 7d, found "15": a number needs its unit (did you mean "15s"?); --rate: expected a number',
    },
    {
      name: 'the name of an option as it is written',
      options: { startUp: '1' },
      says: '--start-up:',
    },
    {
      name: 'a file that is not there',
      options: { trace: 'gone.csv' },
      says: 'gone.csv cannot be read (ENOENT)',
    },
    {
      name: 'a rule that is not valid, with its line',
      rule: RULE.replace('orders.lag', 'order.lag'),
      says: 'rule.yaml:2: replicas:',
    },
    {
      name: 'two rules in a file',
      rule: `${RULE}---${RULE}`,
      says: 'rule.yaml has 2 rules, expected one',
    },
    {
      name: 'a metric without a column',
      trace: 'seconds,arivals\n0,1\n1,1',
      says: 'the column "arivals" is of no metric (did you mean "arrivals"?)',
    },
    {
      name: 'a bad number with its line',
      trace: 'seconds,arrivals\n0,1\n1,x',
      says: 'trace.csv:3: arrivals is "x"',
    },
    {
      name: 'a choice among recordings where there are none',
      options: { target: 'orders' },
      says: '--target chooses among recordings, and trace.csv is read as CSV',
    },
    {
      name: 'a plot that cannot be written',
      options: { plot: 'no/where.svg' },
      says: 'cannot be written (ENOENT)',
    },
  ])('refuses $name', async ({ options, rule, trace, says }) => {
    using io = files(rule, trace);
    await expect(runSimulate({ ...common, ...options }, io)).rejects.toThrow(says);
    expect(io.taken().out).toBe('');
  });
});

const signal = new AbortController().signal;

/** One recording a tick, 15 s apart: 20 messages a second come, 240 wait, 2 replicas run. */
const ticksOf = (count: number, records: (end: bigint) => readonly DecisionRecord[]) =>
  Array.from({ length: count }, (_, row): Recording => {
    const at = epochMillis(NOON + 15_000 * row);
    return recordingOf(records(BigInt(1000 + 150 * row)), { tick: `tick-${row}`, at });
  });

const orders = (end: bigint, id = 'orders'): DecisionRecord =>
  recordOf({
    id,
    rule: { metrics: { orders: lagMetric }, replicas: 'ceil(orders.lag / 100)' },
    // The helper's samples are of noon; a stale one would be an outage.
    samples: { orders: offsets([end, end - 120n], [end, end - 120n]) },
    replicas: 2,
  });

const fresh = (recording: Recording): Recording => ({
  ...recording,
  records: recording.records.map((record) => ({
    ...record,
    samples: Object.fromEntries(
      Object.entries(record.samples).map(([name, sample]) => [
        name,
        'at' in sample ? { ...sample, at: recording.at } : sample,
      ]),
    ),
  })),
});

async function keep(io: FakeIo, recordings: Iterable<Recording>, folder = 'recordings') {
  const store = createFolderRecordings({
    folder: path.join(io.cwd, folder),
    keepDays: 9999,
    clock: createFakeClock(NOON),
  });
  for (const recording of recordings) await store.append(fresh(recording), signal);
}

interface Printed {
  readonly trace: string;
  readonly runs: readonly {
    readonly rule: string;
    readonly figures: Readonly<Record<'hours' | 'ticks' | 'maxQueue' | 'replicaHours', number>>;
  }[];
}

describe('rubato simulate on recordings', () => {
  const asked: SimulateOptions = { rule: 'rule.yaml', trace: 'recordings', json: true };
  const simulated = async (io: FakeIo, options: Partial<SimulateOptions> = {}) => {
    expect(await runSimulate({ ...asked, ...options }, io)).toBe(0);
    return JSON.parse(io.taken().out) as Printed;
  };

  test('begins with the replicas and the lag of then, and lets come what came', async () => {
    using io = files();
    await keep(
      io,
      ticksOf(41, (end) => [orders(end, 'mail'), orders(end)]),
    );
    const { trace, runs } = await simulated(io, { rate: '0', startUp: '1h' });
    expect(trace).toBe('recordings');
    expect(runs).toMatchObject([
      { rule: 'orders', figures: { ticks: 40, maxQueue: 240 + 20 * 600 } },
    ]);
    // With twice the replicas of then nothing but the lag of then ever waits.
    const fast = await simulated(io, { rate: '20' });
    expect(fast.runs[0]?.figures.maxQueue).toBe(240);
    const other = await simulated(io, { replicas: '0', startUp: '1h' });
    expect(other.runs[0]?.figures.maxQueue).toBe(240 + 20 * 600);
  });

  test('reads a folder, gzip and plain files, and compares two rules on one trace', async () => {
    using io = files();
    const recordings = ticksOf(9, (end) => [orders(end)]).map(fresh);
    await keep(io, recordings);
    io.write(
      'plain/all.ndjson',
      recordings.flatMap((one) => Array.from(encodeRecording(one))).join(''),
    );
    io.write('other.yaml', RULE.replace('/ 100', '/ 50'));
    const ofFolder = await simulated(io, { compare: 'other.yaml' });
    const ofFile = await simulated(io, { compare: 'other.yaml', trace: 'plain/all.ndjson' });
    expect(ofFolder.runs.map(({ rule }) => rule)).toEqual(['rule.yaml', 'other.yaml']);
    expect(ofFolder.runs[0]?.figures).not.toEqual(ofFolder.runs[1]?.figures);
    expect(ofFile.runs).toEqual(ofFolder.runs);
    expect((await simulated(io, { trace: 'plain' })).runs[0]).toMatchObject({
      rule: 'orders',
      figures: ofFile.runs[0]?.figures ?? {},
    });
  });

  test('takes the records of the rule by another id, and of one target among several', async () => {
    using io = files(RULE.replace('id: orders', 'id: orders-next'));
    const named = (record: DecisionRecord, name: string): DecisionRecord => ({
      ...record,
      target: { ...record.target, name },
    });
    await keep(
      io,
      ticksOf(5, (end) => [named(orders(end), 'a'), named(orders(end), 'b')]),
    );
    await expect(simulated(io)).rejects.toThrow(
      'no record of a rule "orders-next". Name one with --rule-id; there are orders.',
    );
    await expect(simulated(io, { ruleId: 'orders' })).rejects.toThrow(
      'records of 2 targets. Choose one with --target: kubernetes:prod/shop/a, kubernetes:prod/shop/b.',
    );
    const { runs } = await simulated(io, { ruleId: 'orders', target: 'b' });
    expect(runs[0]?.figures.ticks).toBe(4);
  });

  test('reads what the real tick wrote', async () => {
    using io = files(
      RULE.replace('id: orders', 'id: rule-0').replace('topic: orders', 'topic: rule-0'),
    );
    for await (const recording of recordWorld(1, 80)) await keepAsItIs(io, recording);
    const { runs } = await simulated(io);
    expect(runs[0]?.figures.ticks).toBeGreaterThan(80);
    expect(runs[0]?.figures.maxQueue).toBeGreaterThan(0);
  });

  const keepAsItIs = (io: FakeIo, recording: Recording): Promise<void> =>
    createFolderRecordings({
      folder: path.join(io.cwd, 'recordings'),
      keepDays: 9999,
      clock: createFakeClock(NOON),
    }).append(recording, signal);

  test('refuses a folder without recordings, and one of a later release by file and line', async () => {
    using io = files();
    await expect(simulated(io, { trace: '.' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('there are no recordings in .'),
    });
    const [first] = ticksOf(1, (end) => [orders(end)]);
    const lines = first ? [...encodeRecording(first)].join('') : '';
    io.write('later.ndjson', lines.replace('"version":1', '"version":99'));
    await expect(simulated(io, { trace: 'later.ndjson' })).rejects.toMatchObject({
      code: 'RECORDING_VERSION',
      message: expect.stringMatching(/later\.ndjson:1: this recording has version 99/),
    });
    await expect(simulated(io, { trace: 'gone.ndjson' })).rejects.toMatchObject({
      code: 'RECORDING_MISSING',
    });
  });

  test('is asked for on the command line', async () => {
    using io = files();
    await keep(
      io,
      ticksOf(5, (end) => [orders(end)]),
    );
    const words = ['--rule', 'rule.yaml', '--trace', 'recordings', '--target', 'orders'];
    expect(await io.rubato('simulate', ...words, '--rule-id', 'orders')).toBe(0);
    expect(io.taken().out).toContain('recordings: 0.017 hours');
    expect(await io.rubato('simulate', ...words, '--rule-id', 'order')).toBe(1);
    expect(io.taken().err).toContain('did you mean "orders"?');
  });
});
