import { describe, expect, test } from 'vitest';

import { createLastFiring } from '../../../lib/cron.ts';
import { epochMillis, millis } from '../../../lib/model/units.ts';
import { decodeRecording } from '../../../lib/record/decode.ts';
import { encodeRecording } from '../../../lib/record/encode.ts';
import type { DecisionRecord, RecordedDecision } from '../../../lib/record/record.ts';
import { differencesOf } from '../../../lib/replay/differences.ts';
import { replayRecord } from '../../../lib/replay/replay.ts';
import { numberMetric } from '../../support/policy.ts';
import { NOON, number, recordOf } from '../../support/records.ts';
import { recordWorld } from './seeded-worlds.ts';

const lastFiring = createLastFiring();
const SEEDS = Array.from({ length: 8 }, (_, seed) => seed);
const TICKS = 40;

const everything: DecisionRecord[] = [];

describe('replay equals original', () => {
  test.for(SEEDS)('a world’s decisions come out as the same bytes (SEED=%i)', async (seed) => {
    let replayed = 0;
    for await (const recording of recordWorld(seed, TICKS)) {
      const lines = encodeRecording(recording);
      for await (const record of decodeRecording(lines, `seed ${seed}`)) {
        const same = record.decided === undefined ? 'undecided' : true;
        expect(replayRecord(record, lastFiring)).toEqual({ same });
        everything.push(record);
        replayed += 1;
      }
    }
    expect(replayed).toBeGreaterThan(200);
  });

  test('those worlds are 2,000 decisions in which every step and every outcome occurs', () => {
    expect(everything.length).toBeGreaterThan(2000);
    const steps = new Set(
      everything.flatMap(({ decided }) => decided?.decision.steps ?? []).map(({ step }) => step),
    );
    expect([...steps].toSorted()).toEqual(
      'activate bound cooldown evaluate gate guard override pace smooth stabilize tolerance trust windows'.split(
        ' ',
      ),
    );
    const outcomes = new Set(everything.map(({ outcome }) => outcome.became));
    expect([...outcomes].toSorted()).toEqual(['done', 'failed', 'hold', 'rest', 'would']);
    expect(everything.some(({ decided }) => decided === undefined)).toBe(true);
    expect(everything.some(({ decided }) => decided?.withheld !== undefined)).toBe(true);
    const memories = everything.map(({ memory }) => memory);
    for (const part of ['failing', 'idleSince', 'frozenSince', 'offsets', 'smooth', 'stable']) {
      expect(memories.some((memory) => memory.includes(`"${part}"`))).toBe(true);
    }
  });
});

describe('what is decided otherwise now is shown by its path', () => {
  const record = recordOf({
    rule: { metrics: { queue: numberMetric('q') }, replicas: 'queue', max: 6, idle: '5m' },
    samples: { queue: number(9) },
    replicas: 2,
  });
  const changed = (change: Partial<RecordedDecision>): DecisionRecord =>
    record.decided ? { ...record, decided: { ...record.decided, ...change } } : record;

  test.for<{ name: string; record: DecisionRecord; differences: readonly object[] }>([
    {
      name: 'another max',
      record: { ...record, rule: { ...record.rule, max: '5' } },
      differences: [
        { path: 'decision.capacity.replicas.to', recorded: '6', now: '5' },
        { path: 'decision.steps[1].after', recorded: '6', now: '5' },
        { path: 'decision.steps[1].note', recorded: '"max 6 (6)"', now: '"max 5 (5)"' },
      ],
    },
    {
      name: 'another memory',
      record: changed({ after: '{"v":1,"idleSince":5}' }),
      differences: [
        { path: 'memory.v', recorded: '1', now: 'nothing' },
        { path: 'memory.idleSince', recorded: '5', now: 'nothing' },
      ],
    },
    {
      name: 'a rule that compiles no more',
      record: { ...record, rule: { ...record.rule, max: 'queue +' } },
      differences: [
        {
          path: 'rule.max',
          recorded: 'an expression that compiles',
          now: expect.stringContaining('line 1, column 8'),
        },
      ],
    },
    {
      name: 'a step less',
      record: { ...record, samples: { queue: number(4) } },
      differences: expect.arrayContaining([
        { path: 'decision.binding', recorded: '"bound"', now: '"evaluate"' },
        { path: 'decision.steps[1]', recorded: expect.stringContaining('bound'), now: 'nothing' },
      ]),
    },
    {
      name: 'a guard that holds no more',
      record: changed({ withheld: { step: 'guard', note: 'too many' } }),
      differences: expect.arrayContaining([
        { path: 'decision.verdict', recorded: '"change"', now: '"hold"' },
      ]),
    },
  ])('$name', ({ record: other, differences }) => {
    expect(replayRecord(other, lastFiring)).toEqual({ same: false, differences });
  });

  test('the memory of before counts', () => {
    const rule = { ...record.rule, scaleUp: { ...record.rule.scaleUp, cooldown: millis(60_000) } };
    const changedAt = epochMillis(NOON - 1000);
    const memory = JSON.stringify({ v: 1, dimensions: { replicas: { changedAt } } });
    expect(replayRecord({ ...record, rule, memory }, lastFiring)).toMatchObject({ same: false });
  });

  test('a record without a decision is neither the same nor different', () => {
    expect(replayRecord({ ...record, decided: undefined }, lastFiring)).toEqual({
      same: 'undecided',
    });
  });

  test('an order that differs is a difference, and at most 20 of them are shown', () => {
    expect(differencesOf({ a: 1, b: 2 }, { b: 2, a: 1 }, 'x')).toEqual([
      { path: 'x', recorded: 'in the order a, b', now: 'in the order b, a' },
    ]);
    const many = Array.from({ length: 50 }, (_, at) => at);
    expect(
      differencesOf(
        many,
        many.map((at) => at + 1),
        'x',
      ),
    ).toHaveLength(20);
  });
});
