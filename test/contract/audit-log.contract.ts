import { describe, expect, test } from 'vitest';

import { type EpochMillis, epochMillis } from '../../lib/model/units.ts';
import type { AuditEntry, AuditLog } from '../../lib/store/audit-log.ts';
import { MAX_ENTRY_BYTES } from '../../lib/store/limits.ts';

const NOW = 1_763_700_000_000;
const DAY = 86_400_000;
const { signal } = new AbortController();

const entry = (index: number, change: Partial<AuditEntry> = {}): AuditEntry => ({
  decision: `01JD-${String(index).padStart(6, '0')}`,
  scalable: 'orders',
  at: epochMillis(NOW + index),
  body: `{"to":${index}}`,
  ...change,
});

/** What every audit log promises. `open` gives an empty one that tells the time by `now`. */
export function auditLogContract(
  name: string,
  open: (now: () => EpochMillis) => Promise<AuditLog>,
): void {
  const openAt = (now: number) => open(() => epochMillis(now));

  describe(`audit log: ${name}`, () => {
    test('a scalable without changes has no history', async () => {
      expect(await (await openAt(NOW)).list('orders', 10, signal)).toEqual([]);
    });

    test('entries come newest first, however they were written', async () => {
      const log = await openAt(NOW);
      for (const index of [2, 1, 3]) await log.append(entry(index), signal);
      expect(await log.list('orders', 10, signal)).toEqual([entry(3), entry(2), entry(1)]);
    });

    test('at most as many entries as asked for, the newest ones', async () => {
      const log = await openAt(NOW);
      for (const index of [1, 2, 3]) await log.append(entry(index), signal);
      expect(await log.list('orders', 2, signal)).toEqual([entry(3), entry(2)]);
      expect(await log.list('orders', 0, signal)).toEqual([]);
    });

    test('a decision is written once: again changes nothing and is no error', async () => {
      const log = await openAt(NOW);
      await log.append(entry(1), signal);
      await log.append(entry(1, { body: 'of a later try', at: epochMillis(NOW + 5000) }), signal);
      expect(await log.list('orders', 10, signal)).toEqual([entry(1)]);
    });

    test('of 10 that write the same decision at once all succeed and one entry is kept', async () => {
      const log = await openAt(NOW);
      await Promise.all(Array.from({ length: 10 }, () => log.append(entry(1), signal)));
      expect(await log.list('orders', 10, signal)).toEqual([entry(1)]);
    });

    test('each scalable has its own history', async () => {
      const log = await openAt(NOW);
      await log.append(entry(1), signal);
      await log.append(entry(1, { scalable: 'orders/eu' }), signal);
      expect(await log.list('orders', 10, signal)).toEqual([entry(1)]);
      expect(await log.list('orders/eu', 10, signal)).toEqual([
        entry(1, { scalable: 'orders/eu' }),
      ]);
    });

    test.for([
      { name: 'is listed for 90 days', age: 90 * DAY - 1000, kept: true },
      {
        name: 'is listed no more after 90 days, deleted or not',
        age: 90 * DAY + 1000,
        kept: false,
      },
    ])('an entry $name', async ({ age, kept }) => {
      const log = await openAt(NOW);
      const old = entry(1, { at: epochMillis(NOW - age) });
      await log.append(old, signal);
      await log.append(entry(2), signal);
      expect(await log.list('orders', 10, signal)).toEqual(kept ? [entry(2), old] : [entry(2)]);
    });

    test('a history of more than one page is listed whole', async () => {
      const log = await openAt(NOW);
      const body = 'b'.repeat(50_000);
      const all = Array.from({ length: 30 }, (_, index) => entry(index, { body }));
      await Promise.all(all.map((each) => log.append(each, signal)));
      expect((await log.list('orders', 30, signal)).map(({ decision }) => decision)).toEqual(
        all.map(({ decision }) => decision).toReversed(),
      );
    });

    test('an entry too long to keep is refused with the name of its scalable', async () => {
      const log = await openAt(NOW);
      const body = 'b'.repeat(MAX_ENTRY_BYTES + 1);
      await expect(log.append(entry(1, { body }), signal)).rejects.toMatchObject({
        code: 'ITEM_TOO_LARGE',
        message: expect.stringContaining('orders'),
      });
    });

    test('whoever asks when their time is over gets an error, never an empty history', async () => {
      const log = await openAt(NOW);
      await expect(log.list('orders', 10, AbortSignal.abort())).rejects.toMatchObject({
        code: 'STORE_UNREACHABLE',
      });
    });
  });
}
