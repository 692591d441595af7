import { describe, expect, test } from 'vitest';

import { epochMillis } from '../../lib/model/units.ts';
import { contentHash } from '../../lib/rule/content-hash.ts';
import type { RuleItem, RuleStatus, RuleStore } from '../../lib/store/rule-store.ts';

const NOW = epochMillis(1_763_700_000_000);
const { signal } = new AbortController();

type Attributes = RuleItem['attributes'];

export interface RuleStoreSetting {
  readonly store: RuleStore;
  /** Changes or makes a rule behind the store's back and leaves its status, as in a console. */
  readonly edit: (id: string, attributes: Attributes) => Promise<void>;
  /** Deletes a rule behind the store's back. */
  readonly erase: (id: string) => Promise<void>;
}

const RULE: Attributes = {
  target: { kind: 'kubernetes', connection: 'prod', name: 'orders', labels: {} },
  metrics: { orders: { kind: 'kafka-lag', connection: 'main', topic: 'orders', group: 'g' } },
  replicas: 'ceil(orders.lag / 100)',
  min: 0,
  tolerance: 0.1,
  windows: [{ days: 'mon-fri', from: '08:00', to: '18:00', min: 3 }, { days: [] }],
  dryRun: false,
};

const valid = (attributes: Attributes, since = NOW): RuleStatus => ({
  state: 'valid',
  since,
  of: contentHash(attributes),
});
const invalid = (attributes: Attributes, message = 'expected a list'): RuleStatus => ({
  state: 'invalid',
  since: NOW,
  of: contentHash(attributes),
  errors: [{ path: 'windows', message }],
});

async function found(store: RuleStore, id = 'orders'): Promise<RuleItem> {
  const item = await store.get(id, signal);
  if (!item) throw new Error(`expected rule ${id} to be there`);
  return item;
}

/** What every rule store promises to whoever reads it. `open` gives one without rules. */
export function ruleStoreContract(name: string, open: () => Promise<RuleStoreSetting>): void {
  describe(`rule store: ${name}`, () => {
    test('without rules the list is empty and nothing is found', async () => {
      const { store } = await open();
      expect(await store.list(signal)).toEqual([]);
      expect(await store.get('orders', signal)).toBeUndefined();
    });

    test('rules are listed by id, with their attributes as they were written', async () => {
      const { store, edit } = await open();
      for (const id of ['b', 'a', 'c']) await edit(id, { ...RULE, max: id });
      const items = await store.list(signal);
      expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      expect(items[0]).toEqual({ id: 'a', attributes: { ...RULE, max: 'a' }, status: undefined });
      expect(await store.get('a', signal)).toEqual(items[0]);
    });

    test('a rule that was erased is gone', async () => {
      const { store, edit, erase } = await open();
      await edit('orders', RULE);
      await erase('orders');
      expect(await store.list(signal)).toEqual([]);
    });

    test.for([
      { name: 'valid', verdict: valid(RULE) },
      { name: 'invalid with its errors', verdict: invalid(RULE) },
    ])('a verdict is read with the rule: $name', async ({ verdict }) => {
      const { store, edit } = await open();
      await edit('orders', RULE);
      await store.report(await found(store), verdict, signal);
      expect(await found(store)).toEqual({ id: 'orders', attributes: RULE, status: verdict });
    });

    test('a later verdict replaces an earlier one', async () => {
      const { store, edit } = await open();
      await edit('orders', RULE);
      await store.report(await found(store), invalid(RULE), signal);
      await store.report(await found(store), valid(RULE), signal);
      expect((await found(store)).status).toEqual(valid(RULE));
    });

    test('no verdict is left of a rule that was deleted meanwhile', async () => {
      const { store, edit, erase } = await open();
      await edit('orders', RULE);
      const item = await found(store);
      await erase('orders');
      await store.report(item, valid(RULE), signal);
      expect(await store.list(signal)).toEqual([]);
    });

    test.for<{ name: string; edited: Attributes }>([
      { name: 'an attribute changed', edited: { ...RULE, min: 1 } },
      { name: 'one deep inside changed', edited: { ...RULE, windows: [{ days: [], min: 4 }] } },
      { name: 'an attribute more', edited: { ...RULE, maxx: 4 } },
      { name: 'an attribute less', edited: { replicas: RULE['replicas'] } },
    ])(
      'a verdict that crosses an edit does not count, and the next one does: $name',
      async (row) => {
        const { store, edit } = await open();
        await edit('orders', RULE);
        const before = await found(store);
        await edit('orders', row.edited);
        await store.report(before, valid(RULE), signal);
        const after = await found(store);
        expect(after.attributes).toEqual(row.edited);
        expect(after.status?.of).not.toBe(contentHash(row.edited));
        await store.report(after, invalid(row.edited), signal);
        expect((await found(store)).status).toEqual(invalid(row.edited));
      },
    );

    test('a late verdict does not undo one that was reached on a later edit', async () => {
      const { store, edit } = await open();
      await edit('orders', RULE);
      await store.report(await found(store), valid(RULE), signal);
      const late = await found(store);
      await edit('orders', { ...RULE, min: 'x' });
      await store.report(await found(store), invalid({ ...RULE, min: 'x' }), signal);
      await store.report(late, invalid(RULE, 'late'), signal);
      expect((await found(store)).status).toEqual(invalid({ ...RULE, min: 'x' }));
    });

    test('whoever asks when their time is over gets an error, never an empty list', async () => {
      const { store, edit } = await open();
      await edit('orders', RULE);
      await expect(store.list(AbortSignal.abort())).rejects.toMatchObject({
        code: 'STORE_UNREACHABLE',
      });
    });
  });
}

/** What a store promises beyond that when rules can also be written through it. */
export function writableRuleStoreContract(
  name: string,
  open: () => Promise<RuleStoreSetting>,
): void {
  describe(`rule store that is written to: ${name}`, () => {
    test('a rule is read as it was put, and put again it is replaced with its status', async () => {
      const { store } = await open();
      await store.put({ id: 'orders', attributes: RULE }, signal);
      await store.report(await found(store), valid(RULE), signal);
      await store.put({ id: 'orders', attributes: { replicas: '2' } }, signal);
      expect(await found(store)).toEqual({
        id: 'orders',
        attributes: { replicas: '2' },
        status: undefined,
      });
    });

    test('removing a rule twice is no error', async () => {
      const { store } = await open();
      await store.put({ id: 'orders', attributes: RULE }, signal);
      await store.remove('orders', signal);
      await store.remove('orders', signal);
      expect(await store.list(signal)).toEqual([]);
    });

    test('the same verdict again writes nothing, so that the stream does not go round', async () => {
      const { store } = await open();
      await store.put({ id: 'orders', attributes: RULE }, signal);
      await store.report(await found(store), invalid(RULE), signal);
      const later = epochMillis(NOW + 60_000);
      await store.report(await found(store), { ...invalid(RULE), since: later }, signal);
      expect((await found(store)).status?.since).toBe(NOW);
    });
  });
}
