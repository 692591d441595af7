import { elapsed, type EpochMillis } from '../../model/units.ts';
import type { Look, Looks } from './looks.ts';

/** How long the oldest unread message has waited. */
export interface Waited {
  /** Seconds, 0 where everything has been read. */
  readonly seconds: number;
  /** `seen` = between two looks; `extrapolated` = before the oldest; `at-least` = the ends never moved since. */
  readonly from: 'seen' | 'extrapolated' | 'at-least';
}

/**
 * Lag as time, in seconds: for each column, how long ago its end was where the group reads now,
 * read off the line through the looks that are remembered; of all columns the longest. Undefined
 * while there is but one look, and lag.
 *
 * Between two looks it is off by at most the time from the one to the other: a tick's, where none
 * has been thinned out, and after that, measured on waves of traffic, 2 % of the figure for one
 * partition, 5 % for four, 10 % for sixteen and 25 % for a hundred. What is older than the oldest look is extrapolated by the rate
 * at which the end has grown since; an end that never grew tells only that it has been so long.
 */
export function waited(
  { looks }: Looks,
  positions: readonly bigint[],
  now: EpochMillis,
): Waited | undefined {
  const newest = looks.at(-1);
  let longest: Waited = { seconds: 0, from: 'seen' };
  for (const [column, end] of (newest?.ends ?? []).entries()) {
    const position = positions[column] ?? end;
    if (position >= end) continue;
    const wait = waitedIn(looks, column, position, now);
    if (wait === undefined) return undefined;
    if (wait.seconds >= longest.seconds) longest = wait;
  }
  return longest;
}

function waitedIn(
  looks: readonly Look[],
  column: number,
  position: bigint,
  now: EpochMillis,
): Waited | undefined {
  const endAt = (look: Look): bigint => look.ends[column] ?? 0n;
  const [oldest, newest] = [looks[0], looks.at(-1)];
  if (oldest === undefined || newest === undefined) return undefined;
  const below = looks.findLastIndex((look) => endAt(look) <= position);
  const [from, to] = [looks[below], looks[below + 1]];
  if (from !== undefined && to !== undefined) {
    const share = Number(position - endAt(from)) / Number(endAt(to) - endAt(from));
    const at = from.at + share * (to.at - from.at);
    return { seconds: Math.max(0, now - at) / 1000, from: 'seen' };
  }
  // The only look is this one: nobody knows yet how fast messages come.
  if (looks.length === 1 && elapsed(oldest.at, now) === 0) return undefined;
  const grown = Number(endAt(newest) - endAt(oldest));
  const known = elapsed(oldest.at, now) / 1000;
  if (grown <= 0) return { seconds: known, from: 'at-least' };
  const each = elapsed(oldest.at, newest.at) / 1000 / grown;
  const older = Number(endAt(oldest) - position) * each;
  return { seconds: known + older, from: 'extrapolated' };
}
