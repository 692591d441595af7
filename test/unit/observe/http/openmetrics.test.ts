import { expect, test } from 'vitest';

import { openmetrics } from '../../../../lib/observe/http/kinds.ts';
import { always, startEndpoint } from './endpoint.ts';
import { fresh, NOW, readOne } from './reading.ts';

const PAGE = `# TYPE jobs_waiting gauge
jobs_waiting{queue="mail",shard="a"} 3
jobs_waiting{queue="mail",shard="b"} 5
jobs_waiting{queue="video"} 10
jobs_stuck NaN
jobs_endless +Inf
jobs_zero 0
jobs_broken{ 1
`;

test.for([
  { option: { metric: 'jobs_waiting' }, value: 18 },
  { option: { metric: 'jobs_waiting', labels: { queue: 'mail' } }, value: 8 },
  { option: { metric: 'jobs_waiting', labels: { queue: 'mail' }, reduce: 'max' }, value: 5 },
  { option: { metric: 'jobs_waiting', labels: { queue: 'mail' }, reduce: 'min' }, value: 3 },
  { option: { metric: 'jobs_waiting', labels: { queue: 'mail' }, reduce: 'avg' }, value: 4 },
  { option: { metric: 'jobs_waiting', reduce: 'count' }, value: 3 },
  { option: { metric: 'jobs_zero' }, value: 0 },
])('openmetrics reads $value for $option', async ({ option, value }) => {
  await using endpoint = await startEndpoint(always(PAGE, 'text/plain; version=0.0.4'));
  const connection = { url: endpoint.url };
  expect(await readOne({ kind: openmetrics, connection }, option)).toEqual(fresh(value));
  expect(endpoint.asked[0]?.url).toBe('/metrics');
});

test.for([
  { metric: 'jobs_absent', trust: 'missing', because: 'no series jobs_absent' },
  {
    metric: 'jobs_waiting',
    labels: { queue: 'audio' },
    trust: 'missing',
    because: 'no series jobs_waiting{queue="audio"}, though 3 of that metric with other labels',
  },
  { metric: 'jobs_stuck', trust: 'invalid', because: 'jobs_stuck is NaN' },
  { metric: 'jobs_endless', trust: 'invalid', because: 'jobs_endless is Infinity' },
  { metric: 'jobs_broken', trust: 'invalid', because: 'line 8 is no sample' },
])('openmetrics answers $trust for $metric: no series is not zero (KEDA#3065)', async (row) => {
  const { metric, labels = {}, trust, because } = row;
  await using endpoint = await startEndpoint(always(PAGE, 'text/plain'));
  const connection = { url: endpoint.url };
  const sample = await readOne({ kind: openmetrics, connection }, { metric, labels });
  expect(sample).toMatchObject({ trust, because: expect.stringContaining(because) });
});

test('a series with its own time is as old as it says, and the oldest counts', async () => {
  const page = `m{a="1"} 1 ${NOW / 1000 - 90}\nm{a="2"} 1 ${NOW / 1000 - 10}\n# EOF\n`;
  await using endpoint = await startEndpoint(
    always(page, 'Application/OpenMetrics-Text; version=1.0.0; charset=utf-8'),
  );
  const asked = { kind: openmetrics, connection: { url: endpoint.url } };
  expect(await readOne(asked, { metric: 'm' })).toEqual(fresh(2, NOW - 90_000));
});

test('a time in the future keeps nothing fresh for longer than now', async () => {
  await using endpoint = await startEndpoint(always(`m 1 ${NOW + 3_600_000}\n`, 'text/plain'));
  const asked = { kind: openmetrics, connection: { url: endpoint.url } };
  expect(await readOne(asked, { metric: 'm' })).toEqual(fresh(1, NOW));
});
