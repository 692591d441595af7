import type { Policy } from '../decide/policy.ts';
import type { BinaryNode, Node } from '../expression/ast.ts';
import { constant } from '../rule/attributes/expression.ts';
import { expressionsOf, type RuleExpression } from '../rule/expressions-of.ts';
import { leastOf, metricIn, mostOf, numberIn, treeOf, walk } from './tree.ts';
import type { LintContext, Warning } from './warning.ts';

/** Traps in what a rule asks for. */
export function lintExpressions({ rule }: Policy, context: LintContext): readonly Warning[] {
  const most = constant(rule.max) ?? Number.POSITIVE_INFINITY;
  return expressionsOf(rule).flatMap((expression) => {
    const tree = treeOf(expression.source);
    const isWish = expression.dimension !== undefined;
    return [
      isWish && most > 1 ? booleanLike(expression, tree) : [],
      withoutValue(expression, tree),
      isWish ? activation(expression, tree) : [],
      division(expression, tree),
      neverSeen(expression, tree, context),
    ].flat();
  });
}

/** `lag > 10 ? 1 : 0` scales to one replica and no further. */
function booleanLike({ path, source }: RuleExpression, tree: Node): readonly Warning[] {
  if (numberIn(tree) !== undefined || mostOf(tree) > 1) return [];
  return [
    {
      path,
      message: `${source} is never more than 1, so that it switches on and off and does not scale; write how many, such as ceil(lag / 10)`,
      thread: 'KEDA#7195',
    },
  ];
}

/** A branch that gives nil makes the result unknown, and unknown changes nothing. */
function withoutValue({ path }: RuleExpression, tree: Node): readonly Warning[] {
  const found: Warning[] = [];
  walk(tree, (node) => {
    if (node.kind !== 'conditional') return;
    if (node.whenTrue?.kind !== 'nil' && node.whenFalse.kind !== 'nil') return;
    found.push({
      path,
      message:
        'a branch gives nil, which is no count: whenever it is taken nothing changes; write 0, or the count that is meant',
      thread: 'KEDA#7195',
    });
  });
  return found;
}

interface Comparison {
  readonly metric: string;
  readonly bound: number;
  /** Whether it holds for values above the bound. */
  readonly isAbove: boolean;
}

function comparisonIn(node: Node): Comparison | undefined {
  if (node.kind !== 'binary' || !/^[<>]=?$/.test(node.operator)) return undefined;
  const isGreater = node.operator.startsWith('>');
  const [left, right] = [metricIn(node.left), metricIn(node.right)];
  const [low, high] = [numberIn(node.left), numberIn(node.right)];
  if (left !== undefined && high !== undefined) {
    return { metric: left, bound: high, isAbove: isGreater };
  }
  if (right !== undefined && low !== undefined) {
    return { metric: right, bound: low, isAbove: !isGreater };
  }
  return undefined;
}

/** `lag > 50 ? ceil(lag / 10) : 0`: nothing up to 50, though 10 are one replica's share. */
function activation({ path }: RuleExpression, tree: Node): readonly Warning[] {
  const found: Warning[] = [];
  walk(tree, (node) => {
    if (node.kind !== 'conditional') return;
    const compared = comparisonIn(node.condition);
    const [idle, active] = compared?.isAbove
      ? [node.whenFalse, node.whenTrue]
      : [node.whenTrue, node.whenFalse];
    if (compared === undefined || active === undefined || numberIn(idle) !== 0) return;
    const share = shareOf(active, compared.metric);
    if (share === undefined || share >= compared.bound) return;
    const count = Math.ceil(compared.bound / share);
    found.push({
      path,
      message: `at a ${compared.metric} of ${compared.bound} there is no replica though ${share} are one’s share, and just above it ${count} at once; an activation belongs below the share`,
      thread: 'keda-docs, Kafka scaler: activation has priority over the target',
    });
  });
  return found;
}

/** What a metric is divided by in a formula. */
function shareOf(tree: Node, metric: string): number | undefined {
  let share: number | undefined;
  walk(tree, (node) => {
    if (node.kind !== 'binary' || node.operator !== '/' || metricIn(node.left) !== metric) return;
    share ??= numberIn(node.right);
  });
  return share;
}

/** A division by a metric that can be 0 is unknown then, so that nothing changes until it is not. */
function division({ path }: RuleExpression, tree: Node): readonly Warning[] {
  const found: Warning[] = [];
  walk(tree, (node, guards) => {
    if (node.kind !== 'binary' || (node.operator !== '/' && node.operator !== '%')) return;
    const metrics = metricsIn(node.right);
    if (metrics.length === 0 || leastOf(node.right) > 0) return;
    const asked = new Set(guards.flatMap((guard) => metricsIn(guard)));
    if (metrics.some((metric) => asked.has(metric))) return;
    found.push({
      path,
      message: `${metrics.join(' and ')} can be 0, and then the result is unknown and nothing changes, not even down; divide by max(${metrics[0]}, 1), or say what to take: ${metrics[0]} > 0 ? … : 0`,
      thread: 'ai-dynamo/dynamo#6985',
    });
  });
  return found;
}

function metricsIn(tree: Node): readonly string[] {
  const found = new Set<string>();
  const inside = new Set<Node>();
  walk(tree, (node) => {
    if (inside.has(node)) return;
    const metric = metricIn(node);
    if (metric === undefined) return;
    walk(node, (part) => void inside.add(part));
    found.add(metric);
  });
  return [...found];
}

/** A threshold above everything that was ever measured, and a share that is. */
function neverSeen(
  { path, dimension }: RuleExpression,
  tree: Node,
  { highest }: LintContext,
): readonly Warning[] {
  if (highest === undefined) return [];
  const found: Warning[] = [];
  const seenOf = (metric: string): number | undefined =>
    Object.hasOwn(highest, metric) ? highest[metric] : undefined;
  walk(tree, (node) => {
    const compared = comparisonIn(node);
    const seen = compared && seenOf(compared.metric);
    if (compared && seen !== undefined && seen < compared.bound) {
      found.push({
        path,
        message: `${compared.metric} was never above ${seen} in the recordings, so that ${compared.bound} is never reached`,
        thread: 'keda-docs#1595',
      });
    }
    const shared = dimension === undefined ? undefined : sharedIn(node);
    const most = shared && seenOf(shared.metric);
    if (shared && most !== undefined && most > 0 && most < shared.by) {
      found.push({
        path,
        message: `${shared.metric} was never above ${most} in the recordings, so that ${shared.metric} / ${shared.by} is never 1`,
        thread: 'keda-docs#1595',
      });
    }
  });
  return found;
}

function sharedIn(node: Node): { readonly metric: string; readonly by: number } | undefined {
  if (node.kind !== 'binary' || node.operator !== '/') return undefined;
  const { left, right }: BinaryNode = node;
  const [metric, by] = [metricIn(left), numberIn(right)];
  return metric === undefined || by === undefined ? undefined : { metric, by };
}
