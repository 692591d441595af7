import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import { createLineLog, createLiveTable } from '../../../lib/cli/live-table.ts';
import type { DecisionReport, TickReport } from '../../../lib/tick/report.ts';
import { createFakeIo } from './fake-io.ts';

const decision = (rule: string, from: number, to: number, note = 'ceil(q)'): DecisionReport => ({
  rule,
  target: `process:workers/${rule}`,
  metrics: { q: { trust: 'fresh', value: to } },
  capacity: { replicas: { from, to } },
  binding: from === to ? 'none' : 'evaluate',
  outcome: 'done',
  steps: [{ step: 'evaluate', dimension: 'replicas', before: from, after: to, note }],
});

const report = (
  decisions: readonly DecisionReport[],
  invalid: TickReport['invalid'] = [],
): TickReport => ({
  tick: { id: 't', at: '2026-11-21T05:52:42.000Z', leader: true, dryRun: false },
  decisions,
  invalid,
});

const beatOf = (decisions: readonly DecisionReport[], rules = ['mail', 'video']) => ({
  report: report(decisions),
  rules: new Set(rules),
  periodMs: 2000,
});

const SIZE = { columns: 100, rows: 30 };
const lines = (text: string) => stripVTControlCharacters(text).split('\n');

test('a rule that was not due keeps its line, and one that was deleted loses it', () => {
  using io = createFakeIo({ size: SIZE });
  const display = createLiveTable(io, ['the footer']);
  display.beat(beatOf([decision('mail', 0, 1), decision('video', 2, 2)]));
  io.taken();
  display.beat(beatOf([decision('mail', 1, 3)]));
  const both = lines(io.taken().out);
  expect(both.find((line) => line.startsWith('mail'))).toMatch(
    /q 3 +1 → 3 +▃█ +evaluate: ceil\(q\)/,
  );
  expect(both.find((line) => line.startsWith('video'))).toMatch(/q 2 +2 +█/);
  expect(both).toContain('the footer');
  display.beat(beatOf([], ['mail']));
  const one = lines(io.taken().out);
  expect(one.some((line) => line.startsWith('video'))).toBe(false);
});

test('what is wrong with a rule stands below the table as long as it is wrong', () => {
  using io = createFakeIo({ size: SIZE });
  const display = createLiveTable(io, []);
  const errors = [{ path: 'max', message: 'expected a number' }];
  const wrong = { ...beatOf([]), report: report([], [{ rule: 'mail', errors }]) };
  display.beat(wrong);
  expect(lines(io.taken().out)).toContain('  max: expected a number');
  display.beat(beatOf([]));
  expect(io.taken().out).not.toContain('expected a number');
});

test('only the last few news stay', () => {
  using io = createFakeIo({ size: SIZE });
  const display = createLiveTable(io, []);
  display.beat(beatOf([]));
  for (let n = 0; n < 10; n += 1) display.news(`news ${n}`);
  const shown = lines(io.taken().out.split('\u001b[0J').at(-1) ?? '');
  expect(shown.filter((line) => line.startsWith('news'))).toEqual([
    'news 6',
    'news 7',
    'news 8',
    'news 9',
  ]);
});

test('without a terminal a change is a line, and a quiet tick is none', () => {
  using io = createFakeIo();
  const display = createLineLog(io, ['the footer']);
  expect(io.taken().out).toBe('the footer\n');
  display.beat(beatOf([decision('mail', 0, 2), decision('video', 2, 2)]));
  expect(io.taken().out).toBe('05:52:42 mail: 0 → 2, done; q 2; evaluate: ceil(q)\n');
  display.beat(beatOf([decision('mail', 2, 2), decision('video', 2, 2)]));
  expect(io.taken().out).toBe('');
});

test('a trouble that lasts is told once, and again after it was over', () => {
  using io = createFakeIo();
  const display = createLineLog(io, []);
  const error = { code: 'TIMED_OUT', message: 'no answer' };
  const failed = { ...decision('mail', 2, 2), outcome: 'failed' as const, error };
  display.beat(beatOf([failed]));
  display.beat(beatOf([failed]));
  expect(io.taken().out).toBe('05:52:42 mail: 2, failed; q 2; no answer\n');
  display.beat(beatOf([decision('mail', 2, 2)]));
  display.beat(beatOf([failed]));
  expect(io.taken().out).toBe('05:52:42 mail: 2, failed; q 2; no answer\n');
});

test('a hold whose words change with every tick is told once', () => {
  using io = createFakeIo();
  const display = createLineLog(io, []);
  for (const seconds of [0, 2, 4]) {
    const held = decision('mail', 1, 1, `idle for ${seconds} s of 10 s`);
    display.beat(beatOf([{ ...held, outcome: 'held', binding: 'activate' }]));
  }
  expect(io.taken().out.split('\n')).toHaveLength(2);
});

test('an invalid rule is told once, with every problem', () => {
  using io = createFakeIo();
  const display = createLineLog(io, []);
  const errors = [
    { path: 'max', message: 'expected a number' },
    { path: 'idle', message: 'expected a time' },
  ];
  const wrong = { ...beatOf([]), report: report([], [{ rule: 'mail', errors }]) };
  display.beat(wrong);
  display.beat(wrong);
  expect(io.taken().out).toBe(
    '05:52:42 mail is not valid: max: expected a number\n' +
      '05:52:42 mail is not valid: idle: expected a time\n',
  );
  display.beat(beatOf([]));
  display.beat(wrong);
  expect(io.taken().out).toContain('max: expected a number');
});
