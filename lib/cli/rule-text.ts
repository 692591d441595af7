import { stringify } from 'yaml';

import type { Problem } from '../rule/schema.ts';
import { readDocuments, type WrittenRule } from '../store/folder/documents.ts';
import type { RuleItem } from '../store/rule-store.ts';
import type { Ports } from '../tick/ports.ts';
import { judgeRule } from '../tick/rule-book.ts';
import { plain } from './text.ts';

/** A rule as YAML, the way people write and edit it. */
export const ruleText = ({ id, attributes }: Pick<RuleItem, 'id' | 'attributes'>): string =>
  stringify({ id, ...attributes }, { lineWidth: 100 });

/** A written rule and everything that is wrong with it. */
export interface Judged {
  readonly written: WrittenRule;
  readonly problems: readonly Problem[];
}

/** The rules of one text, judged by the words and connections there are. */
export function judgeText(
  name: string,
  text: string,
  ports: Pick<Ports, 'vocabulary' | 'connections'>,
): readonly Judged[] {
  return readDocuments(name, text).map((written) => {
    if (written.problems.length > 0) return { written, problems: written.problems };
    const verdict = judgeRule(written, ports);
    return { written, problems: verdict.ok ? [] : verdict.problems };
  });
}

/** `orders.yaml:1: metrics.orders.topic: is required …`, a line for each problem. */
export const shownProblems = ({ written, problems }: Judged): readonly string[] =>
  problems.map(({ path, message }) => {
    // A problem of the text itself names its place already.
    const place = message.startsWith(written.place.replace(/:\d+$/, ':'))
      ? ''
      : `${written.place}: `;
    return `${place}${path === '' ? '' : `${path}: `}${plain(message)}`;
  });
