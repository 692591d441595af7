import type { Policy } from '../decide/policy.ts';
import { constant } from '../rule/attributes/expression.ts';
import type { Rule } from '../rule/rule.ts';
import type { LintContext, Warning } from './warning.ts';

/** Traps of how often and how fast. */
export function lintPacing({ rule }: Policy, context: LintContext): readonly Warning[] {
  return [
    ...slowTicks(rule, context),
    ...idleSmoothing(rule),
    ...tolerances(rule),
    ...idling(rule),
    ...unreachableFallback(rule),
  ];
}

const inSeconds = (milliseconds: number): string => `${milliseconds / 1000} s`;

function slowTicks({ interval }: Rule, { tickPeriod }: LintContext): readonly Warning[] {
  if (tickPeriod === undefined || interval >= tickPeriod) return [];
  return [
    {
      path: 'interval',
      message: `is ${inSeconds(interval)}, but ticks come every ${inSeconds(tickPeriod)}, and it is looked at no more often than that`,
      thread: 'Zappa#806',
    },
  ];
}

/** A smoothing that goes this much of the way in one interval might as well not be there. */
const ALL_THE_WAY = 0.99;

function idleSmoothing({ smoothing, interval }: Rule): readonly Warning[] {
  if (smoothing === undefined) return [];
  const gain = 1 - 0.5 ** (interval / smoothing.halfLife);
  if (gain < ALL_THE_WAY) return [];
  return [
    {
      path: 'smoothing.halfLife',
      message: `is ${inSeconds(smoothing.halfLife)}, so that in one interval of ${inSeconds(interval)} more than 99 % of the way is gone and nothing is smoothed; write at least ${inSeconds(Math.ceil(interval / 2000) * 1000)}`,
      thread: 'riff, whose 0.05 is meant for every 100 ms',
    },
  ];
}

/** Fleets up to this size are small enough that a share of them is a handful. */
const SMALL = 50;

/** A share of few replicas is less than one of them, or a whole one that is missed. */
function tolerances({ tolerance, max }: Rule): readonly Warning[] {
  const most = constant(max);
  if (most === undefined || most > SMALL) return [];
  return (['up', 'down'] as const).flatMap((way): readonly Warning[] => {
    const share = tolerance[way];
    if (share === 0) return [];
    const missed = Math.floor(most * share);
    const message =
      missed === 0
        ? `is ${share}, which of ${most} replicas is less than one: it never holds anything`
        : `is ${share}, so that at ${most} replicas a wish for ${missed} ${way === 'up' ? 'more' : 'fewer'} is left alone`;
    return [{ path: `tolerance.${way}`, message, thread: 'k8s#116984' }];
  });
}

/** What contradicts the way to zero, where there is one. */
function idling({ min, idle, interval, scaleDown, metrics }: Rule): readonly Warning[] {
  if (constant(min) !== 0) return [];
  const warnings: Warning[] = [];
  if (scaleDown.select === 'disabled') {
    warnings.push({
      path: 'scaleDown.select',
      message:
        'is disabled, and the way to zero obeys it: the target never goes there, whatever idle says',
      thread: 'KEDA#7770',
    });
  } else if (idle < interval && Object.values(metrics).some(({ lag }) => lag !== undefined)) {
    warnings.push({
      path: 'idle',
      message: `is ${inSeconds(idle)}, shorter than the interval of ${inSeconds(interval)}: the last replica goes at the first look that sees nothing, between two messages`,
      thread: 'KEDA#7327',
    });
  }
  return warnings;
}

function unreachableFallback({ fallback, max }: Rule): readonly Warning[] {
  const most = constant(max);
  if (fallback === undefined || most === undefined || fallback.replicas <= most) return [];
  return [
    {
      path: 'fallback.replicas',
      message: `is ${fallback.replicas}, above the rule’s max of ${most}: max wins`,
      thread: 'KEDA#7239',
    },
  ];
}
