import { describe, expect, test } from 'vitest';

import { epochMillis, millis } from '../../../lib/model/units.ts';
import type { TickFigures } from '../../../lib/record/journal.ts';
import { createEmfMetrics } from '../../../lib/record/metrics.ts';

const AT = epochMillis(1_795_000_000_000);

interface Line extends Readonly<Record<string, unknown>> {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

function written(figures: TickFigures): readonly Line[] {
  const lines: Line[] = [];
  createEmfMetrics({
    write: (line) => lines.push(JSON.parse(line) as Line),
    service: 'rubato-prod',
    clock: { now: () => AT, sleep: async () => {} },
  }).record(figures);
  return lines;
}

const figures: TickFigures = {
  durationMs: millis(812),
  leader: true,
  scalables: 40,
  changes: 3,
  holds: 2,
  failures: 1,
  invalidRules: 1,
  doubtfulMetrics: 5,
  guardHeld: true,
};

describe('the metrics of a tick', () => {
  test('are one line of embedded metric format', () => {
    const [line, ...rest] = written(figures);
    expect(rest).toEqual([]);
    const { _aws: directive, ...values } = line ?? ({} as Line);
    expect(values).toEqual({
      service: 'rubato-prod',
      Ticks: 1,
      TickDuration: 812,
      Scalables: 40,
      Changes: 3,
      Holds: 2,
      Failures: 1,
      InvalidRules: 1,
      DoubtfulMetrics: 5,
      GuardHeld: 1,
    });
    expect(directive.Timestamp).toBe(AT);
    expect(directive.CloudWatchMetrics).toHaveLength(1);
  });

  // The specification: each metric and dimension that is declared is a member beside `_aws`.
  test.for([figures, { ...figures, leader: false }])(
    'declare what the line has, leader: $leader',
    (given) => {
      const [line] = written(given);
      const [directive] = line?.['_aws'].CloudWatchMetrics ?? [];
      expect(directive?.Namespace).toBe('Rubato');
      expect(directive?.Dimensions).toEqual([['service']]);
      const declared = directive?.Metrics.map(({ Name }) => Name) ?? [];
      expect(new Set([...declared, 'service', '_aws'])).toEqual(new Set(Object.keys(line ?? {})));
      for (const name of declared) expect(line?.[name]).toBeTypeOf('number');
      const withUnit = directive?.Metrics.filter(({ Unit }) => Unit !== 'Count') ?? [];
      expect(withUnit).toEqual(
        given.leader ? [{ Name: 'TickDuration', Unit: 'Milliseconds' }] : [],
      );
    },
  );

  test('of a worker without the lease are no tick, so that the alarm on missing ticks is true', () => {
    const [line] = written({ ...figures, leader: false });
    expect(line).toMatchObject({ Ticks: 0 });
    expect(line).not.toHaveProperty('Changes');
  });
});
