import { describe, expect, test } from 'vitest';

import type { Measurement, Sample } from '../../../lib/model/sample.ts';
import { type EpochMillis, epochMillis, millis, seconds } from '../../../lib/model/units.ts';
import type { DecisionRecord, Recording } from '../../../lib/record/record.ts';
import { columnsOf } from '../../../lib/simulate/columns.ts';
import { createTraceOfRecords } from '../../../lib/simulate/recorded-trace.ts';
import { simulate } from '../../../lib/simulate/simulate.ts';
import type { TraceRow } from '../../../lib/simulate/trace.ts';
import { lagMetric, numberMetric, policyOf } from '../../support/policy.ts';
import { missing, NOON, number, offsets, recordOf } from '../../support/records.ts';
import { createWorld, deployment, never, ordersRule } from '../../support/world.ts';
import { recordWorld } from '../replay/seeded-worlds.ts';

type Samples = Readonly<Record<string, Sample>>;

const LAG_RULE = { metrics: { orders: lagMetric }, replicas: 'ceil(orders.lag / 100)' };
const LOAD_RULE = { metrics: { load: numberMetric('load') }, replicas: 'load' };

/** Records of one rule, 15 s apart, with what each of them saw. */
const recordsOf = (rule: object, seen: readonly Samples[], id = 'orders') =>
  seen.map((samples, row): DecisionRecord => ({
    ...recordOf({ rule: { ...rule }, samples, replicas: 3, id }),
    at: after(15 * row),
  }));

const after = (passed: number): EpochMillis => epochMillis(NOON + passed * 1000);

interface Chosen {
  readonly ruleId?: string;
  readonly target?: string;
  readonly rule?: object;
  readonly mostRows?: number;
}

function traceOf(records: Iterable<DecisionRecord>, chosen: Chosen = {}) {
  const { ruleId = 'orders', target, rule = LAG_RULE, mostRows } = chosen;
  const making = createTraceOfRecords({
    name: 'recordings',
    ruleId,
    target,
    rules: [policyOf({ ...rule }).rule],
    ...(mostRows === undefined ? {} : { mostRows }),
  });
  for (const record of records) making.take(record);
  return making.trace();
}

const cellsOf = (rows: Iterable<TraceRow>) => [...rows].map(({ cells: [first] }) => first);

const aged = (measurement: Measurement, age: number, row: number): Sample => ({
  trust: 'fresh',
  at: after(15 * row - age),
  measurement,
});
const load = (value: number, row: number): Sample => aged({ kind: 'number', value }, 0, row);
/** What a look at this row saw; the samples of the helper are as of noon. */
const group = (row: number, ...partitions: readonly (readonly [bigint, bigint])[]): Sample => {
  const sample = offsets(...partitions);
  return 'measurement' in sample ? { ...sample, at: after(15 * row) } : sample;
};

describe('numbers and records', () => {
  test('are columns as they were recorded, at the moments they were recorded', () => {
    const seen = [load(4, 0), load(7.5, 1), load(0, 2)].map((sample) => ({ load: sample }));
    const trace = traceOf(recordsOf(LOAD_RULE, seen), { rule: LOAD_RULE });
    expect(trace.columns).toEqual(['load']);
    expect([...trace.rows].map(({ at, cells }) => ({ at, cells }))).toEqual([
      { at: after(0), cells: [4] },
      { at: after(15), cells: [7.5] },
      { at: after(30), cells: [0] },
    ]);
    expect(trace.start).toEqual({ replicas: 3, waiting: 0, partitions: undefined });
  });

  test.for<{ name: string; sample: Sample }>([
    { name: 'missing', sample: missing('it did not answer') },
    {
      name: 'invalid',
      sample: { trust: 'invalid', because: 'it answered a page', code: 'NO_NUMBER' },
    },
    {
      name: 'stale by its source’s word',
      sample: { ...number(7), trust: 'stale', because: 'cached' } as Sample,
    },
    {
      name: 'older than the rule of then trusted',
      sample: aged({ kind: 'number', value: 7 }, 3600, 1),
    },
    { name: 'no finite number', sample: load(Number.NaN, 1) },
  ])('a sample that is $name is an empty cell', ({ sample }) => {
    const seen = [{ load: load(4, 0) }, { load: sample }, { load: load(5, 2) }];
    const trace = traceOf(recordsOf(LOAD_RULE, seen), { rule: LOAD_RULE });
    expect(cellsOf(trace.rows)).toEqual([4, undefined, 5]);
  });

  test('an outage is replayed as an outage: nothing shrinks in it', () => {
    const seen = [9, undefined, undefined, 2, 2].map((value, row) => ({
      load: value === undefined ? missing('down') : load(value, row),
    }));
    const rule = { ...LOAD_RULE, idle: '0s' };
    const { course } = simulate(
      policyOf(rule),
      traceOf(recordsOf(rule, seen), { rule: LOAD_RULE }),
      model,
    );
    expect(course.wanted).toEqual([9, 9, 9, 2]);
  });

  test('of a second consumer group the figures are as they were, for one target works off one backlog', () => {
    const rule = {
      metrics: { orders: lagMetric, mail: { ...lagMetric, topic: 'mail' } },
      replicas: 'ceil((orders.lag + mail.lag) / 100)',
    };
    const seen = [0, 1, 2].map((row) => ({
      orders: group(row, [BigInt(150 * row), 0n]),
      mail: group(row, [100n, BigInt(30 * row)], [7n, 7n]),
    }));
    const trace = traceOf(recordsOf(rule, seen), { rule });
    expect(trace.columns).toEqual([
      'orders.arrivals',
      'mail.lag',
      'mail.maxLag',
      'mail.partitions',
      'mail.lagging',
      'mail.activity',
    ]);
    expect([...trace.rows].map(({ cells }) => cells)).toEqual([
      [10, 100, 100, 2, 1, 0],
      [10, 70, 70, 2, 1, 30],
      [undefined, 40, 40, 2, 1, 30],
    ]);
    expect(columnsOf(policyOf(rule).rule, trace).arrivals).toBe(0);
  });
});

const model = {
  tick: seconds(15),
  startUp: millis(0),
  rate: 10,
  rebalance: millis(0),
  partitions: 12,
  over: 100,
  replicas: 0,
  lastFiring: () => undefined,
};

describe('offsets become arrivals', () => {
  const arrivals = (...looks: readonly (Sample | undefined)[]) =>
    traceOf(
      recordsOf(
        LAG_RULE,
        looks.map((look) => ({ orders: look ?? missing('down') })),
      ),
    );

  test('the distance of the end offsets by time, and the first lag waits at the beginning', () => {
    const trace = arrivals(
      group(0, [1000n, 900n], [500n, 450n]),
      group(1, [1100n, 950n], [550n, 500n]),
      group(2, [1100n, 1100n], [550n, 550n]),
      group(3, [1130n, 1100n], [550n, 550n]),
    );
    expect(trace.columns).toEqual(['orders.arrivals']);
    expect(cellsOf(trace.rows)).toEqual([10, 0, 2, undefined]);
    expect(trace.start).toEqual({ replicas: 3, waiting: 150, partitions: 2 });
  });

  test('what came through an outage is spread over it, and its ticks see nothing', () => {
    const trace = arrivals(
      group(0, [0n, 0n]),
      undefined,
      undefined,
      group(3, [450n, 0n]),
      group(4, [450n, 0n]),
    );
    expect(cellsOf(trace.rows)).toEqual([10, undefined, undefined, 0, undefined]);
    const { course } = simulate(policyOf({ ...LAG_RULE, replicas: 'orders.lag / 10' }), trace, {
      ...model,
      rate: 0,
    });
    expect(course.queue).toEqual([0, 150, 300, 450]);
    expect(course.wanted).toEqual([0, 0, 0, 45]);
  });

  test.for<{ name: string; before: Sample; since: Sample }>([
    {
      name: 'a partition came',
      before: group(0, [100n, 0n]),
      since: group(1, [100n, 0n], [50n, 0n]),
    },
    {
      name: 'a partition went',
      before: group(0, [100n, 0n], [50n, 0n]),
      since: group(1, [100n, 0n]),
    },
    {
      name: 'the topic was made anew',
      before: group(0, [100n, 0n], [100n, 0n]),
      since: group(1, [900n, 0n], [3n, 0n]),
    },
  ])('are not known where $name', ({ before, since }) => {
    expect(cellsOf(arrivals(before, since, since).rows)).toEqual([undefined, 0, undefined]);
  });

  test('the lag then follows the simulated replicas and not those of then', () => {
    // Then nothing was read for a minute; the replicas of the simulation read 10 a second each.
    const looks = Array.from({ length: 41 }, (_, row) => group(row, [BigInt(300 + 150 * row), 0n]));
    const trace = arrivals(...looks);
    const { waiting } = trace.start;
    const { course, figures } = simulate(policyOf({ ...LAG_RULE, idle: '0s' }), trace, {
      ...model,
      waiting,
      replicas: trace.start.replicas ?? 0,
    });
    expect(waiting).toBe(300);
    expect(course.queue[0]).toBe(300);
    expect(course.running[0]).toBe(3);
    // Recorded lag ended at 6,300; here it stays within what one tick brings.
    expect(figures.maxQueue).toBeLessThanOrEqual(450);
    // Of 6,300 messages at most 450 are left: the others took a tenth of a second each.
    expect(figures.replicaHours).toBeGreaterThanOrEqual((6300 - 450) / 10 / 3600);
  });
});

describe('which records', () => {
  const seen = [0, 1, 2].map((row) => ({ load: load(row, row) }));
  const records = recordsOf(LOAD_RULE, seen);
  const at = (name: string, record: DecisionRecord): DecisionRecord => ({
    ...record,
    target: { ...record.target, name },
  });
  const two = records.flatMap((record) => [at('orders-a', record), at('orders-b', record)]);
  const chosen = { rule: LOAD_RULE };

  test('of several targets one is chosen by name, with or without its namespace', () => {
    for (const target of ['orders-b', 'shop/orders-b', 'kubernetes:prod/shop/orders-b']) {
      expect(cellsOf(traceOf(two, { ...chosen, target }).rows)).toEqual([0, 1, 2]);
    }
  });

  test('records of other rules are passed over', () => {
    const others = recordsOf({ ...LOAD_RULE, replicas: '1' }, seen, 'mail');
    const mixed = records.flatMap((record, row) => [...others.slice(row, row + 1), record]);
    expect([...traceOf(mixed, chosen).rows]).toHaveLength(3);
  });

  test('of two looks at the same moment the first is taken', () => {
    const twice = records.flatMap((record) => [
      record,
      { ...record, samples: { load: number(99) } },
    ]);
    expect(cellsOf(traceOf(twice, chosen).rows)).toEqual([0, 1, 2]);
  });

  test.for<{
    name: string;
    records: readonly DecisionRecord[];
    chosen?: Chosen;
    says: readonly string[];
  }>([
    {
      name: 'several targets without a choice, and lists them',
      records: two,
      says: [
        'the rule orders has records of 2 targets. Choose one with --target: kubernetes:prod/shop/orders-a, kubernetes:prod/shop/orders-b.',
      ],
    },
    {
      name: 'a target without records',
      records: two,
      chosen: { target: 'orders-c' },
      says: ['no record of a target "orders-c" of the rule orders (did you mean "orders-a"?)'],
    },
    {
      name: 'a rule without records, and names those there are',
      records: [...records, ...recordsOf(LOAD_RULE, seen, 'mail')],
      chosen: { ruleId: 'order' },
      says: ['no record of a rule "order" (did you mean "orders"?)', 'there are mail, orders.'],
    },
    { name: 'no records at all', records: [], says: ['recordings has no records'] },
    {
      name: 'a single record',
      records: records.slice(0, 1),
      says: ['recordings has one record of the rule orders, expected at least two'],
    },
    {
      name: 'records that go back in time',
      records: [...records, ...records],
      says: ['a record of 2026-11-20T12:00:00.000Z comes after one of 2026-11-20T12:00:30.000Z'],
    },
    {
      name: 'more records than are kept',
      records,
      chosen: { mostRows: 2 },
      says: ['more than 2 records'],
    },
    {
      name: 'a metric that was never recorded, and names the nearest',
      records,
      chosen: { rule: { metrics: { laod: numberMetric('load') }, replicas: 'laod' } },
      says: ['the rule orders have no metric laod (did you mean "load"?)', 'They have load'],
    },
    {
      name: 'a metric that was something else then',
      records,
      chosen: { rule: { metrics: { load: lagMetric }, replicas: 'load.lag' } },
      says: [
        'the metric load was recorded as a number, and the rule takes it for offsets of partitions',
      ],
    },
  ])('refuses $name', ({ records: given, chosen: more, says }) => {
    for (const said of says) {
      expect(() => traceOf(given, { ...chosen, ...more })).toThrow(said);
    }
  });
});

describe('what the real tick recorded', () => {
  async function recordOrders(rule: object, ticks: number): Promise<readonly DecisionRecord[]> {
    const world = createWorld();
    const recorded: Recording[] = [];
    const recordings = {
      place: 'the test',
      append: async (recording: Recording) => void recorded.push(recording),
      list: () => never as never,
      read: () => never as never,
    };
    const { tick } = await import('../../../lib/tick/tick.ts');
    world.deployer.put(deployment('orders'), 2);
    await world.rule('orders', ordersRule({ ...rule }));
    for (let done = 0; done < ticks; done += 1) {
      const down = done >= 20 && done < 30;
      // 20 messages a second come; the group is always 120 behind in each of two partitions.
      const end = 1000 + 150 * done;
      if (down) world.source.missing('orders');
      else {
        world.source.offsets('orders', [
          [end, end - 120],
          [end, end - 120],
        ]);
      }
      await tick({ ...world.ports, recordings }, {}, new AbortController().signal);
      world.clock.advance(millis(15_000));
    }
    return recorded.flatMap(({ records }) => records);
  }

  test('is simulated: all messages come, from the state in which it was, with the outage in it', async () => {
    const rule = ordersRule({ interval: '15s' });
    const records = await recordOrders({ interval: '15s' }, 60);
    expect(records).toHaveLength(60);
    const trace = traceOf(records, { rule });
    expect(trace.start).toEqual({ replicas: 2, waiting: 240, partitions: 2 });
    const cells = cellsOf(trace.rows);
    expect(cells.slice(20, 30)).toEqual(Array.from({ length: 10 }, () => undefined));
    expect(new Set(cells.filter((cell) => cell !== undefined))).toEqual(new Set([20]));
    const { course } = simulate(policyOf({ ...rule }), trace, {
      ...model,
      rate: 0,
      partitions: 2,
      waiting: 240,
      replicas: 2,
    });
    expect(course.queue).toEqual(course.queue.map((_, tick) => 240 + 300 * tick));
    expect(course.measured.slice(20, 30)).toEqual(Array.from({ length: 10 }, () => undefined));
  });

  test.for([1, 2, 3, 4])(
    'world %i: every rule of it can be simulated on its own records',
    async (seed) => {
      const records: DecisionRecord[] = [];
      for await (const recording of recordWorld(seed, 60)) records.push(...recording.records);
      const rules = new Map(records.map(({ rule }) => [rule.id, rule]));
      expect(rules.size).toBeGreaterThan(8);
      const { compilePolicy } = await import('../../../lib/decide/policy.ts');
      for (const [ruleId, rule] of rules) {
        const making = createTraceOfRecords({
          name: 'recordings',
          ruleId,
          target: undefined,
          rules: [rule],
        });
        for (const record of records) making.take(record);
        const trace = making.trace();
        const own = records.filter((record) => record.rule.id === ruleId);
        expect([...trace.rows].map((row) => row.at)).toEqual(own.map((record) => record.at));
        const compiled = compilePolicy(rule);
        if (!compiled.ok) throw new Error(ruleId);
        const { waiting, partitions = 12, replicas = 0 } = trace.start;
        const world = { ...model, tick: rule.interval, waiting, partitions, replicas };
        const { course, figures } = simulate(compiled.policy, trace, world);
        expect(figures.ticks).toBeGreaterThan(0);
        expect(course.queue.every((queue) => queue >= 0 && Number.isFinite(queue))).toBe(true);
      }
    },
  );
});
