import { describe, expect, test } from 'vitest';

import { epochMillis } from '../../lib/model/units.ts';
import { MAX_ENTRY_BYTES, MAX_MEMORY_BYTES } from '../../lib/store/limits.ts';
import type { MemoryStore, MemoryWrite } from '../../lib/store/memory-store.ts';

const { signal } = new AbortController();

const write = (change: Partial<MemoryWrite> = {}): MemoryWrite => ({
  slot: 3,
  key: 'orders',
  expected: 0,
  memory: '{"smoothed":2.5}',
  intent: undefined,
  ...change,
});

const INTENT = {
  decision: '01JD2M0000-orders',
  deadline: epochMillis(1_763_700_060_000),
  entry: '{"from":1,"to":2}',
};

/** What every memory store promises. `open` gives an empty one. */
export function memoryStoreContract(name: string, open: () => Promise<MemoryStore>): void {
  describe(`memory store: ${name}`, () => {
    test('a slot nobody wrote to is empty', async () => {
      expect(await (await open()).readSlot(7, signal)).toEqual(new Map());
    });

    test.for([
      { name: 'a memory', memory: '{"a":[1,2],"ü":"€"}', intent: undefined },
      { name: 'no memory', memory: '', intent: undefined },
      { name: 'a memory with an intent', memory: '{}', intent: INTENT },
      { name: 'an intent without memory', memory: '', intent: INTENT },
    ])('$name is read as it was written', async ({ memory, intent }) => {
      const store = await open();
      expect(await store.write(write({ memory, intent }), signal)).toBe(true);
      expect(await store.readSlot(3, signal)).toEqual(
        new Map([['orders', { version: 1, memory, intent }]]),
      );
    });

    test('each write adds one to the version and replaces memory and intent', async () => {
      const store = await open();
      await store.write(write({ intent: INTENT }), signal);
      expect(await store.write(write({ expected: 1, memory: '' }), signal)).toBe(true);
      expect(await store.readSlot(3, signal)).toEqual(
        new Map([['orders', { version: 2, memory: '', intent: undefined }]]),
      );
    });

    test.for([
      { name: 'there is one already', expected: 0 },
      { name: 'another was faster', expected: 1 },
      { name: 'a version was never reached', expected: 3 },
    ])('a write is lost and changes nothing where $name', async ({ expected }) => {
      const store = await open();
      await store.write(write(), signal);
      await store.write(write({ expected: 1, memory: 'second' }), signal);
      expect(await store.write(write({ expected, memory: 'lost' }), signal)).toBe(false);
      expect(await store.readSlot(3, signal)).toEqual(
        new Map([['orders', { version: 2, memory: 'second', intent: undefined }]]),
      );
    });

    test('a version of a scalable that was never written is a lost write', async () => {
      const store = await open();
      expect(await store.write(write({ expected: 1 }), signal)).toBe(false);
      expect(await store.readSlot(3, signal)).toEqual(new Map());
    });

    test.for([0, 1])('of 20 that write at version %i one wins', async (expected) => {
      const store = await open();
      if (expected === 1) await store.write(write(), signal);
      const wins = await Promise.all(
        Array.from({ length: 20 }, () => store.write(write({ expected, memory: 'same' }), signal)),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect((await store.readSlot(3, signal)).get('orders')?.version).toBe(expected + 1);
    });

    test('what is forgotten is gone, and begins again at version 1', async () => {
      const store = await open();
      await store.write(write(), signal);
      expect(await store.forget({ slot: 3, key: 'orders' }, 1, signal)).toBe(true);
      expect(await store.readSlot(3, signal)).toEqual(new Map());
      expect(await store.write(write(), signal)).toBe(true);
    });

    test('what was written since is not forgotten', async () => {
      const store = await open();
      await store.write(write(), signal);
      await store.write(write({ expected: 1 }), signal);
      expect(await store.forget({ slot: 3, key: 'orders' }, 1, signal)).toBe(false);
      expect((await store.readSlot(3, signal)).get('orders')?.version).toBe(2);
    });

    test('the same key in two slots is two memories', async () => {
      const store = await open();
      await store.write(write({ slot: 1, memory: 'one' }), signal);
      await store.write(write({ slot: 11, memory: 'eleven' }), signal);
      expect((await store.readSlot(1, signal)).get('orders')?.memory).toBe('one');
      expect((await store.readSlot(11, signal)).get('orders')?.memory).toBe('eleven');
    });

    test('keys may hold what names of targets hold', async () => {
      const store = await open();
      const keys = ['shop/kubernetes:prod/shop/orders', 'shop#1', 'größe', 'a b'];
      for (const key of keys) await store.write(write({ key }), signal);
      expect([...(await store.readSlot(3, signal)).keys()].toSorted()).toEqual(keys.toSorted());
    });

    test('a slot of several megabytes is read whole', async () => {
      const store = await open();
      const memory = 'm'.repeat(MAX_MEMORY_BYTES);
      const keys = Array.from({ length: 300 }, (_, index) => `rule-${index}`);
      for (let from = 0; from < keys.length; from += 25) {
        const batch = keys.slice(from, from + 25);
        await Promise.all(batch.map((key) => store.write(write({ key, memory }), signal)));
      }
      expect((await store.readSlot(3, signal)).size).toBe(300);
    });

    test('a memory above 8 KB is refused with the name of its scalable, and nothing is written', async () => {
      const store = await open();
      // One more than allowed in UTF-8, far fewer in characters.
      const memory = `${'€'.repeat(Math.floor(MAX_MEMORY_BYTES / 3))}xxx`;
      await expect(store.write(write({ memory }), signal)).rejects.toMatchObject({
        code: 'ITEM_TOO_LARGE',
        retry: 'never',
        message: expect.stringMatching(/memory of orders has 8193 bytes, and at most 8192/),
      });
      expect(await store.readSlot(3, signal)).toEqual(new Map());
    });

    test('an audit entry too long for an intent is refused before it is one', async () => {
      const store = await open();
      const intent = { ...INTENT, entry: 'e'.repeat(MAX_ENTRY_BYTES + 1) };
      await expect(store.write(write({ intent }), signal)).rejects.toMatchObject({
        code: 'ITEM_TOO_LARGE',
        message: expect.stringContaining('audit entry of orders'),
      });
    });

    test('whoever asks when their time is over gets an error, never an empty slot', async () => {
      const store = await open();
      const over = AbortSignal.abort();
      await expect(store.readSlot(3, over)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
      await expect(store.write(write(), over)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
      expect(await store.readSlot(3, signal)).toEqual(new Map());
    });
  });
}
