import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { epochMillis, millis, seconds } from '../../../lib/model/units.ts';
import { refuseUnknownColumns } from '../../../lib/simulate/columns.ts';
import { parseTrace } from '../../../lib/simulate/parse-trace.ts';
import { type Model, simulate } from '../../../lib/simulate/simulate.ts';
import { lagMetric, numberMetric, policyOf } from '../../support/policy.ts';

const begin = epochMillis(Date.UTC(2026, 0, 5));
const trace = (text: string) => parseTrace('trace.csv', text, { begin });
const examples = path.join(import.meta.dirname, '../../../examples/traces');
const exampleTrace = (name: string) => trace(readFileSync(path.join(examples, name), 'utf8'));
const exampleRule = (name: string) => {
  const { id, ...attributes } = parse(readFileSync(path.join(examples, name), 'utf8')) as {
    readonly id: string;
  };
  return policyOf(attributes, id);
};

const model: Model = {
  tick: seconds(15),
  startUp: seconds(15),
  rate: 10,
  rebalance: millis(0),
  partitions: 12,
  over: 100,
  replicas: 0,
  lastFiring: () => undefined,
};

const byLag = (more: object = {}) =>
  policyOf({
    metrics: { orders: lagMetric },
    replicas: 'ceil(orders.lag / 100)',
    idle: '0s',
    ...more,
  });
const byLoad = (more: object = {}) =>
  policyOf({ metrics: { load: numberMetric('load') }, replicas: 'load', idle: '0s', ...more });

describe('riff’s benchmark', () => {
  const { figures } = simulate(exampleRule('riff-rule.yaml'), exampleTrace('riff.csv'), {
    ...model,
    tick: millis(100),
    startUp: millis(1500),
    rate: 100,
    partitions: 10,
  });

  test('has 10,000 passes and the lower bound it was published with', () => {
    expect(figures.ticks).toBe(10_000);
    let passes = 0;
    const rows = [...exampleTrace('riff.csv').rows];
    for (const [at, { cells, at: from }] of rows.entries()) {
      const lasting = ((rows[at + 1]?.at ?? from) - from) / 100;
      passes += Math.ceil((cells[0] ?? 0) / 100) * lasting;
    }
    expect(passes).toBe(17_610);
  });

  test('takes at most 5 changes in each constant phase (riff: up and down 0 to 7 all the time)', () => {
    const constant = figures.phases.filter(({ name }) => !/^(sine|ramp)/.test(name));
    expect(constant.map(({ name }) => name)).toEqual([
      'nothing',
      '20 per pass',
      '40 per pass',
      '20 per pass again',
      'nothing again',
      'nothing after the sine',
      'nothing at the end',
    ]);
    for (const { changes } of constant) expect(changes).toBeLessThanOrEqual(5);
  });

  test('takes at most 19,000 replica-passes, those of starting replicas counted', () => {
    expect(figures.replicaHours * 36_000).toBeLessThanOrEqual(19_000);
    expect(figures.replicaHours * 36_000).toBeGreaterThanOrEqual(17_610);
  });

  test('lets at most 400 messages wait', () => {
    expect(figures.maxQueue).toBeLessThanOrEqual(400);
    expect(figures.maxQueue).toBeGreaterThanOrEqual(300);
  });
});

describe('lag reacts to replicas', () => {
  const steady = 'seconds,arrivals\n0,50\n3600,50';

  test('what waits is served by those who run, once they have started', () => {
    const { course, figures } = simulate(byLag({ replicas: 5 }), trace(steady), model);
    expect(course.running.slice(0, 3)).toEqual([0, 5, 5]);
    expect(course.queue.slice(0, 3)).toEqual([0, 750, 750]);
    expect(figures).toMatchObject({ ticks: 240, hours: 1, maxQueue: 750, changes: 1 });
  });

  test('more replicas than partitions serve nothing more', () => {
    const many = { ...model, partitions: 3 };
    const { course } = simulate(byLag({ replicas: 9 }), trace(steady), many);
    expect(course.queue.at(-1)).toBe(3585 * 50 - 3570 * 30);
  });

  test('a group that rebalances serves nothing for that long, after each that joins or leaves', () => {
    const paused = { ...model, rebalance: seconds(30) };
    const { course } = simulate(byLag({ replicas: 5 }), trace(steady), paused);
    expect(course.queue.slice(0, 5)).toEqual([0, 750, 1500, 2250, 2250]);
  });

  test('a cold target is woken and, when all is done, sleeps again', () => {
    const { course } = simulate(
      byLag({ idle: '1m' }),
      trace('seconds,arrivals\n0,0\n60,40\n120,0\n3600,0'),
      model,
    );
    expect(Math.max(...course.wanted)).toBeGreaterThan(0);
    expect(course.wanted[0]).toBe(0);
    expect(course.wanted.at(-1)).toBe(0);
    expect(course.queue.at(-1)).toBe(0);
  });
});

describe('what a trace gives', () => {
  test('numbers come straight from their columns, until the next row', () => {
    const { course } = simulate(byLoad(), trace('seconds,load\n0,2\n30,5\n60,1\n90,0'), model);
    expect(course.wanted).toEqual([2, 2, 5, 5, 1, 1]);
    expect(course.asked).toEqual([2, 2, 5, 5, 1, 1]);
  });

  test('an empty cell is a sample that could not be read: nothing shrinks', () => {
    const { course, figures } = simulate(
      byLoad(),
      trace('seconds,load\n0,4\n30,\n60,1\n90,0'),
      model,
    );
    expect(course.wanted).toEqual([4, 4, 4, 4, 1, 1]);
    expect(figures.heldTicks).toBe(2);
  });

  test('arrivals that cannot be read come all the same', () => {
    const { course } = simulate(byLag(), trace('seconds,arrivals\n0,20\n30,\n90,20\n120,0'), model);
    expect(course.queue).toEqual([0, 300, 600, 450, 300, 150, 0, 150]);
    expect(course.wanted).toEqual([0, 3, 3, 3, 3, 3, 1, 2]);
  });

  test('a number can be a queue, and a record its figures', () => {
    const queue = simulate(
      byLoad({ replicas: 'ceil(load / 100)' }),
      trace('seconds,load.arrivals\n0,50\n60,50'),
      model,
    );
    expect(queue.course.wanted).toEqual([0, 8, 15, 11]);
    const figures = 'orders.lag,orders.maxLag,orders.partitions,orders.lagging,orders.activity';
    const record = simulate(
      byLag(),
      trace(`seconds,${figures}\n0,250,250,6,1,0\n15,90,90,6,1,0\n30,0,0,6,0,0`),
      model,
    );
    expect(record.course.wanted).toEqual([3, 1]);
  });

  test('windows see the time of the trace', () => {
    const windows = [{ days: 'mon', from: '08:00', to: '09:00', zone: 'UTC', min: 7 }];
    const { course } = simulate(
      byLoad({ windows }),
      trace('at,load\n2026-01-05T07:59:45Z,1\n2026-01-05T08:00:15Z,1'),
      model,
    );
    expect(course.wanted).toEqual([1, 7]);
  });

  test.for([
    {
      name: 'a metric without a column',
      text: 'seconds,orders\n0,1\n9,1',
      says: 'no column for the metric orders',
    },
    {
      name: 'two backlogs',
      text: 'seconds,arrivals,orders.arrivals\n0,1,1\n9,1,1',
      says: 'arrivals for more than one backlog',
    },
    {
      name: 'arrivals below none',
      text: 'seconds,arrivals\n0,1\n9,-1\n20,1',
      says: '2026-01-05T00:00:09.000Z: -1 messages a second arrive',
    },
  ])('refuses $name', ({ text, says }) => {
    expect(() => simulate(byLag(), trace(text), model)).toThrow(says);
  });

  test('refuses a column that is of no metric, and names the nearest', () => {
    const { rule } = byLoad();
    expect(() => refuseUnknownColumns([rule], trace('seconds,laod\n0,1'))).toThrow(
      'the column "laod" is of no metric (did you mean "load"?)',
    );
  });
});

describe('figures', () => {
  test('count replicas from when they are asked for, changes, and turns', () => {
    const { figures } = simulate(
      byLoad(),
      trace('seconds,load,phase\n0,2,one\n900,4,two\n1800,1,\n2700,3,three\n3600,0,end'),
      model,
    );
    expect(figures).toEqual({
      hours: 1,
      ticks: 240,
      replicaHours: 2.5,
      peakReplicas: 4,
      changes: 4,
      flapsPerHour: 2,
      maxQueue: 0,
      meanQueue: 0,
      secondsOver: 0,
      heldTicks: 0,
      phases: [
        { name: 'one', at: begin, changes: 1, peakReplicas: 2 },
        { name: 'two', at: begin + 900_000, changes: 2, peakReplicas: 4 },
        { name: 'three', at: begin + 2_700_000, changes: 1, peakReplicas: 3 },
      ],
    });
  });

  test('the same input gives the same output', () => {
    const run = () =>
      JSON.stringify(simulate(exampleRule('orders-rule.yaml'), exampleTrace('sine.csv'), model));
    expect(run()).toBe(run());
  });

  test.for(['steps', 'sine', 'spike', 'nightly-batch', 'outage'])(
    'the example %s is served: nothing waits at its end but what just came',
    (name) => {
      const { figures, course } = simulate(
        exampleRule('orders-rule.yaml'),
        exampleTrace(`${name}.csv`),
        model,
      );
      expect(figures.changes).toBeGreaterThan(0);
      expect(figures.maxQueue).toBeGreaterThan(100);
      expect(course.queue.at(-1)).toBeLessThan(1000);
    },
  );

  test('through the outage of the example nothing shrinks', () => {
    const { course } = simulate(exampleRule('orders-rule.yaml'), exampleTrace('outage.csv'), model);
    const during = course.wanted.filter((_, at) => {
      const second = ((course.at[at] ?? 0) - begin) / 1000;
      return second >= 1260 && second < 2160;
    });
    expect(during.length).toBe(60);
    expect(during).toEqual(during.toSorted((a, b) => a - b));
  });
});
