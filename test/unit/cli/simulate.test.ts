import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { runSimulate, type SimulateOptions } from '../../../lib/cli/simulate.ts';
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
