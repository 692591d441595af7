import { describe, expect, test } from 'vitest';

import { length, wrap } from '../../../lib/record/explain-text.ts';
import { explainDecision, explainRecord } from '../../../lib/record/explain.ts';
import { withValues } from '../../../lib/record/values.ts';
import type { DecisionReport } from '../../../lib/tick/report.ts';
import { numberMetric } from '../../support/policy.ts';
import { NOON, number, recordOf } from '../../support/records.ts';
import { createWorld, deployment, ordersRule } from '../../support/world.ts';
import { recordWorld } from '../replay/seeded-worlds.ts';
import { CASES } from './explained-cases.ts';

const lines = (text: string): readonly string[] => text.split('\n');

const expectOneScreen = (text: string): void => {
  expect(lines(text).length).toBeLessThanOrEqual(40);
  for (const line of lines(text)) expect(Array.from(line).length).toBeLessThanOrEqual(100);
};

describe('a record explained', () => {
  test.for(CASES)('names the binding step: $name', (situation) => {
    const record = recordOf(situation);
    expect(record.decided?.decision.binding).toBe(situation.binding);
    const text = explainRecord(record);
    expectOneScreen(text);
    const [title, ...rest] = lines(text);
    expect(title).toBe('orders on kubernetes:prod/shop/orders at 2026-11-20 12:00:00 UTC');
    // The sentence may go on in a second line.
    expect(rest.slice(0, rest.indexOf('')).join(' ')).toContain(situation.says);
    for (const part of situation.shows) expect(text).toContain(part);
    const marked = lines(text).filter((line) => line.includes('▸'));
    expect(marked.map((line) => line.split(/\s+/)[2])).toEqual(
      situation.binding === 'none' ? [] : [situation.binding],
    );
  });

  test('there are more than 20 cases, with every step as the binding one', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(20);
    expect([...new Set(CASES.map(({ binding }) => binding))].toSorted()).toEqual(
      'activate bound cooldown evaluate gate guard none override pace smooth stabilize tolerance trust windows'.split(
        ' ',
      ),
    );
  });

  test('fits one screen, whatever world it comes from', async () => {
    let explained = 0;
    for (const seed of [77, 78, 79]) {
      for await (const { records } of recordWorld(seed, 25)) {
        for (const record of records) {
          expectOneScreen(explainRecord(record));
          explained += 1;
        }
      }
    }
    expect(explained).toBeGreaterThan(300);
  });

  test('fits one screen with more of everything than there is room for', () => {
    const names = Array.from({ length: 12 }, (_, at) => `metric_with_a_long_name_${at}`);
    const record = recordOf({
      rule: {
        metrics: Object.fromEntries(names.map((name) => [name, numberMetric(name)])),
        replicas: names.join(' + '),
        scaleUp: { policies: [{ kind: 'pods', value: 1, period: '1m' }] },
      },
      samples: Object.fromEntries(names.map((name, at) => [name, number(at + 0.12345)])),
    });
    const text = explainRecord(record);
    expectOneScreen(text);
    expect(text).toContain('and 6 more');
  });

  test('says why nothing was decided', () => {
    const error = { code: 'UNREACHABLE', message: 'the cluster did not answer. Look at it.' };
    const record = recordOf({ rule: { replicas: 3 } });
    const text = explainRecord({
      ...record,
      decided: undefined,
      outcome: { became: 'failed', error },
    });
    expect(lines(text)[1]).toBe(
      'Nothing was decided, so nothing changed: UNREACHABLE: the cluster did not answer. Look at it.',
    );
    expect(text).toContain('the target has to be readable again');
  });

  test('shows nothing that a terminal would obey', () => {
    const escape = '\u001B[31m\u0007';
    const text = explainRecord(
      recordOf({ rule: { replicas: 3 }, busy: `rollout${escape}\nof v2`, note: `done${escape}` }),
    );
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001F\u007F]/);
  });
});

describe('a live answer explained', () => {
  const orders = deployment('orders');

  async function live(event = {}): Promise<DecisionReport> {
    const world = createWorld();
    world.deployer.put(orders, 3);
    world.source.offsets(
      'orders',
      Array.from({ length: 6 }, () => [1300, 1000] as const),
    );
    await world.rule('orders', ordersRule());
    const [decision] = (await world.tick(event)).decisions;
    if (decision === undefined) throw new Error('nothing was due');
    return decision;
  }

  test('in the same form, with the values put in where the rule is known', async () => {
    const { rule } = recordOf(CASES[0] ?? { rule: {} });
    const text = explainDecision(await live({ dryRun: true }), rule, NOON);
    expectOneScreen(text);
    expect(lines(text).slice(0, 2)).toEqual([
      'orders on kubernetes:prod/shop/orders at 2026-11-20 12:00:00 UTC',
      '3 → 6: max orders.partitions = 6 bound it; the rule asked for 18.',
    ]);
    expect(text).toContain('ceil(orders.lag / 100) = ceil(1800 / 100) = 18');
    expect(text).toContain('nothing was written: a dry run');
  });

  test('without the rule it still names the step', async () => {
    const text = explainDecision(await live());
    expect(text).toContain('3 → 6: max orders.partitions = 6 bound it; the rule asked for 18.');
    expect(text).toContain('the target is as decided');
  });

  test('a failure is said with its code', () => {
    const text = explainDecision({
      rule: 'orders',
      target: 'kubernetes:prod/shop/orders',
      metrics: {},
      capacity: {},
      outcome: 'failed',
      error: { code: 'TARGET_NOT_FOUND', message: 'it does not exist' },
      steps: [],
    });
    expect(text).toContain('Nothing was decided, so nothing changed: TARGET_NOT_FOUND: it does');
  });
});

describe('expressions with their values put in', () => {
  const env = { queue: 7.12345, orders: { lag: 10, seconds: 2 }, gone: undefined, 'a b': 1 };
  test.for([
    { source: 'ceil(queue / 2)', put: 'ceil(7.123 / 2)' },
    { source: 'orders.lag + orders?.seconds', put: '10 + 2' },
    { source: '(gone ?? 3) * queue', put: '(nil ?? 3) * 7.123' },
    { source: 'orders["lag"] + other.queue', put: 'orders["lag"] + other.queue' },
    { source: '"queue" == `queue` ? queue : 0', put: '"queue" == `queue` ? 7.123 : 0' },
    { source: '{queue: queue}.queue // queue', put: '{queue: 7.123}.queue // queue' },
    { source: 'let lag = orders.lag; lag', put: 'let lag = 10; lag' },
    { source: 'queue + "', put: 'queue + "' },
    { source: '42', put: '42' },
  ])('$source', ({ source, put }) => {
    expect(withValues(source, env)).toBe(put);
  });
});

test.for([
  { ms: 0, text: '0 s' },
  { ms: 350, text: '0.35 s' },
  { ms: 59_999, text: '1 m' },
  { ms: 3_700_000, text: '1 h 1 m' },
  { ms: 200_000_000, text: '2 d 7 h' },
])('$ms ms is $text', ({ ms, text }) => {
  expect(length(ms)).toBe(text);
});

test('a sentence that is too long is cut off at the end of its last line', () => {
  const wrapped = wrap('word '.repeat(100).trim(), 3);
  expect(wrapped).toHaveLength(3);
  expect(wrapped[2]).toMatch(/ …$/);
  for (const line of wrapped) expect(line.length).toBeLessThanOrEqual(100);
});
