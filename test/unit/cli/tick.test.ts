import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { TickReport } from '../../../lib/tick/report.ts';
import { CONNECTIONS, createFakeIo, type FakeIo, RULE } from './fake-io.ts';

function terminal(): FakeIo {
  const io = createFakeIo();
  io.write('connections.yml', CONNECTIONS);
  io.write('rules/mail.yaml', RULE);
  return io;
}

test('tick --json answers what the handler answers, and nothing else on stdout', async () => {
  using io = terminal();
  // Nothing runs copies here, so the rule fails and with it the tick.
  expect(await io.rubato('tick', '--rules', 'rules', '--json')).toBe(1);
  const report = JSON.parse(io.taken().out) as TickReport;
  expect(report).toMatchObject({
    tick: { leader: true, dryRun: false },
    decisions: [
      {
        rule: 'mail',
        target: 'process:workers/mail',
        outcome: 'failed',
        error: { code: 'UNREACHABLE', message: expect.stringContaining('npm start') },
        metrics: { queue: { trust: 'missing', value: null } },
      },
    ],
    invalid: [],
  });
});

test('tick without rules is done', async () => {
  using io = createFakeIo();
  io.write('connections.yml', CONNECTIONS);
  expect(await io.rubato('tick')).toBe(0);
  expect(io.taken()).toEqual({ out: 'No rule was due.\n', err: '' });
});

test('a rule that is not valid makes the tick fail and is shown with its problems', async () => {
  using io = terminal();
  io.write('rules/mail.yaml', RULE.replace('connection: stats', 'connection: stat'));
  expect(await io.rubato('tick', '--rules', 'rules')).toBe(1);
  expect(io.taken().out).toContain('metrics.queue.connection: no connection "stat"');
});

test('tick --only looks at the rules it names', async () => {
  using io = terminal();
  io.write('rules/video.yaml', RULE.replaceAll('mail', 'video'));
  await io.rubato('tick', '--rules', 'rules', '--only', 'video', '--json');
  const report = JSON.parse(io.taken().out) as TickReport;
  expect(report.decisions.map(({ rule }) => rule)).toEqual(['video']);
});

test('explain shows what was measured, the rule, every step and the answer', async () => {
  using io = terminal();
  expect(await io.rubato('explain', 'mail', '--rules', 'rules')).toBe(1);
  const { out } = io.taken();
  expect(out).toMatch(/mail on process:workers\/mail/);
  expect(out).toMatch(/queue +missing/);
  expect(out).toMatch(
    /replicas +ceil\(queue \/ 8\) = ceil\(nil \/ 8\) = unknown\n +min +0\n +max +6/,
  );
  expect(out).toMatch(/Outcome\n {2}failed: UNREACHABLE: nothing runs the copies of workers now/);
  expect(out).toMatch(/Last changes\n {2}none/);
});

test('explain --json is the dry run with the last changes beside it', async () => {
  using io = terminal();
  await io.rubato('explain', 'mail', '--rules', 'rules', '--json');
  expect(JSON.parse(io.taken().out)).toMatchObject({
    tick: { dryRun: true },
    decisions: [{ rule: 'mail' }],
    changes: [],
  });
});

test('what needs no store opens none', async () => {
  using io = terminal();
  expect(await io.rubato('rules', 'validate', 'rules/mail.yaml')).toBe(0);
  expect(await io.rubato('rules', 'list', '--rules', 'rules')).toBe(0);
  expect(existsSync(join(io.cwd, '.rubato'))).toBe(false);
});
