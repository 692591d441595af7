import { answer } from '../decide/evaluate.ts';
import type { Policy } from '../decide/policy.ts';
import type { Trusted } from '../decide/trust.ts';
import { openWindows } from '../decide/windows.ts';
import type { Program } from '../expression/compile.ts';
import { formatIso } from '../model/iso.ts';
import { type EpochMillis, later, millis } from '../model/units.ts';
import type { Rule, Weekday, Window } from '../rule/rule.ts';
import type { LintContext, Warning } from './warning.ts';

const WEEK: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTES_A_DAY = 1440;
const MINUTE = 60_000;

/** Traps of recurring times. */
export function lintWindows(policy: Policy, context: LintContext): readonly Warning[] {
  const alone = policy.rule.windows.map((window, at) => {
    const path = `windows[${at}]`;
    return [runsOn(window, path), alwaysOpen(window, path)].flat();
  });
  return [...alone.flat(), ...contradictions(policy, context)];
}

/** A window's days are those on which it starts; one past midnight ends on a day it may not name. */
function runsOn(window: Window, path: string): readonly Warning[] {
  const days = window.cron === undefined ? window.days : daysOf(window.cron);
  const lasts = window.cron === undefined ? nightOf(window) : cronLasts(window);
  // A window of one day is often meant to run on: a weekend that starts on Friday.
  if (lasts === undefined || days.length < 2 || days.length === WEEK.length) return [];
  const unnamed = days.flatMap((day) => {
    const end = WEEK[(WEEK.indexOf(day) + lasts) % WEEK.length];
    return end === undefined || days.includes(end) ? [] : [{ day, end }];
  });
  const [first] = unnamed;
  if (first === undefined) return [];
  return [
    {
      path,
      message: `its days are those on which it starts: the one of ${first.day} lasts into ${first.end}, which it does not name`,
      thread: 'KEDA#4677',
    },
  ];
}

const nightOf = ({ from, to }: Window): number | undefined =>
  to > from || to === 0 ? undefined : 1;

/** How many midnights a window of cron passes, where its start is one time of day. */
function cronLasts({ cron = '', duration = millis(0) }: Window): number | undefined {
  const [minute, hour] = cron.split(' ').map(Number);
  const start =
    Number.isInteger(minute) && Number.isInteger(hour) ? (hour ?? 0) * 60 + (minute ?? 0) : 0;
  // One that ends at midnight ends on the day before.
  const passed = Math.ceil((start + duration / MINUTE) / MINUTES_A_DAY) - 1;
  return passed > 0 ? passed : undefined;
}

/** The days that the fifth field of a cron names. */
function daysOf(cron: string): readonly Weekday[] {
  const field = (cron.split(' ')[4] ?? '*').toLowerCase();
  const found = new Set<Weekday>();
  for (const part of field.split(',')) {
    const [range = '*', step = '1'] = part.split('/');
    const ends = range === '*' ? [0, 6] : range.split('-').map((end) => dayNumber(end));
    const [from = 0, to = from] = ends;
    for (let day = from; day <= to; day += Number(step)) {
      const name = WEEK[day % WEEK.length];
      if (name !== undefined) found.add(name);
    }
  }
  return [...found];
}

function dayNumber(written: string): number {
  const word = WEEK.findIndex((day) => day === written);
  return word === -1 ? Number(written) : word;
}

function alwaysOpen(window: Window, path: string): readonly Warning[] {
  const { cron, days, from, to, duration = 0, except } = window;
  const isWholeDay =
    cron === undefined && from === 0 && to === MINUTES_A_DAY && days.length === WEEK.length;
  const isWholeCron =
    cron !== undefined && /^\S+ \S+ \* \* \*$/.test(cron) && duration >= MINUTES_A_DAY * MINUTE;
  if ((!isWholeDay && !isWholeCron) || except.length > 0) return [];
  return [
    {
      path,
      message: 'is open all the time; write its min and max as those of the rule',
      thread: 'keda-docs, Cron scaler: start and end cannot be the same',
    },
  ];
}

/** Steps of a quarter hour: no zone changes its clocks by less. */
const STEP = millis(15 * MINUTE);
const STEPS = (7 * MINUTES_A_DAY * MINUTE) / STEP;

/** A floor above a ceiling at some moment of the next week: the ceiling wins, which may not be meant. */
function contradictions(policy: Policy, context: LintContext): readonly Warning[] {
  const { windows } = policy.rule;
  const own = windows.flatMap((window, at) =>
    aboveMax(policy, window, `windows[${at}].min`, context.now),
  );
  const path = windows.length > 0 ? 'windows' : 'min';
  if (own.length > 0) return own;
  for (let step = 0; step < STEPS; step += 1) {
    const at = later(context.now, millis(step * STEP));
    const { min, max } = boundsAt(policy, context, at);
    if (min > max) {
      return [
        {
          path,
          message: `at ${formatIso(at)} min is ${min} and max is ${max}: max wins`,
          thread: 'fly-autoscaler 3099b55, where such a rule starts and stops in turn',
        },
      ];
    }
  }
  return [];
}

function aboveMax(
  policy: Policy,
  { min }: Window,
  path: string,
  now: EpochMillis,
): readonly Warning[] {
  const most = fixed(policy.max, now);
  if (min === undefined || most === undefined || min <= most) return [];
  return [
    {
      path,
      message: `is ${min}, above the rule’s max of ${most}: max wins, so that there are never ${min}`,
      thread: 'KEDA#3330',
    },
  ];
}

function boundsAt(
  policy: Policy,
  { lastFiring }: LintContext,
  at: EpochMillis,
): { min: number; max: number } {
  const { override, windows }: Rule = policy.rule;
  const open = openWindows(windows, at, lastFiring);
  const person = override && at < override.until ? override : undefined;
  const none = Number.POSITIVE_INFINITY;
  return {
    min: Math.max(fixed(policy.min, at) ?? 0, open.min ?? 0, person?.pin ?? person?.min ?? 0),
    max: Math.min(
      fixed(policy.max, at) ?? none,
      open.max ?? none,
      person?.pin ?? person?.max ?? none,
    ),
  };
}

const NOTHING: Pick<Trusted, 'env' | 'doubts'> = { env: {}, doubts: new Map() };

/** What a bound comes to at a moment, where it rests on no metric. */
function fixed(program: Program, at: EpochMillis): number | undefined {
  if (program.names.length > 0) return undefined;
  const found = answer(program, NOTHING as Trusted, at);
  return found.known ? found.count : undefined;
}
