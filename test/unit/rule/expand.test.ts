import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isMany, matchesPattern, scalableKey } from '../../../lib/rule/expand.ts';

/** The same meaning by a regular expression, which is easy to trust and unsafe for hostile patterns. */
function byRegExp(pattern: string, name: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replaceAll('.', String.raw`\.`));
  return new RegExp(`^${escaped.join('.*')}$`, 'su').test(name);
}

describe('a pattern', () => {
  test.for([
    { pattern: '*', name: '', matches: true },
    { pattern: '*', name: 'shop', matches: true },
    { pattern: '', name: '', matches: true },
    { pattern: '', name: 'shop', matches: false },
    { pattern: 'my-app', name: 'my-app', matches: true },
    { pattern: 'my-app', name: 'My-app', matches: false },
    { pattern: 'my-app', name: 'my-apps', matches: false },
    { pattern: 'a-*', name: 'a-', matches: true },
    { pattern: 'a-*', name: 'a-1', matches: true },
    { pattern: 'a-*', name: 'xa-1', matches: false },
    { pattern: '*-a', name: 'x-a', matches: true },
    { pattern: '*-a', name: 'x-ab', matches: false },
    { pattern: 'my-*-app', name: 'my-x-app', matches: true },
    { pattern: 'my-*-app', name: 'my-app', matches: false },
    { pattern: 'my-*-app', name: 'my--app', matches: true },
    { pattern: 'aba*aba', name: 'aba', matches: false },
    { pattern: 'a.b*', name: 'a.b1', matches: true },
    { pattern: 'a.b*', name: 'axb1', matches: false },
    { pattern: 'a**b', name: 'ab', matches: true },
    { pattern: '*b*b*', name: 'b', matches: false },
    { pattern: '*ab*', name: 'aab', matches: true },
    { pattern: '[x]*', name: 'x', matches: false },
    { pattern: '[x]*', name: '[x]y', matches: true },
    { pattern: 'a?', name: 'ab', matches: false },
  ])('$pattern on $name: $matches', ({ pattern, name, matches }) => {
    expect(matchesPattern(pattern, name)).toBe(matches);
  });

  test('means what the anchored expression with .* for every star means', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '*'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (written, name) => {
        expect(matchesPattern(written, name)).toBe(byRegExp(written, name));
      }),
      { numRuns: 5000 },
    );
  });

  test('matches what is made from it by filling its stars', () => {
    const parts = fc.array(fc.string(), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.array(fc.string()), (fixed, fill) => {
        const clean = fixed.map((part) => part.replaceAll('*', ''));
        const name = clean
          .map((part, at) => (at === 0 ? part : `${fill[at] ?? ''}${part}`))
          .join('');
        expect(matchesPattern(clean.join('*'), name)).toBe(true);
      }),
    );
  });

  test('that would take a backtracking expression for ever is answered', () => {
    expect(matchesPattern('a*'.repeat(5000) + 'b', 'a'.repeat(20_000))).toBe(false);
  });
});

describe('the key of a scalable', () => {
  const cart = { namespace: 'shop', name: 'cart' };
  test.for([
    { name: 'the rule where it has one target', target: cart, many: false, key: 'orders' },
    {
      name: 'rule and target where it has many',
      target: cart,
      many: true,
      key: 'orders/shop/cart',
    },
    {
      name: 'without a namespace where there is none',
      target: { namespace: '', name: 'a' },
      many: true,
      key: 'orders/a',
    },
  ])('is $name', ({ target, many, key }) => {
    expect(scalableKey('orders', target, many)).toBe(key);
  });

  test('differs between targets', () => {
    const part = fc.stringMatching(/^[a-z]{1,3}$/);
    fc.assert(
      fc.property(part, part, part, part, (ns1, n1, ns2, n2) => {
        const one = scalableKey('r', { namespace: ns1, name: n1 }, true);
        const other = scalableKey('r', { namespace: ns2, name: n2 }, true);
        expect(one === other).toBe(ns1 === ns2 && n1 === n2);
      }),
    );
  });

  test.for([
    { name: 'cart', labels: {}, many: false },
    { name: 'cart-*', labels: {}, many: true },
    { name: '', labels: {}, many: true },
    { name: 'cart', labels: { app: 'cart' }, many: true },
  ])('is of many for name "$name" and labels $labels: $many', ({ many, ...selector }) => {
    expect(isMany(selector)).toBe(many);
  });
});
