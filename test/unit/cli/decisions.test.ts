import { expect, test } from 'vitest';

import {
  shownChange,
  shownInvalid,
  shownMetric,
  shownReport,
  why,
} from '../../../lib/cli/decisions.ts';
import type { Step } from '../../../lib/decide/decision.ts';
import type { DecisionReport, MetricReport } from '../../../lib/tick/report.ts';

const step = (name: Step['step'], before: number, after: number, note: string): Step => ({
  step: name,
  dimension: 'replicas',
  before,
  after,
  note,
});

const DECISION: DecisionReport = {
  rule: 'mail',
  target: 'process:workers/mail',
  metrics: { queue: { trust: 'fresh', value: 34 } },
  capacity: { replicas: { from: 2, to: 5 } },
  binding: 'evaluate',
  outcome: 'done',
  steps: [step('evaluate', 2, 5, 'ceil(queue / 8) = 5')],
};

const TICK = { id: 't1', at: '2026-11-21T05:52:42.000Z', leader: true, dryRun: false };

test('a tick is a table of what was measured, what changes and why', () => {
  expect(shownReport({ tick: TICK, decisions: [DECISION], invalid: [] })).toEqual([
    'RULE  TARGET                METRICS   NOW → WANTED  OUTCOME  WHY',
    'mail  process:workers/mail  queue 34  2 → 5         done     evaluate: ceil(queue / 8) = 5',
  ]);
});

test('a tick without the lease says that another worker is at it', () => {
  const report = { tick: { ...TICK, leader: false }, decisions: [], invalid: [] };
  expect(shownReport(report)).toEqual([
    'Another worker is at it: it holds the lease, so this tick did nothing.',
  ]);
});

test.for([
  { capacity: {}, shown: '?' },
  { capacity: { replicas: { from: 3, to: 3 } }, shown: '3' },
  { capacity: { replicas: { from: 3, to: 0 } }, shown: '3 → 0' },
  {
    capacity: { created: { from: 3, to: 4 }, started: { from: 2, to: 2 } },
    shown: 'created 3 → 4, started 2',
  },
])('the change of $capacity is $shown', ({ capacity, shown }) => {
  expect(shownChange({ ...DECISION, capacity })).toBe(shown);
});

const metrics: readonly { readonly metric: MetricReport; readonly shown: string }[] = [
  { metric: { trust: 'fresh', value: 0 }, shown: '0' },
  { metric: { trust: 'stale', value: 7, because: 'old' }, shown: '7 (stale)' },
  { metric: { trust: 'missing', value: null, because: 'gone' }, shown: 'missing' },
  { metric: { trust: 'invalid', value: null, because: 'a word' }, shown: 'invalid' },
  { metric: { trust: 'fresh', value: { lag: 3, partitions: 6 } }, shown: 'lag 3 partitions 6' },
  {
    metric: { trust: 'fresh', value: { lag: 3, maxLag: 2, partitions: 6, activity: 1 } },
    shown: 'lag 3 maxLag 2 partitions 6 …',
  },
];
test.for(metrics)('a metric that is $metric is shown as $shown', ({ metric, shown }) => {
  expect(shownMetric(metric)).toBe(shown);
});

test('the step that moved the answer is why, not one that only spoke', () => {
  const steps = [
    step('evaluate', 2, 9, 'ceil(queue / 8) = 9'),
    step('bound', 9, 6, '0 to 6'),
    step('gate', 6, 6, 'looked'),
  ];
  expect(why({ ...DECISION, binding: 'bound', steps })).toBe('bound: 0 to 6');
});

test('where nothing moved, the last step that spoke is why', () => {
  const steps = [step('evaluate', 2, 2, 'ceil(queue / 8) = 2')];
  expect(why({ ...DECISION, binding: 'none', steps })).toBe('evaluate: ceil(queue / 8) = 2');
});

test('a failure and a doubtful metric say what is wrong, on one line', () => {
  const error = { code: 'TIMED_OUT', message: 'the server\n\u001b[31mdid not answer' };
  expect(why({ ...DECISION, outcome: 'failed', error })).toBe('the server did not answer');
  const doubtful = { queue: { trust: 'missing' as const, value: null, because: 'answered 500' } };
  expect(why({ ...DECISION, metrics: doubtful })).toBe(
    'evaluate: ceil(queue / 8) = 5; answered 500',
  );
});

test('every problem of an invalid rule is listed with its path', () => {
  const errors = [
    { path: 'metrics.q.json', message: 'is required' },
    { path: '', message: 'is no map' },
  ];
  expect(shownInvalid([{ rule: 'mail', errors }])).toEqual([
    '',
    'mail is not valid; its last good version, if there was one, is followed:',
    '  metrics.q.json: is required',
    '  is no map',
  ]);
});
