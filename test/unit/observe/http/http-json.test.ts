import { expect, test } from 'vitest';

import { httpJson, openmetrics } from '../../../../lib/observe/http/kinds.ts';
import { always, startEndpoint } from './endpoint.ts';
import { fresh, problemsOf, readAll, readOne, TARGET } from './reading.ts';

test.for([
  { body: '{"queued": 7}', json: '$.queued', value: 7 },
  { body: '{"queued": 0}', json: '$.queued', value: 0 },
  { body: '{"queued": "12"}', json: '$.queued', value: 12 },
  { body: '42', json: '$', value: 42 },
  { body: '{"jobs": [1, 2, 3]}', json: '$.jobs.length()', value: 3 },
  { body: '{"q": [{"n": 1}, {"n": 5}]}', json: '$.q[*].n', reduce: 'sum', value: 6 },
  { body: '{"q": [{"n": 1}, {"n": 5}]}', json: '$.q[*].n', reduce: 'max', value: 5 },
  { body: '{"q": [{"n": 1}, {"n": 5}]}', json: '$.q[*].n', reduce: 'min', value: 1 },
  { body: '{"q": [{"n": 1}, {"n": 5}]}', json: '$.q[*].n', reduce: 'avg', value: 3 },
  { body: '{"q": ["a", "b"]}', json: '$.q[*]', reduce: 'count', value: 2 },
  { body: '{"q": []}', json: '$.q[*]', reduce: 'sum', value: 0 },
])('http-json reads $value from $body at $json', async ({ body, json, reduce, value }) => {
  await using endpoint = await startEndpoint(always(body));
  const option = reduce === undefined ? { json } : { json, reduce };
  expect(await readOne({ connection: { url: endpoint.url } }, option)).toEqual(fresh(value));
});

test.for([
  { name: 'a member that is not there', body: '{}', trust: 'missing', code: 'NOTHING_THERE' },
  { name: 'null', body: '{"n": null}', trust: 'missing', code: 'NOTHING_THERE' },
  { name: 'a word', body: '{"n": "many"}', trust: 'invalid', code: 'NOT_A_NUMBER' },
  { name: 'an empty text', body: '{"n": ""}', trust: 'invalid', code: 'NOT_A_NUMBER' },
  { name: 'a boolean', body: '{"n": false}', trust: 'invalid', code: 'NOT_A_NUMBER' },
  { name: 'a map', body: '{"n": {}}', trust: 'invalid', code: 'NOT_A_NUMBER' },
  {
    name: 'more than a double holds',
    body: '{"n": 1e999}',
    trust: 'invalid',
    code: 'NOT_A_NUMBER',
  },
  { name: 'half a document', body: '{"n": 1', trust: 'invalid', code: 'NOT_READABLE' },
  { name: 'an answer without a body', body: '', trust: 'invalid', code: 'NOT_READABLE' },
  { name: 'a login page', body: '<html>', trust: 'invalid', code: 'NOT_READABLE' },
])('http-json answers $trust for $name, never 0', async ({ body, trust, code }) => {
  await using endpoint = await startEndpoint(always(body));
  const sample = await readOne({ connection: { url: endpoint.url } }, { json: '$.n' });
  expect(sample).toMatchObject({ trust, code, because: expect.stringContaining(endpoint.url) });
});

test('the largest of an empty list is missing, because empty is not zero', async () => {
  await using endpoint = await startEndpoint(always('{"q": []}'));
  const sample = await readOne(
    { connection: { url: endpoint.url } },
    { json: '$.q[*]', reduce: 'max' },
  );
  expect(sample).toMatchObject({ trust: 'missing', code: 'NOTHING_THERE' });
});

test('metrics that share an address share one request, and each gets its own number', async () => {
  await using endpoint = await startEndpoint(always('{"a": 1, "b": 2}'));
  const samples = await readAll(
    { connection: { url: endpoint.url } },
    { json: '$.a' },
    { json: '$.b' },
    { json: '$.c' },
    { path: '/other', json: '$.a' },
  );
  expect(samples.map(({ trust }) => trust)).toEqual(['fresh', 'fresh', 'missing', 'fresh']);
  expect(new Set(endpoint.asked.map(({ url }) => url))).toEqual(new Set(['/', '/other']));
  expect(endpoint.asked).toHaveLength(2);
});

test('one address that fails does not spoil the others, and the order is kept', async () => {
  await using endpoint = await startEndpoint((request, response) => {
    if (request.url === '/1') response.writeHead(500).end();
    else response.end(`{"n": ${request.url?.slice(1)}}`);
  });
  const samples = await readAll(
    { connection: { url: endpoint.url } },
    ...[0, 1, 2].map((n) => ({ path: `/${n}`, json: '$.n' })),
  );
  expect(samples).toEqual([fresh(0), expect.objectContaining({ trust: 'missing' }), fresh(2)]);
});

test('at most eight requests run at once', async () => {
  await using endpoint = await startEndpoint((_, response) => {
    setTimeout(() => response.end('{"n": 1}'), 20);
  });
  const samples = await readAll(
    { connection: { url: endpoint.url } },
    ...Array.from({ length: 30 }, (_, n) => ({ path: `/${n}`, json: '$.n' })),
  );
  expect(samples).toHaveLength(30);
  expect(endpoint.asked).toHaveLength(30);
  expect(endpoint.mostAtOnce()).toBe(8);
});

test('the target fills the path; one that would leave it is missing and nothing is asked', async () => {
  await using endpoint = await startEndpoint(always('{"n": 1}'));
  const option = { path: '/queues/${TARGET_NAME}', json: '$.n' };
  const connection = { url: `${endpoint.url}/api` };
  expect(await readOne({ connection }, option)).toEqual(fresh(1));
  const up = await readOne({ connection, target: { ...TARGET, name: '..' } }, option);
  expect(up).toMatchObject({ trust: 'missing', code: 'PATH_REFUSED' });
  expect(endpoint.asked.map(({ url }) => url)).toEqual(['/api/queues/orders']);
});

test.for([
  { kind: httpJson, option: {}, path: 'm.json', message: 'is required' },
  { kind: httpJson, option: { json: 'queued' }, path: 'm.json', message: 'must start with $' },
  { kind: httpJson, option: { json: '$.q[*]' }, path: 'm.reduce', message: 'is required, since' },
  {
    kind: httpJson,
    option: { json: '$.q', reduce: 'sum' },
    path: 'm.reduce',
    message: 'expected nothing, since',
  },
  {
    kind: httpJson,
    option: { json: '$.q', pth: '/x' },
    path: 'm.pth',
    message: 'did you mean "path"',
  },
  {
    kind: httpJson,
    option: { json: '$.q', path: 'http://x/' },
    path: 'm.path',
    message: 'another host',
  },
  { kind: openmetrics, option: {}, path: 'm.metric', message: 'is required' },
  { kind: openmetrics, option: { metric: 'm', labels: [] }, path: 'm.labels', message: 'a map' },
  {
    kind: openmetrics,
    option: { metric: 'm', reduce: 'median' },
    path: 'm.reduce',
    message: 'expected one of sum, max, min, avg, count',
  },
])('a rule with $option is refused at $path', ({ kind, option, path, message }) => {
  expect(problemsOf(kind, option)).toEqual([{ path, message: expect.stringContaining(message) }]);
});
