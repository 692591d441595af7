import { describe, expect, test } from 'vitest';

import { fnv1a32, slotOf } from '../../../lib/rule/slot.ts';

describe('slots', () => {
  // Hashes that kreconciler's hasher (Go's FNV-1a) gave for these ids, and their slots of 16.
  test.for([
    { key: 'a', hash: 3826002220, slot: 12 },
    { key: 'b', hash: 3876335077, slot: 5 },
    { key: 'c', hash: 3859557458, slot: 2 },
    { key: 'app-1', hash: 3760213254, slot: 6 },
    { key: 'web/42', hash: 1621662088, slot: 8 },
    { key: 'ü', hash: 295556170, slot: 10 },
    { key: '日本', hash: 2670128721, slot: 1 },
    { key: '', hash: 2166136261, slot: 5 },
    { key: '00000000-0000-0000-0000-000000000000', hash: 3192360657, slot: 1 },
    { key: 'hello world', hash: 3582672807, slot: 7 },
    { key: 'foobar', hash: 3214735720, slot: 8 },
  ])('hash "$key" to $hash, which is slot $slot of 16', ({ key, hash, slot }) => {
    expect(fnv1a32(key)).toBe(hash);
    expect(slotOf(key, 16)).toBe(slot);
  });

  test('are filled evenly: 10,000 apps put 611 to 640 in each of 16', () => {
    const counts = Array.from({ length: 16 }, () => 0);
    for (let at = 0; at < 10_000; at += 1) {
      const slot = slotOf(`app-${at}`, 16);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([611, 640]);
  });

  test('are always slot 0 where there is one', () => {
    expect(slotOf('anything', 1)).toBe(0);
  });

  test.for([0, -1, 1.5, Number.NaN])('cannot be %d', (slots) => {
    expect(() => slotOf('a', slots)).toThrow(RangeError);
  });
});
