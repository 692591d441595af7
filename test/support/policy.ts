import '../../lib/expression/load-everything.ts';
import '../../lib/rule/load-aliases.ts';
import { targetKinds } from '../../lib/act/registry.ts';
import { vocabularyOf } from '../../lib/app.ts';
import { compilePolicy, type Policy } from '../../lib/decide/policy.ts';
import { parseRule } from '../../lib/rule/parse-rule.ts';
import type { Connections } from '../../lib/rule/vocabulary.ts';

const connections: Connections = {
  main: { name: 'main', kind: 'kafka', settings: {} },
  web: { name: 'web', kind: 'http', settings: {} },
  prod: { name: 'prod', kind: 'kubernetes', settings: {} },
};

/** The policy of a rule with these attributes, over connections of each kind; the target may be left out. */
export function policyOf(attributes: Readonly<Record<string, unknown>>, id = 'orders'): Policy {
  const target = { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: id };
  const parsed = parseRule(id, { target, ...attributes }, vocabularyOf(targetKinds), connections);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  const compiled = compilePolicy(parsed.rule);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems, null, 2));
  return compiled.policy;
}

/** A metric of one number, and a group's lag, as rules write them. */
export const numberMetric = (path: string) => ({
  kind: 'http-json',
  connection: 'web',
  path: `/${path}`,
  json: '$',
});
export const lagMetric = {
  kind: 'kafka-lag',
  connection: 'main',
  topic: 'orders',
  group: 'orders',
};
