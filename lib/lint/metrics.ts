import type { Policy } from '../decide/policy.ts';
import { constant } from '../rule/attributes/expression.ts';
import { expressionsOf } from '../rule/expressions-of.ts';
import type { Rule } from '../rule/rule.ts';
import type { Connections } from '../rule/vocabulary.ts';
import type { LintContext, Warning } from './warning.ts';

/** Traps of what is measured. */
export function lintMetrics(policy: Policy, { connections }: LintContext): readonly Warning[] {
  return [
    ...unlimitedLag(policy),
    ...impatient(policy.rule),
    ...(connections ? vanishing(policy, connections) : []),
  ];
}

/** The default of a rule's max, which nobody may have thought of. */
const DEFAULT_MAX = '100';

/** Consumers beyond the partitions read nothing, and a lag can wish for any number of them. */
function unlimitedLag({ rule, wanted }: Policy): readonly Warning[] {
  if (rule.max !== DEFAULT_MAX) return [];
  const wished = new Set(
    wanted.flatMap(({ min, max }) => [...(min?.names ?? []), ...(max?.names ?? [])]),
  );
  const groups = Object.entries(rule.metrics).filter(([name, { lag }]) => lag && wished.has(name));
  const [first] = groups;
  if (first === undefined) return [];
  if (groups.some(([, { lag }]) => lag?.limitTo !== undefined || lag?.spread !== undefined))
    return [];
  const [name] = first;
  const seesPartitions = expressionsOf(rule).some(({ source }) =>
    /\b(?:partitions|lagging)\b/.test(source),
  );
  if (seesPartitions) return [];
  return [
    {
      path: 'max',
      message: `is ${DEFAULT_MAX}, and replicas beyond the partitions of ${name} would have nothing to read; write limitTo: partitions in metrics.${name}, or max: min(20, ${name}.partitions)`,
      thread: 'KEDA#3997',
    },
  ];
}

/** After one look, a consumer that commits less often than it is looked at is taken for stuck. */
function impatient({ metrics }: Rule): readonly Warning[] {
  return Object.entries(metrics).flatMap(([name, { lag }]) =>
    lag?.excludeStuck === 1
      ? [
          {
            path: `metrics.${name}.excludeStuck`,
            message:
              'after one look without a commit every consumer that commits less often than that is taken for stuck; 3 or more tells them apart',
            thread: 'KEDA#3904',
          },
        ]
      : [],
  );
}

/** Kinds whose figure a target may serve itself; the others are kept by somebody else. */
const SERVED: ReadonlySet<string> = new Set(['http-json', 'openmetrics']);

/**
 * A metric that the target itself serves is missing once no replica runs, so that nothing wakes the
 * target again. A metric of any other source, or a floor, does.
 */
function vanishing({ rule, wanted, used }: Policy, connections: Connections): readonly Warning[] {
  const least = constant(rule.min);
  if (least === undefined || least > 0 || (rule.fallback?.replicas ?? 0) > 0) return [];
  const wished = new Set(
    wanted.flatMap(({ min, max }) => [...(min?.names ?? []), ...(max?.names ?? [])]),
  );
  const own = used.filter((name) => wished.has(name) && isServedByTarget(rule, name, connections));
  const [first] = own;
  if (first === undefined || own.length < wished.size) return [];
  return [
    {
      path: `metrics.${first}`,
      message:
        'is read from the target itself, which answers nothing once it is at zero, so that nothing wakes it; write min: 1, fallback: { after: 1, replicas: 1 }, or add a metric that is kept elsewhere',
      thread: 'nomad-autoscaler PR#534',
    },
  ];
}

function isServedByTarget(
  { metrics, target }: Rule,
  name: string,
  connections: Connections,
): boolean {
  const spec = metrics[name];
  if (spec === undefined || !SERVED.has(spec.kind)) return false;
  const settings: { readonly url?: unknown } | undefined = connections[spec.connection]?.settings;
  const host =
    typeof settings?.url === 'string'
      ? /^https?:\/\/([^/:?#]+)/.exec(settings.url)?.[1]
      : undefined;
  const served = target.name.replaceAll('*', '');
  // In a cluster a service is reached by its name, with or without its namespace behind it.
  return host !== undefined && served !== '' && host.split('.')[0] === served;
}
