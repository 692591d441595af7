import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  LONGEST_PACKED,
  marksOf,
  moved,
  packOffsets,
  sumMarks,
  unpackOffsets,
} from '../../../lib/model/lag.ts';
import type { PartitionOffsets } from '../../../lib/model/sample.ts';

const at = (
  partition: number,
  start: bigint,
  end: bigint,
  committed?: bigint,
): PartitionOffsets => ({
  partition,
  start,
  end,
  committed,
});

describe('packed offsets', () => {
  const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
  const partitions = fc
    .uniqueArray(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 60 })
    .chain((numbers) =>
      fc.tuple(
        ...numbers.map((partition) =>
          fc.record({
            partition: fc.constant(partition),
            start: fc.constant(0n),
            end: offset,
            committed: fc.option(offset, { nil: undefined }),
          }),
        ),
      ),
    );

  test('are unpacked to exactly what was packed', () => {
    fc.assert(
      fc.property(partitions, (packed) => {
        const back = unpackOffsets(packOffsets(packed));
        if (back?.kind !== 'each') throw new Error('not of each partition');
        expect([...back.partitions]).toEqual(
          packed
            .toSorted((one, other) => one.partition - other.partition)
            .map(({ partition, end, committed }) => [partition, { end, committed }]),
        );
      }),
    );
  });

  test('of any text are marks or unknown, never an exception', () => {
    fc.assert(fc.property(fc.string(), (text) => void unpackOffsets(text)));
    expect(unpackOffsets('')).toBeUndefined();
    expect(unpackOffsets('eA')).toBeUndefined();
    expect(unpackOffsets('x')).toBeUndefined();
  });

  const topic = (count: number, end: (partition: number) => bigint) =>
    Array.from({ length: count }, (_, partition) =>
      at(partition, 0n, end(partition), end(partition) - 1000n),
    );

  test('have room for 400 partitions of a usual topic and for 130 of any', () => {
    const usual = topic(400, (partition) => 1_000_000_000n + BigInt((partition * 7919) % 100_000));
    expect(packOffsets(usual)).toMatch(/^e/);
    const worst = Array.from({ length: 130 }, (_, n) =>
      at(n, 0n, n % 2 === 0 ? 2n ** 63n - 1n : 0n, n % 2 === 0 ? 0n : 2n ** 63n - 1n),
    );
    expect(packOffsets(worst)).toMatch(/^e/);
  });

  test('of a topic with too many partitions are their sums, and still tell movement', () => {
    const now = Array.from({ length: 5000 }, (_, n) => at(n, 0n, 2n ** 62n, 5n));
    const packed = packOffsets(now);
    expect(packed.length).toBeLessThanOrEqual(LONGEST_PACKED);
    const back = unpackOffsets(packed);
    expect(back).toEqual(sumMarks(marksOf(now)));
    expect(moved(back, now)).toBe(false);
    expect(moved(back, now.with(7, at(7, 0n, 2n ** 62n, 6n)))).toBe(true);
  });
});
