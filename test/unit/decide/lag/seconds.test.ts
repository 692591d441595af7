import { describe, expect, test } from 'vitest';

import { type LagRoom, roomOf } from '../../../../lib/decide/lag/room.ts';
import { trackLag } from '../../../../lib/decide/lag/track.ts';
import { packOffsets, unpackOffsets } from '../../../../lib/model/lag.ts';
import type { PartitionOffsets } from '../../../../lib/model/sample.ts';
import { type EpochMillis, epochMillis, seconds } from '../../../../lib/model/units.ts';
import { createQueue, createRandom, type Queue, type Traffic } from './queue.ts';

const START = epochMillis(Date.UTC(2026, 10, 20, 12));
const INTERVAL = 60;

interface Looked {
  readonly seconds: number | undefined;
  readonly lag: number;
  readonly notes: string;
  readonly memory: string;
}

/** Looks as ticks do: what is remembered passes through its packed form each time. */
function createLooker(room: LagRoom = roomOf(1, true)) {
  let [offsets, memory]: [string | undefined, string] = [undefined, ''];
  return (partitions: readonly PartitionOffsets[], now: EpochMillis): Looked => {
    const previous = offsets === undefined ? undefined : unpackOffsets(offsets);
    const watch = {
      isTimed: true,
      excludeStuck: undefined,
      room,
      interval: seconds(INTERVAL),
      isRunning: true,
    };
    const tracked = trackLag(watch, { partitions, reset: 'earliest', previous }, memory, now);
    offsets = packOffsets(partitions, room.offsets);
    memory = tracked.memory ?? '';
    const { lag, seconds: behind } = tracked.figures;
    return { seconds: behind, lag, notes: tracked.notes.join('; '), memory: offsets + memory };
  };
}

interface Compared {
  readonly told: number;
  readonly true: number;
  readonly lag: number;
  readonly isSeen: boolean;
  readonly memory: string;
}

/** Looks every minute or so for some hours, and what the queue itself says each time. */
function compare(queue: Queue, random: () => number, looks: number, jitter: number): Compared[] {
  const look = createLooker();
  const compared: Compared[] = [];
  for (let at = 0; at < looks; at += 1) {
    queue.run(INTERVAL + Math.round((random() - 0.5) * 2 * jitter));
    const looked = look(queue.look(), queue.now);
    if (looked.seconds === undefined) continue;
    const { seconds: told, lag, memory, notes } = looked;
    const isSeen = !/extrapolated|at least/.test(notes);
    compared.push({ told, true: queue.waited(), lag, isSeen, memory });
  }
  return compared;
}

const wave = (mean: number, period: number) => (_: number, at: number) =>
  mean * (1 + Math.sin((2 * Math.PI * at) / period));

describe('lag in seconds against a queue that knows when each message came', () => {
  const traffics: readonly (Traffic & { readonly name: string })[] = [
    { name: 'a steady flow', partitions: 3, produced: () => 2, consumed: () => 1.8 },
    { name: 'waves', partitions: 4, produced: wave(3, 900), consumed: () => 3 },
    {
      name: 'bursts with rests in between',
      partitions: 2,
      produced: (_, at) => (at % 1200 > 200 && at % 1200 < 290 ? 20 : 0),
      consumed: () => 2,
    },
    {
      name: 'one slow partition among many',
      partitions: 12,
      produced: () => 1,
      consumed: (partition) => (partition === 7 ? 0.7 : 2),
    },
    {
      name: 'consumers that stop and come back',
      partitions: 3,
      produced: () => 1,
      consumed: (_, at) => (at % 1800 < 900 ? 4 : 0),
    },
  ];

  const cases = traffics.flatMap((traffic) =>
    [1, 2, 3, 4].map((seed) => ({ name: traffic.name, traffic, seed })),
  );
  test.for(cases)('is off by less than a look for $name (SEED=$seed)', ({ traffic, seed }) => {
    const random = createRandom(seed);
    const jitter = 15;
    // Fewer looks than are kept, so that none is thinned out.
    const compared = compare(createQueue(START, traffic, random), random, 55, jitter);
    expect(compared.some(({ true: waited }) => waited > 60)).toBe(true);
    const offBy = compared
      .filter(({ isSeen }) => isSeen)
      .map(({ told, true: waited }) => Math.abs(told - waited));
    expect(Math.max(...offBy)).toBeLessThanOrEqual(INTERVAL + jitter);
    expect(compared.filter(({ lag, told }) => lag === 0 && told !== 0)).toEqual([]);
    expect(compared.filter(({ isSeen }) => !isSeen).length).toBeLessThanOrEqual(1);
  });

  test.for([
    { partitions: 1, share: 0.02, seed: 1 },
    { partitions: 4, share: 0.05, seed: 2 },
    { partitions: 16, share: 0.1, seed: 3 },
    { partitions: 100, share: 0.25, seed: 4 },
  ])(
    'is off by less than $share of it and a look with $partitions partitions, once looks are thinned out (SEED=$seed)',
    ({ partitions, share, seed }) => {
      const random = createRandom(seed);
      const traffic = { partitions, produced: wave(1, 3000), consumed: () => 0.5 };
      const compared = compare(createQueue(START, traffic, random), random, 300, 15);
      expect(Math.max(...compared.map(({ true: waited }) => waited))).toBeGreaterThan(7000);
      for (const { told, true: waited, memory } of compared) {
        expect(Math.abs(told - waited)).toBeLessThanOrEqual(75 + share * waited);
        expect(memory.length).toBeLessThanOrEqual(4608);
      }
    },
  );
});

const at = (end: number, committed: number | undefined, partition = 0): PartitionOffsets => ({
  partition,
  start: 0n,
  end: BigInt(end),
  committed: committed === undefined ? undefined : BigInt(committed),
});

/** One look a minute, each the end and the commit of one partition; seconds and note of each. */
function course(looks: readonly (readonly [end: number, committed: number | undefined])[]) {
  const look = createLooker();
  return looks.map(([end, committed], minute) =>
    look([at(end, committed)], epochMillis(START + minute * INTERVAL * 1000)),
  );
}

const told = (looks: readonly (readonly [number, number | undefined])[]) =>
  course(looks).map(({ seconds: behind }) => behind);

describe('lag in seconds', () => {
  test('is unknown at the first look with lag, and 0 without', () => {
    expect(told([[100, 40]])).toEqual([undefined]);
    expect(course([[100, 40]])[0]?.notes).toContain('not known before a second look');
    expect(told([[100, 100]])).toEqual([0]);
  });

  test('is read off the line between two looks', () => {
    expect(
      told([
        [0, 0],
        [600, 0],
        [1200, 300],
        [1200, 900],
      ]),
    ).toEqual([0, 60, 90, 90]);
  });

  test('knows that an end that stood still began to move only then', () => {
    const looks = told([
      [100, 50],
      [100, 50],
      [100, 60],
      [700, 100],
      [700, 100],
      [700, 400],
    ]);
    expect(looks.slice(3)).toEqual([60, 120, 150]);
  });

  test('grows while nothing moves at all, without a change of what is remembered', () => {
    const looks = course(Array.from({ length: 6 }, () => [100, 40] as const));
    expect(looks.map(({ seconds: behind }) => behind)).toEqual([undefined, 60, 120, 180, 240, 300]);
    expect(looks[5]?.notes).toBe('300.0 s behind, at least: nothing came since it is remembered');
    expect(new Set(looks.slice(1).map(({ memory }) => memory)).size).toBe(1);
  });

  test('of what is older than its memory goes on at the rate since', () => {
    // 600 a minute since it is remembered, and 1,200 unread ones from before that.
    const looks = course([
      [5000, 3800],
      [5600, 3800],
      [6200, 3800],
    ]);
    expect(looks.map(({ seconds: behind }) => behind)).toEqual([undefined, 180, 240]);
    expect(looks[2]?.notes).toContain('extrapolated: older than what is remembered');
  });

  test('forgets what has been read: at rest without lag there is nothing to remember', () => {
    const looks = course([
      [0, 0],
      [600, 0],
      [600, 600],
      [600, 600],
      [600, 600],
    ]);
    const bare = packOffsets([at(600, 600)]);
    expect(looks.slice(3).map(({ memory }) => memory)).toEqual([bare, bare]);
  });

  test('starts afresh when the topic was made anew or got partitions', () => {
    expect(
      told([
        [900, 0],
        [950, 0],
        [10, 0],
        [70, 0],
      ]),
    ).toEqual([undefined, 1140, undefined, 70]);
    const look = createLooker();
    const minute = (n: number): EpochMillis => epochMillis(START + n * 60_000);
    look([at(10, 0)], minute(0));
    expect(look([at(20, 0)], minute(1)).seconds).toBe(120);
    expect(look([at(30, 0), at(5, 0, 1)], minute(2)).seconds).toBeUndefined();
    expect(look([at(40, 0), at(5, 0, 1)], minute(3)).seconds).toBe(240);
  });

  test('takes the look before to be one interval ago after a rest', () => {
    const look = createLooker();
    look([at(100, 100)], START);
    // An hour of looks that saw nothing move left no trace.
    expect(look([at(160, 100)], epochMillis(START + 3_600_000)).seconds).toBe(60);
  });

  test('is the longest of all partitions', () => {
    const look = createLooker();
    look([at(0, 0), at(0, 0, 1)], START);
    look([at(60, 60), at(60, 0, 1)], epochMillis(START + 60_000));
    expect(look([at(120, 100), at(120, 60, 1)], epochMillis(START + 120_000)).seconds).toBe(60);
  });

  test('of too many partitions to remember is that of their sum, which is never older', () => {
    const partitions = 3000;
    const random = createRandom(9);
    const behind = (partition: number) => (partition % 3 === 0 ? 0.3 : 0.6);
    const traffic = { partitions, produced: () => 0.5, consumed: behind };
    const queue = createQueue(START, traffic, random);
    const look = createLooker();
    for (let minute = 0; minute < 12; minute += 1) {
      queue.run(INTERVAL);
      const looked = look(queue.look(), queue.now);
      expect(looked.memory.length).toBeLessThanOrEqual(4608);
      if (looked.seconds === undefined || minute < 2) continue;
      expect(looked.notes).toContain('of all partitions together');
      expect(looked.seconds).toBeGreaterThan(0);
      expect(looked.seconds).toBeLessThanOrEqual(queue.waited() + INTERVAL);
    }
  });
});
