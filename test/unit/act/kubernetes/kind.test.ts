import { describe, expect, test } from 'vitest';

import { kubernetes } from '../../../../lib/act/kubernetes/kind.ts';
import { matchesPattern } from '../../../../lib/rule/expand.ts';
import { INVALID, type Problem } from '../../../../lib/rule/schema.ts';

function parse(written: object) {
  const problems: Problem[] = [];
  const parsed = kubernetes.schema.parse(written, { path: 'target', problems });
  return { parsed, problems };
}

describe('the target of a rule', () => {
  test.for([
    {
      name: 'a Deployment where nothing else is said',
      written: { namespace: 'shop', name: 'orders' },
      selector: { resource: 'apps/v1/Deployment', namespace: 'shop', name: 'orders', labels: {} },
    },
    {
      name: 'a kind by its short name',
      written: { namespace: 'shop', name: 'store-*', resource: 'StatefulSet' },
      selector: { resource: 'apps/v1/StatefulSet', namespace: 'shop', name: 'store-*', labels: {} },
    },
    {
      name: 'a kind of the core group',
      written: { namespace: 'shop', name: 'old', resource: 'ReplicationController' },
      selector: {
        resource: 'v1/ReplicationController',
        namespace: 'shop',
        name: 'old',
        labels: {},
      },
    },
    {
      name: 'any other kind in full',
      written: { namespace: 'shop', name: 'canary', resource: 'argoproj.io/v1alpha1/Rollout' },
      selector: {
        resource: 'argoproj.io/v1alpha1/Rollout',
        namespace: 'shop',
        name: 'canary',
        labels: {},
      },
    },
    {
      name: 'whatever carries the labels',
      written: { namespace: 'shop', labels: { 'app.kubernetes.io/part-of': 'shop', tier: 'web' } },
      selector: {
        resource: 'apps/v1/Deployment',
        namespace: 'shop',
        name: '*',
        labels: { 'app.kubernetes.io/part-of': 'shop', tier: 'web' },
      },
    },
  ])('is $name', ({ written, selector }) => {
    const { parsed, problems } = parse(written);
    expect(problems).toEqual([]);
    expect(kubernetes.select(parsed as object)).toEqual(selector);
  });

  test.for([
    {
      name: 'neither name nor labels',
      written: { namespace: 'shop' },
      path: 'target',
      message: 'expected a name, labels or both, found neither',
    },
    {
      name: 'no labels in labels and no name',
      written: { namespace: 'shop', labels: {} },
      path: 'target',
      message: 'expected a name, labels or both, found neither',
    },
    {
      name: 'no namespace',
      written: { name: 'orders' },
      path: 'target.namespace',
      message: /^is required/,
    },
    {
      name: 'a resource without its version',
      written: { namespace: 'shop', name: 'a', resource: 'apps/Deployment' },
      path: 'target.resource',
      message: /group\/version\/Kind such as apps\/v1\/Deployment, found "apps\/Deployment"/,
    },
    {
      name: 'a resource by its plural',
      written: { namespace: 'shop', name: 'a', resource: 'deployments' },
      path: 'target.resource',
      message: /expected Deployment, StatefulSet/,
    },
    {
      name: 'a name that is a path',
      written: { namespace: 'shop', name: '../../secrets/x' },
      path: 'target.name',
      message: /lower-case letters/,
    },
    {
      name: 'a misspelt attribute',
      written: { namespace: 'shop', nmae: 'a', labels: { a: 'b' } },
      path: 'target.nmae',
      message: /did you mean "name"\?/,
    },
    {
      name: 'a label that is a query',
      written: { namespace: 'shop', labels: { 'a,b': 'c' } },
      path: 'target.labels["a,b"]',
      message: /expected a label as name/,
    },
    {
      name: 'a value of a label that is a list',
      written: { namespace: 'shop', labels: { a: 'b,c=d' } },
      path: 'target.labels.a',
      message: /expected the value of a label/,
    },
  ])('is refused with $name', ({ written, path, message }) => {
    const { parsed, problems } = parse(written);
    expect(parsed).toBe(INVALID);
    expect(problems).toEqual([{ path, message: expect.stringMatching(message) }]);
  });
});

describe('a pattern', () => {
  test.for([
    { pattern: 'orders', name: 'orders', fits: true },
    { pattern: 'orders', name: 'orders-2', fits: false },
    { pattern: 'shop-*', name: 'shop-', fits: true },
    { pattern: 'shop-*', name: 'shop', fits: false },
    { pattern: 'a*a', name: 'a', fits: false },
    { pattern: 'a*b*a', name: 'aba', fits: true },
    { pattern: 'a*b*a', name: 'aa', fits: false },
    { pattern: 'a*ba', name: 'aba', fits: true },
    { pattern: 'ab*ba', name: 'aba', fits: false },
    { pattern: '*x*x*', name: 'ax', fits: false },
    { pattern: '*x*x*', name: 'xax', fits: true },
    { pattern: 'v1.2-*', name: 'v112-a', fits: false },
    { pattern: '**', name: 'anything', fits: true },
  ])('$pattern fits $name: $fits', ({ pattern, name, fits }) => {
    expect(matchesPattern(pattern, name)).toBe(fits);
  });

  test('of many stars is decided in no time', () => {
    const began = performance.now();
    expect(matchesPattern(`${'*a'.repeat(100)}*b`, 'a'.repeat(253))).toBe(false);
    expect(performance.now() - began).toBeLessThan(100);
  });
});
