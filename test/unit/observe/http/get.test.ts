import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { always, startEndpoint } from './endpoint.ts';
import { fresh, readAll, readOne } from './reading.ts';

test.for([
  { status: 400, code: 'SOURCE_REFUSED' },
  { status: 401, code: 'UNAUTHENTICATED' },
  { status: 403, code: 'FORBIDDEN' },
  { status: 404, code: 'NOT_FOUND' },
  { status: 429, code: 'THROTTLED' },
  { status: 500, code: 'SOURCE_FAILED' },
  { status: 503, code: 'SOURCE_FAILED' },
])(
  'an answer of $status is no number even if its body holds one (KEDA#8036)',
  async ({ status, code }) => {
    await using endpoint = await startEndpoint(always('{"n": 3}', 'application/json', status));
    const sample = await readOne({ connection: { url: endpoint.url } }, { json: '$.n' });
    expect(sample).toMatchObject({
      trust: 'missing',
      code,
      because: expect.stringContaining(`answered ${status}`),
    });
  },
);

test('an error page is quoted short, on one line, and without the credentials it repeats', async () => {
  const page = `no \u001b[31mwith\n\n s3cret-TOKEN ${'x'.repeat(100_000)}`;
  await using endpoint = await startEndpoint(always(page, 'text/plain', 500));
  const sample = await readOne(
    { connection: { url: endpoint.url, bearer: 'env:TOKEN' } },
    { json: '$.n' },
  );
  if (sample.trust !== 'missing') throw new Error(sample.trust);
  expect(sample.because).toContain('answered 500: no [31mwith [secret] xxx');
  expect(sample.because).not.toMatch(/\p{Cc}/u);
  expect(sample.because.length).toBeLessThan(300);
});

test('a value that repeats the credentials is not repeated either', async () => {
  await using endpoint = await startEndpoint(always('{"n": "s3cret-TOKEN"}'));
  const sample = await readOne(
    { connection: { url: endpoint.url, bearer: 'env:TOKEN' } },
    { json: '$.n' },
  );
  expect(sample).toMatchObject({ because: expect.stringContaining('"[secret]"') });
});

test.for([
  { name: 'a bearer token', connection: { bearer: 'env:TOKEN' }, sent: 'Bearer s3cret-TOKEN' },
  {
    name: 'user and password',
    connection: { basic: { username: 'ops', password: 'ssm:/p' } },
    sent: `Basic ${Buffer.from('ops:s3cret-/p').toString('base64')}`,
  },
  { name: 'nothing', connection: {}, sent: undefined },
])('$name of the connection is sent', async ({ connection, sent }) => {
  await using endpoint = await startEndpoint(always('{"n": 1}'));
  await readOne({ connection: { url: endpoint.url, ...connection } }, { json: '$.n' });
  expect(endpoint.asked[0]?.headers.authorization).toBe(sent);
});

test('a secret that is not there makes every metric of the connection missing, and nothing is asked', async () => {
  await using endpoint = await startEndpoint(always('{"n": 1}'));
  const samples = await readAll(
    { connection: { url: endpoint.url, bearer: 'env:ABSENT' } },
    { json: '$.n' },
    { json: '$.m' },
  );
  expect(samples).toEqual([
    expect.objectContaining({ trust: 'missing', code: 'SECRET_MISSING' }),
    expect.objectContaining({ trust: 'missing', code: 'SECRET_MISSING' }),
  ]);
  expect(endpoint.asked).toHaveLength(0);
});

test('an endpoint that hangs costs its timeout and no more', async () => {
  await using endpoint = await startEndpoint(() => {});
  const started = performance.now();
  const sample = await readOne(
    { connection: { url: endpoint.url, timeout: '200ms' } },
    { json: '$.n' },
  );
  expect(sample).toMatchObject({
    trust: 'missing',
    code: 'TIMED_OUT',
    because: expect.stringContaining('within 200 ms'),
  });
  expect(performance.now() - started).toBeLessThan(2000);
});

test('a body that stops in the middle costs its timeout too', async () => {
  await using endpoint = await startEndpoint((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"n":');
  });
  const sample = await readOne(
    { connection: { url: endpoint.url, timeout: '200ms' } },
    { json: '$.n' },
  );
  expect(sample).toMatchObject({ trust: 'missing', code: 'TIMED_OUT' });
});

test('the end of the tick ends a request before its own timeout', async () => {
  await using endpoint = await startEndpoint(() => {});
  const started = performance.now();
  const sample = await readOne(
    { connection: { url: endpoint.url, timeout: '30s' }, signal: AbortSignal.timeout(100) },
    { json: '$.n' },
  );
  expect(sample).toMatchObject({ trust: 'missing', code: 'TIMED_OUT' });
  expect(performance.now() - started).toBeLessThan(2000);
});

test('an endpoint that is not there is missing with the reason of the network', async () => {
  let url: string;
  {
    await using gone = await startEndpoint(() => {});
    url = gone.url;
  }
  const sample = await readOne({ connection: { url } }, { json: '$.n' });
  expect(sample).toMatchObject({
    trust: 'missing',
    code: 'UNREACHABLE',
    because: expect.stringContaining('ECONNREFUSED'),
  });
});

test.for([
  { name: 'plain', compressed: false },
  { name: 'compressed to a thousandth', compressed: true },
])('a huge answer is given up at 5 MB, $name', async ({ compressed }) => {
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024, ' ');
  await using endpoint = await startEndpoint((_, response) => {
    if (compressed) {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')));
      return;
    }
    const more = () => {
      while (!response.destroyed && sent < 1024 * 1024 * 1024) {
        sent += chunk.length;
        if (!response.write(chunk)) break;
      }
    };
    response.on('drain', more);
    more();
  });
  const sample = await readOne({ connection: { url: endpoint.url } }, { json: '$.n' });
  expect(sample).toMatchObject({ trust: 'missing', code: 'ANSWER_TOO_LARGE' });
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

test('a redirect to another host is refused and its target never sees the credentials', async () => {
  await using other = await startEndpoint(always('{"n": 1}'));
  await using endpoint = await startEndpoint((_, response) => {
    response.writeHead(302, { location: `${other.url}/stolen` }).end();
  });
  const sample = await readOne(
    { connection: { url: endpoint.url, bearer: 'env:TOKEN', followRedirects: true } },
    { json: '$.n' },
  );
  expect(sample).toMatchObject({
    trust: 'missing',
    code: 'REDIRECTED',
    because: expect.stringContaining(`redirect to ${other.url}/stolen`),
  });
  expect(other.asked).toHaveLength(0);
});

test.for([
  { followRedirects: true, sample: fresh(5) },
  { followRedirects: false, sample: { trust: 'missing', code: 'REDIRECTED' } },
])('a redirect on the same host with followRedirects: $followRedirects', async (row) => {
  await using endpoint = await startEndpoint((request, response) => {
    if (request.url === '/new') response.end('{"n": 5}');
    else response.writeHead(301, { location: '/new' }).end();
  });
  const sample = await readOne(
    { connection: { url: endpoint.url, followRedirects: row.followRedirects } },
    { json: '$.n' },
  );
  expect(sample).toMatchObject(row.sample);
});

test('a redirect in a circle ends', async () => {
  await using endpoint = await startEndpoint((_, response) => {
    response.writeHead(302, { location: '/again' }).end();
  });
  const sample = await readOne(
    { connection: { url: endpoint.url, followRedirects: true } },
    { json: '$.n' },
  );
  expect(sample).toMatchObject({ trust: 'missing', code: 'REDIRECTED' });
  expect(endpoint.asked).toHaveLength(6);
});
