import { type Program, toCount } from '../expression/compile.ts';
import { ExpressionError } from '../expression/errors.ts';
import type { EpochMillis } from '../model/units.ts';
import type { WantedPrograms } from './policy.ts';
import type { Trusted } from './trust.ts';

/** A count an expression gave, or why it gave none; `doubt` = it rests on a metric that is not fresh. */
export type Answer =
  | { readonly known: true; readonly count: number; readonly doubt: string | undefined }
  | { readonly known: false; readonly because: string };

/** Evaluates one expression to a count: rounded half away from zero, never negative, never NaN. */
export function answer(program: Program, trusted: Trusted, now: EpochMillis): Answer {
  const doubted = program.names.find((name) => trusted.doubts.has(name));
  const doubt =
    doubted === undefined ? undefined : `${doubted} is ${trusted.doubts.get(doubted) ?? ''}`;
  try {
    const count = toCount(program.evaluate(trusted.env, now) as number);
    return { known: true, count, doubt };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { known: false, because: doubt ?? error.message };
  }
}

export interface Evaluated {
  readonly target: number;
  /** Whether there was no wish, or one that must not be followed; the target is the actual count. */
  readonly withheld: boolean;
  readonly note: string;
}

/**
 * The count a rule asks for: the actual one, moved into what its expressions allow. Unknown never
 * changes anything, and while any metric that a rule uses, be it only in a bound, is not fresh, the
 * rule may grow its target but not shrink it (KEDA#1850, KEDA#3065: a metric outage must not empty
 * the service).
 */
export function evaluate(
  programs: WantedPrograms,
  current: number,
  trusted: Trusted,
  now: EpochMillis,
): Evaluated {
  const min = programs.min && answer(programs.min, trusted, now);
  const max =
    programs.max === programs.min ? min : programs.max && answer(programs.max, trusted, now);
  for (const side of [min, max]) {
    if (side?.known === false) {
      return { target: current, withheld: true, note: `unknown, so kept: ${side.because}` };
    }
  }
  const low = min?.known ? min.count : 0;
  const high = max?.known ? max.count : Number.POSITIVE_INFINITY;
  const target = Math.min(Math.max(current, low), high);
  const [doubt] = trusted.doubted;
  if (target < current && doubt !== undefined) {
    const why = `${doubt} is ${trusted.doubts.get(doubt) ?? ''}`;
    return { target: current, withheld: true, note: `${target} wished, not shrunk: ${why}` };
  }
  return { target, withheld: false, note: describe(programs, low, high) };
}

function describe({ min, max }: WantedPrograms, low: number, high: number): string {
  if (min !== undefined && min === max) return `${min.source} = ${low}`;
  const parts = [
    min === undefined ? '' : `at least ${min.source} = ${low}`,
    max === undefined ? '' : `at most ${max.source} = ${high}`,
    low > high ? 'min above max: max wins' : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
