import type { EpochMillis, Millis } from '../model/units.ts';
import type { Backlog } from './backlog.ts';

/** What a simulation amounts to. */
export interface Figures {
  readonly hours: number;
  readonly ticks: number;
  /** Replicas asked for × hours: a replica that is starting is paid for too. */
  readonly replicaHours: number;
  readonly peakReplicas: number;
  /** Decisions that changed the count. */
  readonly changes: number;
  /** Changes that went the other way than the change before, per hour; 0 = it never turned round. */
  readonly flapsPerHour: number;
  readonly maxQueue: number;
  /** Over time, not over ticks. */
  readonly meanQueue: number;
  /** Seconds with more messages waiting than the target backlog. */
  readonly secondsOver: number;
  /** Ticks at which a change was wished, or could not be judged, and something held it. */
  readonly heldTicks: number;
  readonly phases: readonly PhaseFigures[];
}

/** One named part of a trace; a change counts where it was decided. */
export interface PhaseFigures {
  readonly name: string;
  readonly at: EpochMillis;
  readonly changes: number;
  readonly peakReplicas: number;
}

interface OpenPhase {
  readonly name: string;
  readonly at: EpochMillis;
  changes: number;
  peakReplicas: number;
}

/** Adds up what happens while it happens. */
export interface Tally {
  phase(name: string, at: EpochMillis): void;
  /** So many replicas were paid for over `ms`. */
  pass(ms: number, wanted: number): void;
  tick(verdict: 'change' | 'hold' | 'rest'): void;
  changed(from: number, to: number): void;
  figures(duration: Millis, backlog: Backlog): Figures;
}

const HOUR_MS = 3_600_000;

export function createTally(replicas: number): Tally {
  const phases: OpenPhase[] = [];
  let [replicaMs, peak, ticks, changes, flaps, held] = [0, replicas, 0, 0, 0, 0];
  let direction = 0;
  return {
    phase(name, at) {
      phases.push({ name, at, changes: 0, peakReplicas: 0 });
    },
    pass(ms, wanted) {
      replicaMs += ms * wanted;
      const phase = phases.at(-1);
      if (phase && wanted > phase.peakReplicas) phase.peakReplicas = wanted;
    },
    tick(verdict) {
      ticks += 1;
      if (verdict === 'hold') held += 1;
    },
    changed(from, to) {
      const way = Math.sign(to - from);
      if (direction !== 0 && way !== direction) flaps += 1;
      direction = way;
      changes += 1;
      peak = Math.max(peak, to);
      const phase = phases.at(-1);
      if (phase) phase.changes += 1;
    },
    figures: (duration, backlog) => ({
      hours: duration / HOUR_MS,
      ticks,
      replicaHours: replicaMs / HOUR_MS,
      peakReplicas: peak,
      changes,
      flapsPerHour: flaps / (duration / HOUR_MS),
      maxQueue: backlog.highest,
      meanQueue: backlog.area / duration,
      secondsOver: backlog.over / 1000,
      heldTicks: held,
      phases,
    }),
  };
}
