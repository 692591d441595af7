import { staleness } from '../decide/trust.ts';
import { lagFigures } from '../model/lag.ts';
import type { Measurement, Sample } from '../model/sample.ts';
import type { EpochMillis } from '../model/units.ts';
import type { MetricSpec } from '../rule/rule.ts';
import type { MetricReport } from './report.ts';

/** What was measured, as whoever invoked the tick is told: with the trust it was given, not claimed. */
export function reportMetrics(
  specs: Readonly<Record<string, MetricSpec>>,
  samples: Readonly<Record<string, Sample>>,
  now: EpochMillis,
): Readonly<Record<string, MetricReport>> {
  const reports = Object.entries(specs).map(([name, spec]): [string, MetricReport] => {
    const sample = samples[name];
    return [name, sample ? reportMetric(spec, sample, now) : NOT_READ];
  });
  return Object.fromEntries(reports);
}

const NOT_READ: MetricReport = { trust: 'missing', value: null, because: 'was not read' };

function reportMetric(spec: MetricSpec, sample: Sample, now: EpochMillis): MetricReport {
  if (!('measurement' in sample)) {
    return { trust: sample.trust, value: null, because: sample.because };
  }
  const value = valueOf(sample.measurement);
  const odd = Object.values(typeof value === 'number' ? { value } : value).find(
    (figure) => !Number.isFinite(figure),
  );
  if (odd !== undefined) return { trust: 'invalid', value: null, because: `it is ${odd}` };
  const because = staleness(spec, sample, now);
  return because === undefined ? { trust: 'fresh', value } : { trust: 'stale', value, because };
}

function valueOf(measurement: Measurement): number | Readonly<Record<string, number>> {
  if (measurement.kind === 'number') return measurement.value;
  if (measurement.kind === 'record') return measurement.values;
  return { ...lagFigures(measurement.partitions, measurement.reset) };
}
