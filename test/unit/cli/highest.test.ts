import { expect, test } from 'vitest';

import { highestIn } from '../../../lib/cli/highest.ts';
import { encodeRecording } from '../../../lib/record/encode.ts';
import { numberMetric } from '../../support/policy.ts';
import { missing, number, offsets, recordingOf, recordOf } from '../../support/records.ts';
import { CONNECTIONS, createFakeIo, RULE } from './fake-io.ts';

const seen = (value: number) =>
  recordOf({
    id: 'mail',
    rule: { metrics: { queue: numberMetric('queue') }, replicas: 'queue', max: 6 },
    samples: { queue: number(value) },
  });

const textOf = (...records: Parameters<typeof recordingOf>[0]): string =>
  [...encodeRecording(recordingOf(records))].join('');

test('the highest value of each metric is what recordings ever had, outages left out', async () => {
  using io = createFakeIo();
  const silent = { ...seen(0), samples: { queue: missing('no answer') } };
  io.write('recordings/one.ndjson', textOf(seen(3), seen(12), silent, seen(7)));
  const lagging = { ...seen(0), samples: { orders: offsets([100n, 40n]) } };
  io.write('recordings/two.ndjson', textOf(lagging));
  const highest = (await highestIn('recordings', io)).get('mail');
  expect(highest).toMatchObject({ queue: 12, 'orders.lag': 60, 'orders.partitions': 1 });
});

test('rules validate --recordings warns of a threshold that was never reached', async () => {
  using io = createFakeIo();
  io.write('connections.yml', CONNECTIONS);
  io.write('mail.yaml', RULE.replace('ceil(queue / 8)', "'queue > 500 ? 6 : ceil(queue / 8)'"));
  io.write('recordings/one.ndjson', textOf(seen(12)));
  expect(await io.rubato('rules', 'validate', 'mail.yaml')).toBe(0);
  expect(io.taken().out).not.toContain('500');
  const words = ['rules', 'validate', 'mail.yaml', '--recordings', 'recordings'];
  expect(await io.rubato(...words)).toBe(0);
  expect(io.taken().out).toMatch(/mail\.yaml:2: warning: replicas: .*500/);
});
