import { Console } from 'node:console';
import { Writable } from 'node:stream';

import { describe, expect, test } from 'vitest';

import type { ChangeEntry, Journal, TroubleEntry } from '../../../lib/record/journal.ts';
import { createLogger, createLogJournal } from '../../../lib/record/log.ts';

/** A journal whose lines are kept as they would reach CloudWatch, byte for byte. */
function listening(): { readonly journal: Journal; readonly lines: string[] } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(...chunk.toString().split('\n').filter(Boolean));
      done();
    },
  });
  const logger = createLogger();
  // Powertools makes a console of its own on the process's standard output.
  Object.assign(logger, { console: new Console({ stdout: stream, stderr: stream }) });
  return { journal: createLogJournal(logger), lines };
}

const change: ChangeEntry = {
  tick: 'tick-1',
  decision: 'decision-1',
  rule: 'orders',
  target: 'kubernetes:prod/shop/orders',
  capacity: { replicas: { from: 1, to: 3 } },
  binding: 'bound',
  outcome: 'done',
  dryRun: false,
};

const trouble: TroubleEntry = {
  tick: 'tick-1',
  code: 'RULE_INVALID',
  message: 'min: …',
  rule: 'a',
};

const parse = (line: string | undefined): Record<string, unknown> =>
  JSON.parse(line ?? '') as Record<string, unknown>;

describe('a line of the log', () => {
  test('carries a change under the documented names and nothing else', () => {
    const { journal, lines } = listening();
    journal.change(change);
    expect(lines).toHaveLength(1);
    const { timestamp, service, sampling_rate: _rate, ...line } = parse(lines[0]);
    expect(typeof timestamp).toBe('string');
    expect(typeof service).toBe('string');
    expect(line).toEqual({ level: 'INFO', message: 'change', ...change });
  });

  test('shows both dimensions of a Fly app in the one line of its decision', () => {
    const { journal, lines } = listening();
    const capacity = { created: { from: 2, to: 4 }, started: { from: 1, to: 3 } };
    journal.change({ ...change, capacity });
    expect(parse(lines[0])['capacity']).toEqual(capacity);
  });

  test('of a failed change is an error with its code and what was said', () => {
    const { journal, lines } = listening();
    journal.change({ ...change, outcome: 'failed', code: 'FORBIDDEN', note: 'no right to scale' });
    expect(parse(lines[0])).toMatchObject({
      level: 'ERROR',
      message: 'change',
      outcome: 'failed',
      code: 'FORBIDDEN',
      note: 'no right to scale',
    });
  });

  test.for([
    { kind: 'problem', level: 'WARN' },
    { kind: 'failure', level: 'ERROR' },
  ] as const)('of a $kind has the level $level', ({ kind, level }) => {
    const { journal, lines } = listening();
    journal[kind](trouble);
    expect(lines).toHaveLength(1);
    const { tick, rule, code, message } = trouble;
    expect(parse(lines[0])).toMatchObject({
      level,
      message: kind,
      tick,
      rule,
      code,
      note: message,
    });
  });

  test('stays one line whatever a note contains', () => {
    const { journal, lines } = listening();
    journal.failure({ code: 'X', message: 'first\nsecond\u2028third "quoted"' });
    expect(lines).toHaveLength(1);
    expect(parse(lines[0])['note']).toBe('first\nsecond\u2028third "quoted"');
  });

  test('cuts a note that quotes a whole answer', () => {
    const { journal, lines } = listening();
    journal.problem({ code: 'X', message: 'a'.repeat(100_000) });
    expect(lines[0]?.length).toBeLessThan(2500);
  });

  test('never shows a secret that an entry carries beside its fields', () => {
    const { journal, lines } = listening();
    const canary = 'canary-7f3a';
    const extra = {
      token: canary,
      cause: new Error(canary),
      headers: { authorization: `Bearer ${canary}` },
    };
    const capacity = { replicas: { from: 1, to: 2, token: canary } };
    journal.change({ ...change, ...extra, capacity });
    journal.problem({ ...trouble, ...extra });
    journal.failure({ ...trouble, ...extra });
    expect(lines).toHaveLength(3);
    expect(lines.join('\n')).not.toContain(canary);
  });
});
