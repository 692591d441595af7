import { describe, expect, test } from 'vitest';

import type { LastGoodStore } from '../../lib/store/last-good.ts';

const { signal } = new AbortController();
const RULE = { target: { kind: 'kubernetes', name: 'orders' }, replicas: 'ceil(lag / 10)', min: 0 };

/** What every store of last good versions promises. `open` gives an empty one. */
export function lastGoodContract(name: string, open: () => Promise<LastGoodStore>): void {
  describe(`last good versions: ${name}`, () => {
    test('a rule that never was valid has none', async () => {
      expect(await (await open()).get('orders', signal)).toBeUndefined();
    });

    test('a version is read as it was written, and a later one replaces it', async () => {
      const store = await open();
      await store.put('orders', RULE, signal);
      expect(await store.get('orders', signal)).toEqual(RULE);
      await store.put('orders', { replicas: '1' }, signal);
      await store.put('orders', { replicas: '1' }, signal);
      expect(await store.get('orders', signal)).toEqual({ replicas: '1' });
    });

    test('each rule has its own, and removing one twice is no error', async () => {
      const store = await open();
      await store.put('orders', RULE, signal);
      await store.put('mails', { replicas: '2' }, signal);
      await store.remove('orders', signal);
      await store.remove('orders', signal);
      expect(await store.get('orders', signal)).toBeUndefined();
      expect(await store.get('mails', signal)).toEqual({ replicas: '2' });
    });

    test('whoever asks when their time is over gets an error, never "there is none"', async () => {
      const store = await open();
      await expect(store.get('orders', AbortSignal.abort())).rejects.toMatchObject({
        code: 'STORE_UNREACHABLE',
      });
    });
  });
}
