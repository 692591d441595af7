import type { Policy } from '../decide/policy.ts';
import { formatIso } from '../model/iso.ts';
import { isMany } from '../rule/expand.ts';
import type { LintContext, Warning } from './warning.ts';

/** What was left behind, or never did anything. */
export function lintLeftovers({ rule }: Policy, { now, matches }: LintContext): readonly Warning[] {
  const warnings: Warning[] = [];
  const { override, target, dryRun } = rule;
  if (override !== undefined && override.until <= now) {
    warnings.push({
      path: 'override.until',
      message: `ended at ${formatIso(override.until)}, and the override of ${override.by} does nothing any more; remove it`,
      thread: 'KEDA#6956',
    });
  }
  if (dryRun) {
    warnings.push({
      path: 'dryRun',
      message: 'is on: the rule decides and changes nothing',
      thread: 'nomad-autoscaler#845',
    });
  }
  if (matches === 0) {
    const what = isMany(target) ? 'no target matches it' : 'there is no such target';
    warnings.push({
      path: 'target',
      message: `${what}, so that the rule does nothing; check its name, namespace and labels`,
      thread: 'instance-scheduler#171',
    });
  }
  return warnings;
}
