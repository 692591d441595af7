import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Target } from '../../../../lib/model/target.ts';
import { addressOf, relativePath, shownAddress } from '../../../../lib/observe/http/address.ts';
import { HttpSourceError } from '../../../../lib/observe/http/errors.ts';
import { INVALID, type Problem } from '../../../../lib/rule/schema.ts';

const target = (name: string, namespace = 'shop'): Target => ({
  kind: 'kubernetes',
  connection: 'prod',
  resource: '',
  namespace,
  name,
});

const BASE = 'http://stats.test:8080/api/v1';

const schema = relativePath('path');
const accepted = (path: string): boolean =>
  schema.parse(path, { path: 'metrics.m.path', problems: [] }) !== INVALID;

test.for([
  { path: '', href: 'http://stats.test:8080/api/v1' },
  { path: 'queues', href: 'http://stats.test:8080/api/v1/queues' },
  { path: '/queues/', href: 'http://stats.test:8080/api/v1/queues/' },
  { path: '/queues?state=ready&n=1', href: 'http://stats.test:8080/api/v1/queues?state=ready&n=1' },
  { path: '?state=ready', href: 'http://stats.test:8080/api/v1?state=ready' },
  { path: '/q/${TARGET_NAME}', href: 'http://stats.test:8080/api/v1/q/orders' },
  {
    path: '/${TARGET_NAMESPACE}/${TARGET_NAME}?app=${TARGET_NAME}',
    href: 'http://stats.test:8080/api/v1/shop/orders?app=orders',
  },
  { path: '/a%20b', href: 'http://stats.test:8080/api/v1/a%20b' },
])('the path "$path" is asked at $href', ({ path, href }) => {
  expect(addressOf(BASE, path, target('orders')).href).toBe(href);
});

test('queries of the connection and of the rule are joined, and left out of what is shown', () => {
  const address = addressOf('http://stats.test/x?key=k3y', '/y?a=1', target('orders'));
  expect(address.href).toBe('http://stats.test/x/y?key=k3y&a=1');
  expect(shownAddress(address)).toBe('http://stats.test/x/y');
});

test.for([
  'http://evil.test/',
  'HTTPS://evil.test',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '//evil.test/',
  '/a//evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  '@evil.test/',
  '/user@evil.test',
  ':80@evil.test/',
  '..',
  '/..',
  '/../admin',
  '/a/../../admin',
  '/./admin',
  '/%2e%2e/admin',
  '/.%2E/admin',
  '/a/%2E%2e',
  '/a%2f..%2fadmin',
  '/a%5c..%5cadmin',
  '/.\t./admin',
  '/.\n./admin',
  '\t//evil.test',
  '/ space',
  '/a#fragment',
  '/${TARGET_HOST}',
  '/${TARGET_NAME',
  '/%zz',
  '/ü',
  '/a\0b',
])('a rule with the path %j is refused', (path) => {
  expect(accepted(path)).toBe(false);
});

test('the refusal says what a rule can do instead', () => {
  const problems: Problem[] = [];
  schema.parse('//evil.test/', { path: 'metrics.m.path', problems });
  expect(problems).toEqual([
    {
      path: 'metrics.m.path',
      message:
        'expected a path relative to the connection\'s URL, found "//evil.test/"; a rule cannot name another host',
    },
  ]);
});

test.for([
  { name: '../../admin', href: `${BASE}/q/..%2F..%2Fadmin` },
  { name: 'a?b=c', href: `${BASE}/q/a%3Fb%3Dc` },
  { name: 'a#b', href: `${BASE}/q/a%23b` },
  { name: '@evil.test', href: `${BASE}/q/%40evil.test` },
  { name: 'ü \\', href: `${BASE}/q/%C3%BC%20%5C` },
  { name: '\ud800', href: `${BASE}/q/%EF%BF%BD` },
])('a target called $name is only ever data in the path', ({ name, href }) => {
  expect(addressOf(BASE, '/q/${TARGET_NAME}', target(name)).href).toBe(href);
});

test.for(['.', '..'])('a target called %s cannot walk up', (name) => {
  expect(() => addressOf(BASE, '/q/${TARGET_NAME}', target(name))).toThrow(
    expect.objectContaining({ code: 'PATH_REFUSED' }),
  );
});

test('no accepted path and no target name leave the host and the path of the connection', () => {
  const texts = '/ . .. %2e %2f \\ @ : // ? # a ${TARGET_NAME} \t ; & %'.split(' ');
  const pieces = fc.array(fc.constantFrom(...texts), { maxLength: 8 });
  const anyText = pieces.map((parts) => parts.join(''));
  const leaves = (path: string, name: string): boolean => {
    try {
      const { origin, pathname, username } = addressOf(BASE, path, target(name));
      const inPlace = pathname === '/api/v1' || pathname.startsWith('/api/v1/');
      return origin !== 'http://stats.test:8080' || !inPlace || username !== '';
    } catch (error) {
      if (error instanceof HttpSourceError && error.code === 'PATH_REFUSED') return false;
      throw error;
    }
  };
  fc.assert(
    fc.property(anyText, fc.oneof(fc.string(), anyText), (path, name) => {
      expect(accepted(path) && leaves(path, name)).toBe(false);
    }),
    { numRuns: 2000 },
  );
  // Without the check of the rule the address itself still keeps its place.
  fc.assert(
    fc.property(anyText, anyText, (path, name) => {
      expect(leaves(path, name)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
