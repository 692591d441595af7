import type { EpochMillis } from '../model/units.ts';
import { bound, type Limits } from './bound.ts';
import { answer } from './evaluate.ts';
import { capOf, ceilingOf, spreadEvenly } from './lag/caps.ts';
import { activeOverride, applyOverride, type OverrideBounds } from './override.ts';
import type { Policy } from './policy.ts';
import type { Trace } from './trace.ts';
import type { Trusted } from './trust.ts';
import { type LastFiring, openWindows, type WindowBounds } from './windows.ts';

interface Moment {
  readonly policy: Policy;
  readonly trusted: Trusted;
  readonly lastFiring: LastFiring;
  readonly now: EpochMillis;
}

/** Every floor and ceiling that holds now. */
export interface Bounds extends Limits {
  readonly open: WindowBounds;
  readonly person: OverrideBounds | undefined;
  /** Where the ceiling comes from, and what is to be said about the rule's own bounds. */
  readonly ceiling: string;
  readonly note: string;
}

/** The highest of all floors and the lowest of all ceilings: windows, override, min, max, partitions. */
export function boundsNow(moment: Moment, current: number): Bounds {
  const { policy, trusted, lastFiring, now } = moment;
  const open = openWindows(policy.rule.windows, now, lastFiring);
  const person = activeOverride(policy.rule.override, now);
  const own = ownLimits(moment, current);
  const partitions = ceilingOf(trusted.groups, current);
  // As with the wish: while any metric in use is not fresh, partitions take nothing away that runs.
  const readers = Math.max(partitions.count, trusted.activity.unsure ? current : 0);
  const asked = Math.min(
    own.max,
    open.max ?? Number.POSITIVE_INFINITY,
    person?.max ?? Number.POSITIVE_INFINITY,
  );
  return {
    open,
    person,
    min: Math.max(own.min, open.min ?? 0, person?.min ?? 0),
    max: Math.min(asked, readers),
    ceiling: readers < asked ? partitions.note : policy.max.source,
    note: own.note,
  };
}

/**
 * Keeps a wish to the consumers that are of use: within the cap of the groups' partitions, and no
 * more than spread evenly, counted within the ceiling. It is the wish that is moved, before
 * anything damps it, so that the way there is as slow as any other and ends where it is even.
 * While any metric in use is not fresh it takes nothing away that runs.
 */
export function capWish(trace: Trace, trusted: Trusted, { max }: Limits, current: number): void {
  const { groups, activity } = trusted;
  if (groups.length === 0 || trace.count === 0) return;
  const isUnsure = activity.unsure || groups.some(({ isDoubtful }) => isDoubtful);
  const least = isUnsure ? Math.min(trace.count, current) : 0;
  const cap = capOf(groups, current);
  trace.step('bound', Math.max(Math.min(trace.count, cap.count), least), cap.note);
  const spread = spreadEvenly(groups, Math.min(trace.count, max));
  if (spread.note !== '') trace.step('bound', Math.max(spread.count, least), spread.note);
}

/** Windows, override and the rule's own bounds: each moves the count, and none undoes a ceiling. */
export function applyBounds(trace: Trace, policy: Policy, bounds: Bounds, current: number): void {
  const { open, person, min, max, ceiling, note } = bounds;
  const opened = { min: open.min ?? 0, max: open.max ?? Number.POSITIVE_INFINITY };
  trace.step('windows', bound(trace.count, opened), open.note);

  if (person)
    trace.step('override', applyOverride(person, { current, wish: trace.count }), person.note);

  // A pause outranks every floor and ceiling: nothing moves until it ends.
  if (person?.paused === 'both') return;
  const clash = min > max ? `, min ${min} above max ${max}: max wins` : '';
  const after = bound(trace.count, bounds);
  const side =
    after < trace.count ? `max ${max} (${ceiling})` : `min ${min} (${policy.min.source})`;
  trace.step('bound', after, `${side}${note}${clash}`);
}

interface OwnLimits extends Limits {
  readonly note: string;
}

/** The rule's min and max. One that is unknown, or rests on doubtful metrics, shrinks nothing. */
function ownLimits({ policy, trusted, now }: Moment, current: number): OwnLimits {
  const min = answer(policy.min, trusted, now);
  const max = answer(policy.max, trusted, now);
  const notes: string[] = [];
  if (!min.known) notes.push(`min unknown: ${min.because}`);
  if (!max.known) notes.push(`max unknown: ${max.because}`);
  const doubtful = max.known && max.doubt !== undefined && max.count < current;
  if (doubtful) notes.push(`max not followed: ${max.doubt ?? ''}`);
  return {
    min: min.known ? min.count : current,
    max: max.known && !doubtful ? max.count : current,
    note: notes.length > 0 ? `; ${notes.join('; ')}` : '',
  };
}
