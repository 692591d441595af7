import { expect, test } from 'vitest';

import { expressionsOf } from '../../../lib/rule/expressions-of.ts';
import { ruleOf } from './parsing.ts';
import { complete, smallest } from './vocabulary.ts';

test('an exact wish is one expression, and both bounds are named by their defaults', () => {
  expect(expressionsOf(ruleOf(smallest))).toEqual([
    { path: 'replicas', source: '3', dimension: 'replicas' },
    { path: 'min', source: '0' },
    { path: 'max', source: '100' },
  ]);
});

test('a range has an expression for each end that is there', () => {
  const target = { kind: 'fly', connection: 'acme', name: 'a' };
  const rule = ruleOf({
    ...complete,
    workload: undefined,
    target,
    replicas: undefined,
    created: { min: 'x' },
    started: { min: 'y', max: 'z' },
  });
  expect(expressionsOf(rule)).toEqual([
    { path: 'created.min', source: 'x', dimension: 'created' },
    { path: 'started.min', source: 'y', dimension: 'started' },
    { path: 'started.max', source: 'z', dimension: 'started' },
    { path: 'min', source: '1' },
    { path: 'max', source: 'min(20, orders.partitions)' },
  ]);
});
