import type { Clock } from '../../model/clock.ts';
import {
  elapsed,
  type EpochMillis,
  later,
  type Millis,
  millis,
  seconds,
} from '../../model/units.ts';
import type { ProcessConnection } from '../../rule/connection-kinds.ts';
import { type Copy, type CopyOptions, endAll, startCopy } from './copy.ts';
import { type Group, groupKey } from './ledger.ts';

/** A copy that ended by itself is started again after this, doubled with each failure in a row … */
const FIRST_BACKOFF = millis(500);
/** … up to this, so that a broken command costs little and a mended one is soon picked up. */
const LONGEST_BACKOFF = seconds(30);
/** A copy that ran this long was sound: what follows counts as its first failure again. */
const SOUND_AFTER = seconds(10);

export interface CrewOptions extends CopyOptions {
  readonly clock: Clock;
  /** Told in one line when a copy ends by itself or cannot be started. */
  readonly note: (line: string) => void;
  /** Called whenever which copies run has changed. */
  readonly changed: () => void;
}

/** The copies of one group. */
export interface Crew {
  readonly key: string;
  /** Starts and ends copies towards `replicas`; to be called again and again. */
  follow(replicas: number): void;
  /** Ends all copies and resolves when none is left. */
  dismiss(): Promise<void>;
  /** Copies at work. */
  working(): readonly Copy[];
  /** Copies that were asked to end and have not yet. */
  leaving(): readonly Copy[];
}

/** A place for one copy. It stays while the copy in it comes and goes. */
interface Slot {
  copy: Copy | undefined;
  startedAt: EpochMillis;
  failures: number;
  retryAt: EpochMillis;
}

/** Copies that fail are started again with growing pauses; they are not at work meanwhile. */
export function createCrew(
  group: Group,
  connection: ProcessConnection,
  options: CrewOptions,
): Crew {
  const { clock } = options;
  const slots: Slot[] = [];
  const leaving = new Map<Copy, Promise<void>>();

  const start = (slot: Slot) => {
    slot.startedAt = clock.now();
    slot.retryAt = later(slot.startedAt, LONGEST_BACKOFF);
    slot.copy = startCopy(options, group, connection.command, (how) => {
      if (slots.includes(slot)) onEnd(slot, how);
    });
    options.changed();
  };
  const onEnd = (slot: Slot, how: string) => {
    const now = clock.now();
    slot.copy = undefined;
    slot.failures = elapsed(slot.startedAt, now) >= SOUND_AFTER ? 1 : slot.failures + 1;
    const wait = backoff(slot.failures);
    slot.retryAt = later(now, wait);
    options.note(`${groupKey(group)}: a copy ended ${how}; the next starts in ${wait / 1000} s`);
    options.changed();
  };
  const release = async (copy: Copy) => {
    await endAll([copy.born], connection.stopAfter, clock);
    await copy.gone;
    leaving.delete(copy);
    options.changed();
  };
  const shrinkTo = (replicas: number) => {
    // Out of its slot first, so that its end is not taken for a failure.
    for (const { copy } of slots.splice(replicas)) {
      if (copy !== undefined) leaving.set(copy, release(copy));
    }
    options.changed();
  };

  return {
    key: groupKey(group),
    follow: (replicas) => {
      if (slots.length > replicas) shrinkTo(replicas);
      const now = clock.now();
      while (slots.length < replicas) {
        slots.push({ copy: undefined, startedAt: now, failures: 0, retryAt: now });
      }
      for (const slot of slots) {
        if (slot.copy === undefined && slot.retryAt <= now) start(slot);
      }
    },
    dismiss: async () => {
      shrinkTo(0);
      await Promise.all(leaving.values());
    },
    working: () => slots.flatMap(({ copy }) => copy ?? []),
    leaving: () => [...leaving.keys()],
  };
}

/** How long to wait after so many failures in a row, in milliseconds. */
export const backoff = (failures: number): Millis =>
  millis(Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (failures - 1)));
