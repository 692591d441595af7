import { httpJson, openmetrics } from './http/kinds.ts';
import { kafkaLag } from './kafka/kind.ts';
import type { SourceKind } from './metric-source.ts';

/** Every metric kind by its name in a rule. A new one is one folder and one line here. */
export const metricKinds: Readonly<Record<string, SourceKind>> = {
  'kafka-lag': kafkaLag,
  'http-json': httpJson,
  openmetrics,
};
