import { parseRule } from '../../../lib/rule/parse-rule.ts';
import type { Rule } from '../../../lib/rule/rule.ts';
import { connections, smallest, vocabulary } from './vocabulary.ts';

export const parse = (attributes: unknown, id = 'orders') =>
  parseRule(id, attributes, vocabulary, connections);

/** The rule, or an error with all problems. */
export function ruleOf(attributes: unknown): Rule {
  const attempt = parse(attributes);
  if (!attempt.ok) throw new Error(JSON.stringify(attempt.problems, null, 2));
  return attempt.rule;
}

/** All that is said about what is written, `path: message`. */
export function problemsOf(attributes: unknown): readonly string[] {
  const attempt = parse(attributes);
  return attempt.ok ? [] : attempt.problems.map(({ path, message }) => `${path}: ${message}`);
}

/** A rule that is wrong in one way: what is written beside the smallest one, and all that is said. */
export interface Wrong {
  readonly name: string;
  readonly written: object;
  readonly said: readonly string[];
}

/** The smallest rule with some attributes of one's own, `__proto__` too. */
export const beside = (written: object): object =>
  Object.fromEntries([...Object.entries(smallest), ...Object.entries(written)]);
