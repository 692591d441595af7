import { expect, test } from 'vitest';

import { moveUrls, urlsOf } from '../../../lib/cli/session.ts';

const CONNECTIONS = {
  queue: { kind: 'http', url: 'http://127.0.0.1:8787' },
  prom: { kind: 'http', url: 'http://prom.test', bearer: 'env:T' },
  workers: { kind: 'process', command: ['true'] },
  broken: 'not a map',
};

test('URLs of connections are found wherever they stand', () => {
  expect(urlsOf(CONNECTIONS)).toEqual(['http://127.0.0.1:8787', 'http://prom.test']);
});

test.for([null, undefined, 'text', 3, []])('%j has no URLs and is left as it is', (connections) => {
  expect(urlsOf(connections)).toEqual([]);
  expect(moveUrls(connections, {})).toBe(connections);
});

test('only what is served elsewhere is moved, and the rest of it stays', () => {
  const moved = { 'http://127.0.0.1:8787': 'http://127.0.0.1:8790' };
  expect(moveUrls(CONNECTIONS, moved)).toEqual({
    ...CONNECTIONS,
    queue: { kind: 'http', url: 'http://127.0.0.1:8790' },
  });
});
