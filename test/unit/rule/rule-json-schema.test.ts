import { describe, expect, test } from 'vitest';

import { parseRule, ruleJsonSchema } from '../../../lib/rule/parse-rule.ts';
import { accepts } from '../../support/json-schema.ts';
import { presentRuleSchema, writtenRuleSchema } from '../../support/rule-schema-file.ts';
import { complete, connections, smallest, vocabulary } from './vocabulary.ts';

const schema = ruleJsonSchema(vocabulary);
const day = { days: 'mon-fri', from: '08:00', to: '18:00', min: 3 };

describe('the JSON Schema of rules', () => {
  test.for([
    { name: 'the smallest rule', rule: smallest },
    { name: 'the complete rule', rule: complete },
    { name: 'a tolerance for both directions', rule: { ...smallest, tolerance: 0.1 } },
    {
      name: 'days as a list',
      rule: { ...smallest, windows: [{ ...day, days: ['mon', 'wed-fri'] }] },
    },
    {
      name: 'several containers',
      rule: { ...smallest, workload: { containers: [{ name: 'a', image: 'b' }] } },
    },
  ])('accepts $name, as parsing does', ({ rule }) => {
    expect(accepts(schema, { id: 'orders', ...rule })).toBe(true);
    expect(parseRule('orders', rule, vocabulary, connections).ok).toBe(true);
  });

  test.for([
    { name: 'no id', rule: { id: undefined } },
    { name: 'no target', rule: { target: undefined } },
    { name: 'an unknown attribute', rule: { inteval: '15s' } },
    { name: 'an unknown kind', rule: { target: { ...smallest.target, kind: 'kubernets' } } },
    {
      name: 'an attribute of another kind',
      rule: { metrics: { a: { kind: 'clock', topic: 'x' } } },
    },
    { name: 'a bare number for a length of time', rule: { idle: 300 } },
    { name: 'an unknown unit', rule: { idle: '300S' } },
    { name: 'a string where a list is meant', rule: { windows: 'office-hours' } },
    { name: 'a negative number of replicas', rule: { replicas: -1 } },
    { name: 'an override without an end', rule: { override: { pin: 1, by: 'a', why: 'b' } } },
    {
      name: 'a name that no expression could use',
      rule: { metrics: { 'a-b': { kind: 'clock' } } },
    },
    { name: 'too many windows', rule: { windows: Array.from({ length: 51 }, () => day) } },
  ])('refuses $name', ({ rule }) => {
    const written = { id: 'orders', ...smallest, ...rule };
    expect(accepts(schema, JSON.parse(JSON.stringify(written)))).toBe(false);
  });

  test('describes every attribute, so that an editor can show it', () => {
    expect(silentIn(schema, '')).toEqual([]);
  });

  test('in docs/ is of this version (else run node test/support/rule-schema-file.ts)', () => {
    expect(writtenRuleSchema()).toEqual(presentRuleSchema());
  });
});

/** Attributes of which a schema says nothing in words. */
function silentIn(node: unknown, at: string): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, below]) => {
    const attributes = key === 'properties' ? Object.entries(below as object) : [];
    const silent = attributes
      .filter(
        ([name, field]) => name !== 'kind' && !JSON.stringify(field).includes('"description"'),
      )
      .map(([name]) => `${at}/${name}`);
    return silent.concat(silentIn(below, `${at}/${key}`));
  });
}
