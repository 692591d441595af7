import { Metrics } from '@aws-lambda-powertools/metrics';

import type { TickFigures, TickMetrics } from './journal.ts';

/** Of all metrics; the dimension `service` tells stages apart. */
const NAMESPACE = 'Rubato';

/** Powertools' collector. Its dimension `service` comes from POWERTOOLS_SERVICE_NAME. */
export const createMetrics = (): Metrics => new Metrics({ namespace: NAMESPACE });

/**
 * Metrics as one line of embedded metric format on stdout, which CloudWatch turns into metrics
 * without a call of ours. Nine metrics with one dimension: at $0.30 a metric and month (CloudWatch's
 * list price for the first 10,000) a stage costs $2.70 a month, however many rules it has.
 *
 * An alarm on too few `Ticks` is the heartbeat, so a worker without the lease counts as 0 ticks.
 */
export function createEmfMetrics(metrics: Metrics): TickMetrics {
  return {
    record(figures) {
      metrics.addMetric('Ticks', 'Count', figures.leader ? 1 : 0);
      if (figures.leader) addFigures(metrics, figures);
      metrics.publishStoredMetrics();
    },
  };
}

function addFigures(metrics: Metrics, figures: TickFigures): void {
  metrics
    .addMetric('TickDuration', 'Milliseconds', figures.durationMs)
    .addMetric('Scalables', 'Count', figures.scalables)
    .addMetric('Changes', 'Count', figures.changes)
    .addMetric('Holds', 'Count', figures.holds)
    .addMetric('Failures', 'Count', figures.failures)
    .addMetric('InvalidRules', 'Count', figures.invalidRules)
    .addMetric('DoubtfulMetrics', 'Count', figures.doubtfulMetrics)
    .addMetric('GuardHeld', 'Count', figures.guardHeld ? 1 : 0);
}
