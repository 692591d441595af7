import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { epochMillis, later, millis } from '../../lib/model/units.ts';
import type { Lease, LeaseAttempt, LeaseStore } from '../../lib/store/lease-store.ts';

const NOW = epochMillis(1_763_700_000_000);
const { signal } = new AbortController();
const at = (offset: number) => epochMillis(NOW + offset);

/** Asks for the lease `leader`, `offset` ms after NOW, for `duration` ms. */
const ask = (store: LeaseStore, owner: string, offset = 0, duration = 1000) =>
  askFor('leader', store, { owner, offset, duration });

const askFor = (
  name: string,
  store: LeaseStore,
  { owner, offset = 0, duration = 1000 }: { owner: string; offset?: number; duration?: number },
) => store.acquire({ name, owner, duration: millis(duration), now: at(offset) }, signal);

function held(attempt: LeaseAttempt): Lease {
  if (!attempt.held) throw new Error(`expected the lease, ${attempt.owner} has it`);
  return attempt.lease;
}

/** What every lease store promises. `open` gives one without leases. */
export function leaseStoreContract(name: string, open: () => Promise<LeaseStore>): void {
  describe(`lease store: ${name}`, () => {
    test('the first to ask gets the lease and token 1', async () => {
      const store = await open();
      expect(await ask(store, 'a')).toEqual({
        held: true,
        lease: { name: 'leader', owner: 'a', token: 1, expiresAt: at(1000), before: undefined },
      });
    });

    test('whoever asks for a held lease is told who has it and until when', async () => {
      const store = await open();
      await ask(store, 'a');
      expect(await ask(store, 'b', 999)).toEqual({ held: false, owner: 'a', expiresAt: at(1000) });
    });

    test('asking again as the owner extends the lease and keeps the token', async () => {
      const store = await open();
      await ask(store, 'a');
      expect(held(await ask(store, 'a', 400))).toMatchObject({ token: 1, expiresAt: at(1400) });
      expect(await ask(store, 'b', 1200)).toMatchObject({ held: false, expiresAt: at(1400) });
    });

    test('asking again for a shorter time takes nothing away', async () => {
      const store = await open();
      await ask(store, 'a', 0, 1000);
      expect(held(await ask(store, 'a', 1, 10)).expiresAt).toBe(at(1000));
    });

    test('a lease is free at the very moment it ends', async () => {
      const store = await open();
      await ask(store, 'a', 0, 1000);
      expect(held(await ask(store, 'b', 1000))).toMatchObject({ owner: 'b', token: 2 });
    });

    test('an owner that comes back too late gets a new token, for another may have been there', async () => {
      const store = await open();
      await ask(store, 'a', 0, 1000);
      expect(held(await ask(store, 'a', 5000)).token).toBe(2);
    });

    test('a released lease is free at once, and its token is not given again', async () => {
      const store = await open();
      await store.release(held(await ask(store, 'a')), at(10), signal);
      expect(held(await ask(store, 'b', 10)).token).toBe(2);
    });

    test('a lease that passed to another is not released by its former owner', async () => {
      const store = await open();
      const former = held(await ask(store, 'a', 0, 10));
      await ask(store, 'b', 20);
      await store.release(former, at(30), signal);
      expect(await ask(store, 'c', 30)).toMatchObject({ held: false, owner: 'b' });
    });

    test('a worker that slept does not release the later lease of its own name', async () => {
      const store = await open();
      const former = held(await ask(store, 'a', 0, 10));
      await ask(store, 'a', 20);
      await store.release(former, at(30), signal);
      expect(await ask(store, 'b', 30)).toMatchObject({ held: false, owner: 'a' });
    });

    test('releasing twice, late or before any lease was taken changes nothing', async () => {
      const store = await open();
      const never = {
        name: 'leader',
        owner: 'a',
        token: 1,
        expiresAt: at(9),
        before: undefined,
      };
      await store.release(never, at(0), signal);
      const lease = held(await ask(store, 'a'));
      await store.release(lease, at(10), signal);
      await store.release(lease, at(5), signal);
      await store.release(lease, at(20_000), signal);
      expect(held(await ask(store, 'b', 10)).token).toBe(2);
    });

    test('leases of different names know nothing of each other', async () => {
      const store = await open();
      await askFor('controller/x', store, { owner: 'a' });
      expect(held(await askFor('controller/y', store, { owner: 'b' })).token).toBe(1);
    });

    test('a lease tells when it was acquired before, by whomever, extensions included', async () => {
      const store = await open();
      expect(held(await ask(store, 'a', 0)).before).toBeUndefined();
      expect(held(await ask(store, 'a', 300)).before).toBe(at(0));
      await ask(store, 'b', 400);
      expect(held(await ask(store, 'b', 2000)).before).toBe(at(300));
    });

    test('the same request twice is one, for a client that lost the first answer sends it again', async () => {
      const store = await open();
      await ask(store, 'a', 0, 10);
      const first = await ask(store, 'b', 20);
      expect(held(first)).toMatchObject({ token: 2, before: at(0) });
      expect(await ask(store, 'b', 20)).toEqual(first);
    });

    test('of 20 that ask at once one wins, and the others are told of it', async () => {
      const store = await open();
      const owners = Array.from({ length: 20 }, (_, index) => `worker-${index}`);
      const attempts = await Promise.all(owners.map((owner) => ask(store, owner)));
      const winners = attempts.filter((attempt) => attempt.held).map((attempt) => held(attempt));
      expect(winners).toHaveLength(1);
      expect(winners[0]?.token).toBe(1);
      const told = attempts.filter((attempt) => !attempt.held).map(({ owner }) => owner);
      expect(new Set(told)).toEqual(new Set([winners[0]?.owner]));
    });

    test('when 20 race for a lease that just expired, one wins and the token grows by one', async () => {
      const store = await open();
      await ask(store, 'dead', 0, 10);
      const owners = Array.from({ length: 20 }, (_, index) => `worker-${index}`);
      const attempts = await Promise.all(owners.map((owner) => ask(store, owner, 10)));
      const tokens = attempts
        .filter((attempt) => attempt.held)
        .map((attempt) => held(attempt).token);
      expect(tokens).toEqual([2]);
    });

    test('an owner that asks twice at once has one lease with one token', async () => {
      const store = await open();
      const attempts = await Promise.all([ask(store, 'a', 0), ask(store, 'a', 1)]);
      expect(attempts.map((attempt) => held(attempt).token)).toEqual([1, 1]);
    });

    test('whatever owners, clocks and releases do, one has it and its token only grows', async () => {
      const step = fc.record({
        owner: fc.constantFrom('a', 'b', 'c'),
        // Clocks that go back, too: of two machines one is behind.
        now: fc.integer({ min: 0, max: 50 }),
        duration: fc.integer({ min: 1, max: 20 }),
        release: fc.boolean(),
      });
      let run = 0;
      const store = await open();
      const property = fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        run += 1;
        const lease = `lease-${run}`;
        let [owner, token, end] = ['', 0, 0];
        for (const { owner: asker, now, duration, release } of steps) {
          const attempt = await askFor(lease, store, { owner: asker, offset: now, duration });
          const isFree = token === 0 || end <= now;
          const isWon = isFree || owner === asker;
          if (isWon) {
            token += isFree ? 1 : 0;
            end = isFree ? now + duration : Math.max(end, now + duration);
            owner = asker;
          }
          expect(attempt).toMatchObject(
            isWon
              ? { held: true, lease: { owner, token, expiresAt: at(end) } }
              : { held: false, owner, expiresAt: at(end) },
          );
          if (!attempt.held || !release) continue;
          await store.release(attempt.lease, at(now + 1), signal);
          end = Math.min(end, now + 1);
        }
      });
      await fc.assert(property, { numRuns: 40 });
    });

    test('whoever asks when their time is over gets an error and no lease', async () => {
      const store = await open();
      const asked = store.acquire(
        { name: 'leader', owner: 'late', duration: millis(1000), now: later(NOW, millis(0)) },
        AbortSignal.abort(),
      );
      await expect(asked).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', retry: 'next-tick' });
      expect(held(await ask(store, 'next')).token).toBe(1);
    });
  });
}
