import { expect, test } from 'vitest';

import { type Queue, startQueue } from '../../../examples/queue.ts';
import { burst, type Traffic, wave } from '../../../examples/traffic.ts';
import { findSeries, matching } from '../../../lib/observe/http/exposition.ts';

async function start(traffic: Traffic = () => 0): Promise<Queue & AsyncDisposable> {
  const queue = await startQueue({ port: 0, traffic: { mail: traffic } });
  return { ...queue, [Symbol.asyncDispose]: () => queue.close() };
}

const post = (queue: Queue, path: string) => fetch(`${queue.url}${path}`, { method: 'POST' });
const stats = async (queue: Queue) => (await fetch(`${queue.url}/queues/mail`)).json();

test('a job is queued, taken by one worker and done', async () => {
  await using queue = await start();
  await post(queue, '/queues/mail/jobs?count=2');
  expect(await stats(queue)).toEqual({ queued: 2, taken: 0, done: 0 });
  const job = (await (await post(queue, '/queues/mail/take')).json()) as { readonly id: number };
  expect(await stats(queue)).toEqual({ queued: 1, taken: 1, done: 0 });
  expect((await post(queue, `/queues/mail/jobs/${job.id}/done`)).status).toBe(200);
  expect(await stats(queue)).toEqual({ queued: 1, taken: 0, done: 1 });
  expect((await post(queue, `/queues/mail/jobs/${job.id}/done`)).status).toBe(404);
});

test('a worker that waits gets the next job, and nothing when none comes', async () => {
  await using queue = await start();
  expect((await post(queue, '/queues/mail/take?wait=20')).status).toBe(204);
  const waiting = post(queue, '/queues/mail/take?wait=5000');
  await post(queue, '/queues/mail/jobs?count=1');
  expect((await waiting).status).toBe(200);
});

test('a worker that hung up takes no job with it', async () => {
  await using queue = await start();
  const gone = new AbortController();
  const waiting = fetch(`${queue.url}/queues/mail/take?wait=5000`, {
    method: 'POST',
    signal: gone.signal,
  });
  // An answer to a later request shows that the queue has got the first one.
  await stats(queue);
  gone.abort();
  await expect(waiting).rejects.toThrow('aborted');
  await expect.poll(async () => (await post(queue, '/queues/mail/take')).status).toBe(204);
  await post(queue, '/queues/mail/jobs?count=1');
  expect(await stats(queue)).toEqual({ queued: 1, taken: 0, done: 0 });
});

test('jobs arrive by themselves and are on the metrics page as on the JSON', async () => {
  await using queue = await start((second) => (second === 0 ? 7 : 0));
  await expect.poll(() => stats(queue), { timeout: 5000 }).toMatchObject({ queued: 7 });
  const response = await fetch(`${queue.url}/metrics`);
  expect(response.headers.get('content-type')).toContain('application/openmetrics-text');
  const found = findSeries(await response.text(), 'queue_jobs_waiting', 'openmetrics');
  const series = 'series' in found ? matching(found.series, { queue: 'mail' }) : [];
  expect(series.map(({ value }) => value)).toEqual([7]);
});

test('there is nothing at other addresses', async () => {
  await using queue = await start();
  for (const path of ['/', '/queues', '/queues/nobody', '/queues/mail/jobs']) {
    expect((await fetch(`${queue.url}${path}`)).status).toBe(404);
  }
});

test('a wave rises from nothing to its peak and ends in a silence longer than any idle time', () => {
  const seconds = Array.from({ length: 90 }, (_, second) => wave(12, 90)(second));
  expect(seconds.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(Math.max(...seconds)).toBe(12);
  expect(seconds.slice(45).every((jobs) => jobs === 0)).toBe(true);
});

test('a burst comes once in each period', () => {
  const seconds = Array.from({ length: 180 }, (_, second) => burst(60, 60)(second));
  expect(seconds.filter((jobs) => jobs > 0)).toEqual([60, 60, 60]);
});
