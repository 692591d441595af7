import { compilePolicy, expressionTexts, type Policy, syntaxProblems } from '../decide/policy.ts';
import { prepareExpressions } from '../expression/extras.ts';
import type { EpochMillis } from '../model/units.ts';
import { prepareAliases } from '../rule/aliases.ts';
import { contentHash } from '../rule/content-hash.ts';
import { parseRule } from '../rule/parse-rule.ts';
import type { Problem } from '../rule/schema.ts';
import type { RuleItem, RuleStatus } from '../store/rule-store.ts';
import type { Ports } from './ports.ts';

/** All rules as this tick will follow them. */
export interface RuleBook {
  /** A policy for each rule that is valid, or was before an edit that is not. */
  readonly policies: readonly Policy[];
  readonly invalid: readonly InvalidRule[];
  /** Every id in the table, valid or not: a rule that is not among them was deleted. */
  readonly ids: ReadonlySet<string>;
}

export interface InvalidRule {
  readonly rule: string;
  readonly errors: readonly Problem[];
}

type Verdict =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Everything that is wrong with a rule at once, its expressions included; or the policy it makes. */
export function judgeRule(
  item: Pick<RuleItem, 'id' | 'attributes' | 'broken'>,
  { vocabulary, connections }: Pick<Ports, 'vocabulary' | 'connections'>,
): Verdict {
  if (item.broken) return { ok: false, problems: item.broken };
  const parsed = parseRule(item.id, item.attributes, vocabulary, connections);
  if (parsed.ok) return compilePolicy(parsed.rule);
  const { problems } = parsed;
  return { ok: false, problems: [...problems, ...syntaxProblems(item.attributes, problems)] };
}

/** Reads and judges every rule. One bad rule never stops another. */
export async function readRuleBook(
  ports: Ports,
  now: EpochMillis,
  signal: AbortSignal,
): Promise<RuleBook> {
  const items = await ports.rules.list(signal);
  const policies: Policy[] = [];
  const invalid: InvalidRule[] = [];
  for (const item of items) {
    const reviewed = await reviewRule(ports, item, now, signal);
    if (reviewed.policy) policies.push(reviewed.policy);
    if (reviewed.errors) invalid.push({ rule: item.id, errors: reviewed.errors });
  }
  return { policies, invalid, ids: new Set(items.map(({ id }) => id)) };
}

export interface Reviewed {
  readonly policy: Policy | undefined;
  readonly errors: readonly Problem[] | undefined;
  /** Whether this review was the first of these attributes. */
  readonly isNews: boolean;
}

/**
 * Judges one rule and, the first time its present attributes are seen, writes the verdict back:
 * a valid version is kept as the last good one, an invalid one gets its errors shown on the item
 * while the last good version goes on. The content hash in the verdict says what was judged, so
 * that our own write is no news and an edit made in a console is.
 */
export async function reviewRule(
  ports: Ports,
  item: RuleItem,
  now: EpochMillis,
  signal: AbortSignal,
): Promise<Reviewed> {
  await prepare(item.attributes);
  const verdict = judgeRule(item, ports);
  const of = contentHash(item.broken ?? item.attributes);
  const isNews = item.status?.of !== of || item.status.state !== (verdict.ok ? 'valid' : 'invalid');
  if (verdict.ok) {
    if (isNews) {
      await ports.lastGood.put(item.id, item.attributes, signal);
      await ports.rules.report(item, { state: 'valid', since: now, of }, signal);
    }
    return { policy: verdict.policy, errors: undefined, isNews };
  }
  const status: RuleStatus = { state: 'invalid', since: now, of, errors: verdict.problems };
  if (isNews) await ports.rules.report(item, status, signal);
  const attributes = await ports.lastGood.get(item.id, signal);
  if (attributes) await prepare(attributes);
  const before = attributes && judgeRule({ id: item.id, attributes }, ports);
  return { policy: before?.ok ? before.policy : undefined, errors: verdict.problems, isNews };
}

/** Loads what judging a rule needs beyond the usual: parts of the language, names from elsewhere. */
async function prepare(attributes: RuleItem['attributes']): Promise<void> {
  const sources = expressionTexts(attributes).map(([, source]) => source);
  await Promise.all([prepareExpressions(sources), prepareAliases(attributes)]);
}
