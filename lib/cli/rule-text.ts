import { stringify } from 'yaml';

import { createLastFiring } from '../cron.ts';
import { lintRule } from '../lint/lint-rule.ts';
import { formatWarning, type Warning } from '../lint/warning.ts';
import type { Problem } from '../rule/schema.ts';
import { readDocuments, type WrittenRule } from '../store/folder/documents.ts';
import type { RuleItem } from '../store/rule-store.ts';
import { systemClock } from '../system-clock.ts';
import type { Ports } from '../tick/ports.ts';
import { judgeRule } from '../tick/rule-book.ts';
import type { Highest } from './highest.ts';
import { plain } from './text.ts';

/** A rule as YAML, the way people write and edit it. */
export const ruleText = ({ id, attributes }: Pick<RuleItem, 'id' | 'attributes'>): string =>
  stringify({ id, ...attributes }, { lineWidth: 100 });

/** What rules are judged by; `highest` where recordings say what was ever measured. */
export type Judging = Pick<Ports, 'vocabulary' | 'connections'> & {
  readonly highest?: Highest | undefined;
};

/** A written rule, everything that is wrong with it, and what has surprised others in a valid one. */
export interface Judged {
  readonly written: WrittenRule;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** The rules of one text, judged by the words and connections there are. */
export function judgeText(name: string, text: string, ports: Judging): readonly Judged[] {
  return readDocuments(name, text).map((written) => {
    if (written.problems.length > 0) return { written, problems: written.problems, warnings: [] };
    const { problems, warnings } = judgeWritten(written, ports);
    return { written, problems, warnings };
  });
}

/** A rule's problems, or, where it has none, the linter's warnings as of now. */
export function judgeWritten(
  item: Pick<RuleItem, 'id' | 'attributes' | 'broken'>,
  ports: Judging,
): Omit<Judged, 'written'> {
  const verdict = judgeRule(item, ports);
  if (!verdict.ok) return { problems: verdict.problems, warnings: [] };
  const now = systemClock.now();
  const highest = ports.highest?.get(item.id);
  const context = {
    now,
    lastFiring: createLastFiring(),
    connections: ports.connections,
    ...(highest === undefined ? {} : { highest }),
  };
  return { problems: [], warnings: lintRule(verdict.policy, context) };
}

/** `orders.yaml:1: warning: max: … (KEDA#7936)`, a line for each warning. */
export const shownWarnings = ({ written, warnings }: Judged): readonly string[] =>
  warnings.map((warning) => `${written.place}: warning: ${plain(formatWarning(warning))}`);

/** `orders.yaml:1: metrics.orders.topic: is required …`, a line for each problem. */
export const shownProblems = ({ written, problems }: Judged): readonly string[] =>
  problems.map(({ path, message }) => {
    // A problem of the text itself names its place already.
    const place = message.startsWith(written.place.replace(/:\d+$/, ':'))
      ? ''
      : `${written.place}: `;
    return `${place}${path === '' ? '' : `${path}: `}${plain(message)}`;
  });
