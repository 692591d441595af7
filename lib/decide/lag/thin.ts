import type { Look, Looks } from './looks.ts';

/** As many points as kafka-lag-exporter keeps of a partition, which is enough for any line. */
const MOST_LOOKS = 60;

/**
 * Fewer looks, until they fit: each time the one goes that the line through its neighbours misses
 * by the smallest share of its age, so that steady traffic needs few looks for a long memory and a
 * recent one is told more finely than an old one. The oldest and the newest stay as long as they
 * can; where even two do not fit, only the newest does.
 */
export function thin(
  past: Looks,
  positions: readonly bigint[],
  fits: (looks: Looks) => boolean,
): Looks {
  const { until, isResting } = past;
  const looks = [...past.looks];
  while (looks.length > 1 && (looks.length > MOST_LOOKS || !fits({ looks, until, isResting }))) {
    looks.splice(looks.length === 2 ? 0 : leastMissed(looks, positions), 1);
  }
  return { looks, until, isResting };
}

function leastMissed(looks: readonly Look[], positions: readonly bigint[]): number {
  const now = looks.at(-1)?.at ?? 0;
  let [best, least] = [1, Number.POSITIVE_INFINITY];
  for (let at = 1; at < looks.length - 1; at += 1) {
    const [older, look, younger] = [looks[at - 1], looks[at], looks[at + 1]];
    if (!older || !look || !younger) continue;
    const missed = missedBy([older, look, younger], positions) / Math.max(1, now - look.at);
    if (missed < least) [best, least] = [at, missed];
  }
  return best;
}

/** How many milliseconds the line from the first to the third look is off at the second, at most. */
function missedBy(
  [older, look, younger]: readonly [Look, Look, Look],
  positions: readonly bigint[],
): number {
  let most = 0;
  for (const [column, end] of look.ends.entries()) {
    const [from = 0n, to = 0n] = [older.ends[column], younger.ends[column]];
    const isRead = to <= (positions[column] ?? 0n);
    if (isRead || to === from) continue;
    const share = Number(end - from) / Number(to - from);
    most = Math.max(most, Math.abs(older.at + share * (younger.at - older.at) - look.at));
  }
  return most;
}
