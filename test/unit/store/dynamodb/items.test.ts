import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { epochMillis } from '../../../../lib/model/units.ts';
import {
  boundStatus,
  fromMemoryItem,
  fromRuleItem,
  toAuditItem,
  toMemoryItem,
} from '../../../../lib/store/dynamodb/items.ts';
import type { MemoryWrite } from '../../../../lib/store/memory-store.ts';

const NOW = epochMillis(1_763_700_000_000);

test('whatever is written of a scalable is read again', () => {
  const write = fc.record({
    slot: fc.nat({ max: 255 }),
    key: fc.string({ minLength: 1 }),
    expected: fc.nat(),
    memory: fc.string(),
    intent: fc.option(
      fc.record({
        decision: fc.string({ minLength: 1 }),
        deadline: fc.nat().map(epochMillis),
        entry: fc.string(),
      }),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(write, (each: MemoryWrite) => {
      const { expected, memory, intent } = each;
      expect(fromMemoryItem(toMemoryItem(each, 'w'))).toEqual({
        version: expected + 1,
        memory,
        intent,
      });
    }),
  );
});

test('an idle scalable takes less than 100 bytes beside its key and its memory', () => {
  const item = toMemoryItem(
    { slot: 255, key: '', expected: 1_000_000, memory: '', intent: undefined },
    'zzzzzzzz',
  );
  // DynamoDB counts names and values in UTF-8, at most 21 bytes a number, and 100 for the item.
  const bytes = Object.entries(item).reduce(
    (sum, [name, value]) => sum + name.length + (typeof value === 'string' ? value.length : 21),
    0,
  );
  expect(bytes).toBeLessThan(100);
});

test('only an audit entry carries the attribute that DynamoDB deletes by, in seconds', () => {
  const entry = { decision: 'd', scalable: 'orders', at: NOW, body: '{}' };
  expect(toAuditItem(entry)['expiresAt']).toBe(NOW / 1000 + 90 * 86_400);
  const intent = { decision: 'd', deadline: NOW, entry: '{}' };
  const write = { slot: 0, key: 'orders', expected: 0, memory: '{}', intent };
  expect(toMemoryItem(write, 'w')).not.toHaveProperty('expiresAt');
});

describe('the status on a rule', () => {
  test('keeps the first 20 errors, says how many more there were, and cuts long ones', () => {
    const errors = Array.from({ length: 5000 }, (_, index) => ({
      path: `windows[${index}]`,
      message: 'x'.repeat(2000),
    }));
    const kept = boundStatus({ state: 'invalid', since: NOW, of: 'h', errors });
    if (kept.state !== 'invalid') throw new Error('expected an invalid one');
    expect(kept.errors).toHaveLength(21);
    expect(kept.errors[0]?.message).toHaveLength(500);
    expect(kept.errors[20]).toEqual({ path: '', message: 'and 4980 more' });
    expect(JSON.stringify(kept).length).toBeLessThan(16_000);
  });

  test.for<{ name: string; status: unknown }>([
    { name: 'a text', status: 'valid' },
    { name: 'a map of somebody’s own', status: { phase: 'ok' } },
    { name: 'a list', status: [] },
    { name: 'nothing', status: null },
    { name: 'a hash that is none', status: { state: 'valid', of: 5 } },
  ])('is none where a person wrote $name there', ({ status }) => {
    expect(fromRuleItem({ id: 'a', status }).status).toBeUndefined();
  });

  test('differs from every right one where a person spoiled it, so that it is replaced', () => {
    const status = { state: 'fine', since: 'now', of: 'h', errors: [1] };
    expect(fromRuleItem({ id: 'a', status }).status).toEqual({
      state: 'invalid',
      since: 0,
      of: 'h',
      errors: [],
    });
  });
});
