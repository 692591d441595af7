import { describe, expect, test } from 'vitest';

import { parseConnections } from '../../../lib/rule/parse-connections.ts';
import { vocabulary } from './vocabulary.ts';

const CANARY = 'canary-hunter2-canary';

function problemsOf(input: unknown): readonly string[] {
  const attempt = parseConnections(input, vocabulary);
  return attempt.ok ? [] : attempt.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('a secret in connections.yml', () => {
  const basic = { username: 'ann', password: CANARY };
  test.for([
    { name: 'as a password', written: { kind: 'http', url: 'http://a', basic } },
    { name: 'as a bearer token', written: { kind: 'http', url: 'http://a', bearer: CANARY } },
    { name: 'within a URL', written: { kind: 'http', url: `https://ann:${CANARY}@a` } },
    { name: 'in the place of a list', written: { kind: 'process', command: `serve ${CANARY}` } },
    { name: 'in the place of a kind', written: { kind: CANARY } },
    {
      name: 'in the place of a mechanism',
      written: { kind: 'kafka', sasl: { mechanism: CANARY } },
    },
    { name: 'in the place of a time', written: { kind: 'kubernetes', eks: 'a', timeout: CANARY } },
    {
      name: 'in the place of a flag',
      written: { kind: 'http', url: 'http://a', followRedirects: CANARY },
    },
    { name: 'as a broker', written: { kind: 'kafka', brokers: [`${CANARY}@a:1`] } },
    { name: 'as an unknown attribute', written: { kind: 'kubernetes', eks: 'a', token: CANARY } },
    { name: 'in the place of a connection', written: CANARY },
    { name: 'in a list', written: [CANARY] },
  ])('$name is refused without being repeated', ({ written }) => {
    const attempt = parseConnections({ c: written }, vocabulary);
    expect(attempt.ok).toBe(false);
    expect(JSON.stringify(attempt)).not.toContain('canary');
  });

  test('is not repeated when it is the whole file', () => {
    expect(problemsOf(CANARY)).toEqual([': expected a map, found a text of 21 characters']);
  });

  test.for(['env:', 'env: A', 'ssm', 'vault:a', 'secretsmanager:#key', ''])(
    'is no reference as %j',
    (password) => {
      const sasl = { mechanism: 'plain', username: 'a', password };
      expect(problemsOf({ c: { kind: 'kafka', brokers: ['a:1'], sasl } })).toEqual([
        'c.sasl.password: expected a reference to a secret (env:NAME, ssm:/path or secretsmanager:id), found something else, which is not shown because it may be the secret',
      ]);
    },
  );
});
