import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Measurement, Sample } from '../../../lib/model/sample.ts';
import { epochMillis } from '../../../lib/model/units.ts';
import { createDecoder, decodeRecording } from '../../../lib/record/decode.ts';
import { encodeRecording } from '../../../lib/record/encode.ts';
import { type DecisionRecord, RECORD_VERSION } from '../../../lib/record/record.ts';
import { keyMoment, recordingKey } from '../../../lib/record/recordings.ts';
import { lagMetric, numberMetric } from '../../support/policy.ts';
import {
  all,
  missing,
  NOON,
  number,
  offsets,
  recordingOf,
  recordOf,
} from '../../support/records.ts';

const RULE = {
  metrics: { orders: lagMetric, queue: numberMetric('queue') },
  replicas: 'max(ceil(orders.lag / 100), queue ?? 0)',
  max: 'orders.partitions',
  smoothing: { halfLife: '20s' },
  scaleDown: { stabilization: '5m', policies: [{ kind: 'pods', value: 1, period: '1m' }] },
  windows: [{ days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Paris', min: 3 }],
  override: { min: 2, until: '2026-11-27T06:00:00Z', by: 'ops', why: 'sale' },
  fallback: { after: 3, replicas: 5 },
};

const lagging = offsets([2n ** 60n + 7n, 2n ** 60n], [500n, undefined]);
const busy = recordOf({
  rule: RULE,
  replicas: 3,
  samples: { orders: lagging, queue: missing('no answer') },
  memory: { failing: 1, offsets: { orders: 'eAAA' } },
  note: 'a note',
});

const linesOf = (records: readonly DecisionRecord[]): string[] => [
  ...encodeRecording(recordingOf(records)),
];
const decoded = (lines: Iterable<string>): Promise<readonly DecisionRecord[]> =>
  all(decodeRecording(lines, 'file'));

/** What a record keeps of a rule. */
const kept = (record: DecisionRecord): DecisionRecord => ({
  ...record,
  rule: {
    ...record.rule,
    workload: undefined,
    metrics: Object.fromEntries(
      Object.entries(record.rule.metrics).map(([name, spec]) => [name, { ...spec, options: {} }]),
    ),
  },
});

describe('a record', () => {
  test.for<{ name: string; record: DecisionRecord }>([
    { name: 'with offsets beyond the safe integers, memory and an override', record: busy },
    {
      name: 'of a target that could not be read',
      record: {
        ...busy,
        decided: undefined,
        outcome: { became: 'failed', error: { code: 'UNREACHABLE', message: 'no answer' } },
      },
    },
    {
      name: 'of a change that the guard took back',
      record: recordOf({
        rule: { metrics: { queue: numberMetric('q') }, replicas: 'queue' },
        replicas: 9,
        samples: { queue: number(1) },
        withheld: { step: 'guard', note: 'too many' },
      }),
    },
    {
      name: 'of a target that another worker holds and that rolls out',
      record: recordOf({ rule: { replicas: 3 }, replicas: 1, held: 'by another', busy: 'rollout' }),
    },
  ])('$name is read back as it was', async ({ record }) => {
    expect(await decoded(linesOf([record]))).toEqual([kept(record)]);
  });

  test('any sample is read back to the same bytes', async () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
    );
    const offset = fc.bigInt({ min: -1n, max: 2n ** 63n - 1n });
    const measurement: fc.Arbitrary<Measurement> = fc.oneof(
      fc.record({ kind: fc.constant('number' as const), value }),
      fc.record({
        kind: fc.constant('record' as const),
        values: fc.dictionary(fc.string({ minLength: 1 }), value, { noNullPrototype: true }),
      }),
      fc.record({
        kind: fc.constant('offsets' as const),
        reset: fc.constantFrom('earliest' as const, 'latest' as const),
        partitions: fc.array(
          fc.record({
            partition: fc.nat(),
            start: offset,
            end: offset,
            committed: fc.option(offset, { nil: undefined }),
          }),
        ),
      }),
    );
    const at = fc.integer({ min: 0, max: 4e12 }).map(epochMillis);
    const because = fc.string();
    const sample: fc.Arbitrary<Sample> = fc.oneof(
      fc.record({ trust: fc.constant('fresh' as const), at, measurement }),
      fc.record({ trust: fc.constant('stale' as const), at, measurement, because }),
      fc.record({
        trust: fc.constantFrom('missing' as const, 'invalid' as const),
        because,
        code: fc.string(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(sample, async (orders) => {
        const lines = linesOf([{ ...busy, samples: { orders } }]);
        const again = await decoded(lines);
        expect(again[0]?.samples).toEqual({ orders });
        expect(linesOf(again)).toEqual(lines);
      }),
    );
  });

  test('the same decisions give the same bytes', () => {
    expect(linesOf([structuredClone(busy), busy])).toEqual(linesOf([busy, structuredClone(busy)]));
  });

  test('a rule is written once for all of its decisions, and two of one id are told apart', () => {
    const other = recordOf({ rule: { ...RULE, max: 7 }, samples: { orders: lagging } });
    const kinds = linesOf([busy, busy, structuredClone(busy), other, busy]).map(
      (line) => (JSON.parse(line) as { kind: string }).kind,
    );
    expect(kinds.filter((kind) => kind === 'rule')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'decision')).toHaveLength(5);
  });

  test('CANARY: nothing of a workload or of how a metric is asked for is written', () => {
    const canary = 'c4n4ry-s3cr3t';
    const { rule } = recordOf({
      rule: {
        metrics: {
          queue: { kind: 'http-json', connection: 'web', path: `/q?token=${canary}`, json: '$.n' },
        },
        replicas: 'queue',
        target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'orders' },
        workload: {
          containers: [{ name: 'app', image: 'app:1', args: [canary], env: { PASSWORD: canary } }],
          annotations: { 'example.com/key': canary },
        },
      },
      samples: { queue: number(1) },
    });
    expect(JSON.stringify(rule)).toContain(canary);
    expect(linesOf([{ ...busy, rule }]).join('')).not.toContain(canary);
  });
});

/** What decoding a text ends in. */
function nameOfFault(text: string): string {
  const take = createDecoder('file');
  try {
    for (const line of text.split('\n')) take(line);
    return 'none';
  } catch (error) {
    return (error as Error).name;
  }
}

describe('what cannot be read is said with its line and attribute', () => {
  const [tick = '', rule = '', decision = ''] = linesOf([busy]);
  const edited = (line: string, change: (value: Record<string, unknown>) => void): string => {
    const value = JSON.parse(line) as Record<string, unknown>;
    change(value);
    return JSON.stringify(value);
  };

  test.for<{ name: string; lines: readonly string[]; message: string; code?: string }>([
    { name: 'no JSON', lines: [tick, '{"kind":'], message: 'file:2: expected a line of JSON' },
    {
      name: 'another kind of line',
      lines: ['{"kind":"x"}'],
      message: 'file:1: kind: expected one',
    },
    { name: 'no object', lines: ['7'], message: 'file:1: expected an object, found 7' },
    {
      name: 'a decision before its tick',
      lines: [decision],
      message: 'file:1: kind: expected "tick" in the first line, found "decision"',
    },
    {
      name: 'a decision without its rule',
      lines: [tick, decision],
      message: 'file:2: rule: expected the hash of a rule in a line before',
    },
    {
      name: 'an offset that is a number',
      lines: [
        tick,
        rule,
        edited(decision, ({ samples }) => {
          (samples as { orders: { offsets: unknown[][] } }).orders.offsets[1] = [1, 0, '5', null];
        }),
      ],
      message: 'file:3: samples.orders.offsets[1][1]: expected a text of digits, found 0',
    },
    {
      name: 'a rule without its windows',
      lines: [
        tick,
        edited(rule, ({ rule: of }) => {
          delete (of as { windows?: unknown }).windows;
        }),
      ],
      message: 'file:2: rule.windows: expected a list, found nothing',
    },
    {
      name: 'an outcome there is none of',
      lines: [
        tick,
        rule,
        edited(decision, (value) => {
          value['outcome'] = { became: 'great' };
        }),
      ],
      message: 'file:3: outcome.became: expected one of "rest", "hold"',
    },
    {
      name: 'a later version',
      lines: [edited(tick, (value) => void (value['version'] = RECORD_VERSION + 1))],
      message: `file:1: this recording has version ${RECORD_VERSION + 1}, and this release reads version ${RECORD_VERSION}. It was written by a later release`,
      code: 'RECORDING_VERSION',
    },
    {
      name: 'a version there never was',
      lines: [edited(tick, (value) => void (value['version'] = 0))],
      message: 'There never was such a version',
      code: 'RECORDING_VERSION',
    },
  ])('$name', async ({ lines, message, code = 'RECORDING_INVALID' }) => {
    await expect(decoded(lines)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test('attributes of a release in between are skipped, and a rule that lacks new ones is read', async () => {
    const more = [tick, rule, decision].map((line) =>
      edited(line, (value) => void (value['novelty'] = { of: 'another release' })),
    );
    expect(await decoded(more)).toEqual([kept(busy)]);
  });

  test('whatever is damaged, reading ends in an answer or a RecordingError', () => {
    const text = [tick, rule, decision].join('');
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, put) => {
        const damaged = `${text.slice(0, at)}${put}${text.slice(at + 1)}`;
        expect(nameOfFault(damaged)).toMatch(/^(?:none|RecordingError)$/);
      }),
      { numRuns: 500 },
    );
  });
});

test.for([
  { key: recordingKey({ tick: 'a-b', at: NOON }), moment: NOON },
  { key: '2026/11/20/12/20261120T120000.000Z-a.ndjson.gz.part', moment: undefined },
  { key: '2026/13/20/12/20261320T120000.000Z-a.ndjson.gz', moment: undefined },
  { key: 'notes.txt', moment: undefined },
])('the moment of $key is $moment', ({ key, moment }) => {
  expect(keyMoment(key)).toBe(moment);
});
