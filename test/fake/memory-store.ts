import { refuseOversize } from '../../lib/store/limits.ts';
import type { MemoryKey, MemoryStore, StoredMemory } from '../../lib/store/memory-store.ts';
import { refuseAborted } from './refuse-aborted.ts';

/** Memories in memory. Left out: reads that are a little old. */
export function createFakeMemoryStore(): MemoryStore {
  const slots = new Map<number, Map<string, StoredMemory>>();
  const slotOf = (slot: number): Map<string, StoredMemory> => {
    const present = slots.get(slot) ?? new Map<string, StoredMemory>();
    slots.set(slot, present);
    return present;
  };
  const isAt = ({ slot, key }: MemoryKey, expected: number): boolean =>
    (slotOf(slot).get(key)?.version ?? 0) === expected;
  return {
    async readSlot(slot, signal) {
      refuseAborted(signal);
      return new Map(slotOf(slot));
    },
    async write(write, signal) {
      refuseAborted(signal);
      refuseOversize(write);
      const { slot, key, expected, memory, intent } = write;
      if (!isAt(write, expected)) return false;
      slotOf(slot).set(key, { version: expected + 1, memory, intent });
      return true;
    },
    async forget(key, expected, signal) {
      refuseAborted(signal);
      if (!isAt(key, expected)) return false;
      slotOf(key.slot).delete(key.key);
      return true;
    },
  };
}
