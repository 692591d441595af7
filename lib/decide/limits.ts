import type { EpochMillis } from '../model/units.ts';
import { bound, type Limits } from './bound.ts';
import { answer } from './evaluate.ts';
import { activeOverride, applyOverride } from './override.ts';
import type { Policy } from './policy.ts';
import type { Trace } from './trace.ts';
import type { Trusted } from './trust.ts';
import { type LastFiring, openWindows } from './windows.ts';

interface Moment {
  readonly policy: Policy;
  readonly trusted: Trusted;
  readonly lastFiring: LastFiring;
  readonly now: EpochMillis;
}

/** Windows, override and the rule's own bounds: each moves the count, and none undoes a ceiling. */
export function applyBounds(trace: Trace, moment: Moment, current: number): void {
  const { policy, lastFiring, now } = moment;
  const { rule } = policy;
  const open = openWindows(rule.windows, now, lastFiring);
  const ceiling = open.max ?? Number.POSITIVE_INFINITY;
  trace.step('windows', bound(trace.count, { min: open.min ?? 0, max: ceiling }), open.note);

  const person = activeOverride(rule.override, now);
  if (person)
    trace.step('override', applyOverride(person, { current, wish: trace.count }), person.note);

  const own = ownLimits(moment, current);
  const max = Math.min(own.max, ceiling, person?.max ?? Number.POSITIVE_INFINITY);
  const limits = { min: Math.max(own.min, open.min ?? 0, person?.min ?? 0), max };
  // A pause outranks every floor and ceiling: nothing moves until it ends.
  if (person?.paused === 'both') return;
  const clash = limits.min > max ? `, min ${limits.min} above max ${max}: max wins` : '';
  const after = bound(trace.count, limits);
  const side =
    after < trace.count
      ? `max ${max} (${policy.max.source})`
      : `min ${limits.min} (${policy.min.source})`;
  trace.step('bound', after, `${side}${own.note}${clash}`);
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
