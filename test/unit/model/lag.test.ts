import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  committedMoved,
  endMoved,
  lagFigures,
  marksOf,
  moved,
  offsetsText,
  partitionLag,
  partitionsText,
  sumMarks,
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

describe('the lag of a partition', () => {
  test.for([
    {
      name: 'a group in the middle of the log',
      offsets: at(0, 0n, 10n, 3n),
      earliest: 7n,
      latest: 7n,
    },
    {
      name: 'a group that has read everything',
      offsets: at(0, 0n, 10n, 10n),
      earliest: 0n,
      latest: 0n,
    },
    {
      name: 'a group that committed nothing yet (KEDA#2033)',
      offsets: at(0, 40n, 90n),
      earliest: 50n,
      latest: 0n,
    },
    {
      name: 'a commit that retention has overtaken (KEDA#7936)',
      offsets: at(0, 40n, 90n, 7n),
      earliest: 50n,
      latest: 50n,
    },
    {
      name: 'a topic that was made anew below the commit',
      offsets: at(0, 0n, 5n, 80n),
      earliest: 0n,
      latest: 0n,
    },
    { name: 'an empty partition', offsets: at(0, 90n, 90n), earliest: 0n, latest: 0n },
    {
      name: 'the largest log there can be',
      offsets: at(0, 0n, 2n ** 63n - 1n, 0n),
      earliest: 2n ** 63n - 1n,
      latest: 2n ** 63n - 1n,
    },
  ])('is counted right for $name', ({ offsets, earliest, latest }) => {
    expect(partitionLag(offsets, 'earliest')).toBe(earliest);
    expect(partitionLag(offsets, 'latest')).toBe(latest);
  });

  test('is never negative and never more than the log holds', () => {
    const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(offset, offset, fc.option(offset, { nil: undefined }), (one, two, committed) => {
        const [start, end] = one < two ? [one, two] : [two, one];
        for (const reset of ['earliest', 'latest'] as const) {
          const lag = partitionLag(at(0, start, end, committed), reset);
          expect(lag).toBeGreaterThanOrEqual(0n);
          expect(lag).toBeLessThanOrEqual(end - start);
        }
      }),
    );
  });
});

describe('the figures of a group', () => {
  test('count every partition, the worst one and those behind', () => {
    const now = [at(0, 0n, 10n, 3n), at(1, 0n, 5n, 5n), at(2, 0n, 30n, 10n)];
    expect(lagFigures(now, 'earliest')).toEqual({
      lag: 27,
      maxLag: 20,
      partitions: 3,
      lagging: 2,
      activity: 0,
    });
  });

  test('stay safe integers however large the lag is (riff fell to 0 replicas by overflow)', () => {
    const huge = [at(0, 0n, 2n ** 63n - 1n, 0n), at(1, 0n, 2n ** 63n - 1n, 0n)];
    const figures = lagFigures(huge, 'earliest', marksOf([at(0, 0n, 1n, 0n)]));
    expect(figures.lag).toBe(Number.MAX_SAFE_INTEGER);
    expect(figures.maxLag).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.for([
    {
      name: 'commits moved on in two partitions',
      before: [at(0, 0n, 9n, 1n), at(1, 0n, 9n, 4n)],
      activity: 5,
    },
    { name: 'a partition is new', before: [at(0, 0n, 9n, 1n)], activity: 2 },
    { name: 'a partition had no commit', before: [at(0, 0n, 9n), at(1, 0n, 9n, 4n)], activity: 3 },
    {
      name: 'a group was set back in one partition',
      before: [at(0, 0n, 9n, 8n), at(1, 0n, 9n, 4n)],
      activity: 3,
    },
  ])('have the activity of what is known when $name', ({ before, activity }) => {
    const now = [at(0, 0n, 9n, 3n), at(1, 0n, 9n, 7n)];
    expect(lagFigures(now, 'earliest', marksOf(before)).activity).toBe(activity);
  });

  test('have an activity from sums alone', () => {
    const before = sumMarks(marksOf([at(0, 0n, 9n, 1n), at(1, 0n, 9n, 4n)]));
    expect(lagFigures([at(0, 0n, 9n, 3n), at(1, 0n, 9n, 7n)], 'latest', before).activity).toBe(5);
    expect(lagFigures([at(0, 0n, 9n, 3n)], 'latest', before).activity).toBe(0);
  });
});

describe('movement since the last look', () => {
  const before = [at(0, 0n, 10n, 3n), at(1, 0n, 5n)];
  test.for([
    { name: 'nothing happened', now: before, end: false, committed: false },
    {
      name: 'only retention deleted something',
      now: [at(0, 2n, 10n, 3n), at(1, 5n, 5n)],
      end: false,
      committed: false,
    },
    {
      name: 'messages came',
      now: [at(0, 0n, 11n, 3n), at(1, 0n, 5n)],
      end: true,
      committed: false,
    },
    {
      name: 'the group committed',
      now: [at(0, 0n, 10n, 4n), at(1, 0n, 5n)],
      end: false,
      committed: true,
    },
    {
      name: 'the group was set back',
      now: [at(0, 0n, 10n, 1n), at(1, 0n, 5n)],
      end: false,
      committed: true,
    },
    {
      name: 'the first commit came',
      now: [at(0, 0n, 10n, 3n), at(1, 0n, 5n, 0n)],
      end: false,
      committed: true,
    },
    {
      name: 'the commit expired',
      now: [at(0, 0n, 10n), at(1, 0n, 5n)],
      end: false,
      committed: true,
    },
    { name: 'a partition was added', now: [...before, at(2, 0n, 0n)], end: true, committed: false },
  ])('is seen right when $name', ({ now, end, committed }) => {
    expect(endMoved(marksOf(before), now)).toBe(end);
    expect(committedMoved(marksOf(before), now)).toBe(committed);
    expect(moved(marksOf(before), now)).toBe(end || committed);
  });

  test('is not claimed without a memory', () => {
    expect(moved(undefined, before)).toBe(false);
  });

  test('is seen from sums alone', () => {
    const sum = sumMarks(marksOf(before));
    expect(moved(sum, before)).toBe(false);
    expect(endMoved(sum, [at(0, 0n, 11n, 3n), at(1, 0n, 5n)])).toBe(true);
    expect(committedMoved(sum, [at(0, 0n, 10n, 5n), at(1, 0n, 5n)])).toBe(true);
  });
});

describe('the text form', () => {
  test.for([
    {
      name: 'a known previous',
      offsets: at(0, 0n, 10n, 3n),
      previous: 1n,
      text: 'Offsets[lag=7 (=10-3), Activity:2 (=3-1)]',
    },
    {
      name: 'an unknown previous',
      offsets: at(0, 0n, 10n, 3n),
      previous: undefined,
      text: 'Offsets[lag=7 (=10-3), Activity:0 (unknown)]',
    },
    {
      name: 'no commit',
      offsets: at(0, 4n, 10n),
      previous: undefined,
      text: 'Offsets[lag=6 (=10-4), Activity:0 (unknown)]',
    },
    {
      name: 'a rewind',
      offsets: at(0, 0n, 10n, 3n),
      previous: 5n,
      text: 'Offsets[lag=7 (=10-3), Activity:-2 (=3-5)]',
    },
    {
      name: 'a position past the end',
      offsets: at(0, 0n, 10n, 12n),
      previous: 12n,
      text: 'Offsets[lag=0 (=10-12), Activity:0 (=12-12)]',
    },
  ])('shows $name', ({ offsets, previous, text }) => {
    expect(offsetsText(offsets, 'earliest', previous)).toBe(text);
  });

  test('lists partitions by number, each with one space after it', () => {
    const partitions = [at(10, 0n, 10n, 3n), at(2, 0n, 4n, 4n)];
    expect(partitionsText(partitions, 'latest', marksOf([at(10, 0n, 9n, 1n)]))).toBe(
      '2:Offsets[lag=0 (=4-4), Activity:0 (unknown)] 10:Offsets[lag=7 (=10-3), Activity:2 (=3-1)] ',
    );
    expect(partitionsText([], 'latest')).toBe('');
  });
});
