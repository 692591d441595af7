import type { Policy } from '../decide/policy.ts';
import { lintExpressions } from './expressions.ts';
import { lintLeftovers } from './leftovers.ts';
import { lintMetrics } from './metrics.ts';
import { lintPacing } from './pacing.ts';
import type { LintContext, Warning } from './warning.ts';
import { lintWindows } from './windows.ts';

/**
 * What in a valid rule has surprised people in other autoscalers, each with the thread that taught
 * it; docs/rules-linter.md lists them. Pure, and never an error: a rule with warnings is followed.
 */
export const lintRule = (policy: Policy, context: LintContext): readonly Warning[] => [
  ...lintExpressions(policy, context),
  ...lintWindows(policy, context),
  ...lintMetrics(policy, context),
  ...lintPacing(policy, context),
  ...lintLeftovers(policy, context),
];
