import { elapsed, type EpochMillis, type Millis } from '../model/units.ts';

/** What was seen that tells a sleeping target from a busy one. */
export interface Activity {
  /** Lag, a moved end or a moved commit in any Kafka metric. */
  readonly busy: boolean;
  /** A metric is not fresh, so that nobody can say that nothing happens. */
  readonly unsure: boolean;
  /** Lag, and no offset of any Kafka metric moved since the last tick: as while a group rebalances. */
  readonly frozen: boolean;
}

export interface Activated {
  readonly count: number;
  readonly idleSince: EpochMillis | undefined;
  readonly frozenSince: EpochMillis | undefined;
  readonly note: string;
}

/** The moment, and what the ticks before it left. */
export interface Before {
  readonly memory: { readonly idleSince?: EpochMillis; readonly frozenSince?: EpochMillis };
  readonly now: EpochMillis;
}

/**
 * The way between none and one. A wish from zero passes at once. The last replica stays until
 * nothing has happened for `idle`: no lag, no offset moved, nothing wished (riff counted only the
 * time since the wish fell to zero, so that a function that had just finished a long message went
 * at once, and riff-system#151 lost functions that kept up with steady traffic).
 *
 * The clock starts with the first tick that sees nothing, which is at most one tick after the
 * last activity, so a target is never released early. Until then one replica stays, not all of
 * them: how fast the others go is for the steps that follow to say.
 *
 * `frozenHold` bounds riff's wait for a rebalance, which had no end: while no offset moves, a
 * running target does not grow, for that long.
 */
export function activate(
  times: { readonly idle: Millis; readonly frozenHold: Millis },
  counts: { readonly current: number; readonly target: number },
  activity: Activity,
  { memory, now }: Before,
): Activated {
  const { current, target } = counts;
  const idle = target === 0 && !activity.busy && !activity.unsure;
  const idleSince = idle && current > 0 ? (memory.idleSince ?? now) : undefined;
  const frozen = activity.frozen && times.frozenHold > 0 && target > current && current > 0;
  const frozenSince = frozen ? (memory.frozenSince ?? now) : undefined;
  const stays = (count: number, note: string): Activated => ({
    count,
    idleSince,
    frozenSince,
    note,
  });

  if (frozenSince !== undefined && elapsed(frozenSince, now) < times.frozenHold) {
    return stays(current, 'no offset moves: waiting for a rebalance to end');
  }
  if (target > 0 || current === 0) return stays(target, '');
  if (idleSince === undefined) return stays(1, 'still active');
  const quiet = elapsed(idleSince, now);
  const seconds = Math.floor(quiet / 1000);
  if (quiet >= times.idle) return stays(0, `idle for ${seconds} s`);
  return stays(1, `idle for ${seconds} s of ${times.idle / 1000} s`);
}
