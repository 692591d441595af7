import { describe, expect, test } from 'vitest';

import { compile } from '../../../lib/expression/compile.ts';
import { errorOf, FLOAT, NOW } from './evaluate.ts';

const scope = {
  rps: FLOAT,
  lag: FLOAT,
  orders: { kind: 'map', fields: { lag: FLOAT, partitions: FLOAT } },
} as const;

const env = { lag: 40, rps: undefined };

const run = (source: string, given: Readonly<Record<string, never>> | object = env): unknown =>
  compile(source, scope, 'number').evaluate(given as never, NOW);

describe('a metric without a value', () => {
  test.for([
    ['rps ?? 7', 7],
    ['(rps ?? 2) + lag', 42],
    ['rps == nil ? 1 : 2', 1],
    ['rps != nil ? rps : 9', 9],
    ['nil == rps ? 1 : 2', 1],
    ['let x = rps; x ?? 3', 3],
    ['(lag > 1 ? rps : 4) ?? 5', 5],
    ['rps ?? rps ?? 6', 6],
    ['orders?.lag ?? 8', 8],
    ['orders?.lag == nil ? 1 : 0', 1],
    ['orders == nil ? 1 : 0', 1],
    ['$env.rps ?? 4', 4],
    ['$env?.rps ?? 4', 4],
    ['get($env, "rps") ?? 4', 4],
    ['true or rps > 5 ? 1 : 2', 1],
    ['lag > 0 ? lag : rps', 40],
  ] as const)('is nil in %s', ([source, wanted]) => {
    expect(run(source)).toBe(wanted);
  });

  test.for([
    ['rps', 'rps has no value'],
    ['rps > 5 ? 1 : 2', 'rps has no value'],
    ['rps == 5 ? 1 : 2', 'rps has no value'],
    ['ceil(rps / 10)', 'rps has no value'],
    ['-rps', 'rps has no value'],
    ['max(1, rps)', 'rps has no value'],
    ['sum([rps, 1])', 'rps has no value'],
    ['rps in [1] ? 1 : 2', 'rps has no value'],
    ['let x = rps; x + 1', 'rps has no value'],
    ['(lag > 1 ? rps : 4) + 1', 'rps has no value'],
    ['nil ?? rps', 'rps has no value'],
    ['orders.lag', 'orders has no value'],
    ['orders.lag ?? 3', 'orders has no value'],
    ['orders?.lag + 1', 'has no value'],
    ['len(orders)', 'orders has no value'],
    ['$env.rps + 1', 'rps has no value'],
  ] as const)('makes %s unknown, never 0 or false', ([source, message]) => {
    const error = errorOf(() => run(source));
    expect(error).toMatchObject({ code: 'METRIC_MISSING', stage: 'run', retry: 'next-tick' });
    expect(error.message).toContain(message);
  });

  test('may be one figure of a record', () => {
    const given = { orders: { partitions: 6 } };
    expect(run('orders.lag ?? orders.partitions', given)).toBe(6);
    expect(errorOf(() => run('orders.lag * 2', given)).message).toContain(
      'orders.lag has no value',
    );
  });

  test('is told with what to write instead', () => {
    expect(errorOf(() => run('rps * 2')).message).toContain('rps ?? 0');
  });

  test('named like something every object has is missing all the same', () => {
    const program = compile('constructor', { constructor: FLOAT }, 'number');
    expect(errorOf(() => program.evaluate({}, NOW)).code).toBe('METRIC_MISSING');
    const record = compile(
      'm.toString',
      { m: { kind: 'map', fields: { toString: FLOAT } } },
      'number',
    );
    expect(errorOf(() => record.evaluate({ m: {} }, NOW)).code).toBe('METRIC_MISSING');
  });
});
