import type { Target } from '../model/target.ts';

/** Stands for any run of characters in a pattern, also for none; nothing else is special. */
const ANY = '*';

/**
 * Whether all of `name` is what `pattern` says, case and all: the meaning fly-autoscaler gives to
 * `*`, without its exceptions (there the empty pattern matches everything). Walks each text once
 * per star at most, without going back further than the last star: a hostile pattern costs no
 * more than its length times the name's.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split(ANY);
  const tail = rest.pop();
  // Without a star the head is the whole pattern.
  if (tail === undefined) return name === head;
  if (name.length < head.length + tail.length) return false;
  if (!name.startsWith(head) || !name.endsWith(tail)) return false;
  const end = name.length - tail.length;
  let at = head.length;
  for (const middle of rest) {
    // The leftmost place is always the best one, since only a star can follow.
    const found = name.indexOf(middle, at);
    if (found === -1 || found + middle.length > end) return false;
    at = found + middle.length;
  }
  return true;
}

/** What of a rule says whether it has one target: a pattern or labels can match any number. */
export const isMany = (selector: {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}): boolean =>
  selector.name === '' || selector.name.includes(ANY) || Object.keys(selector.labels).length > 0;

/**
 * The key of one rule on one target, under which its memory is kept: `orders`, or for a rule that
 * matches many targets `orders/shop/cart` (namespace and name; a rule's name has no slash). The
 * connection is not in it, for a rule has one.
 */
export function scalableKey(
  ruleId: string,
  target: Pick<Target, 'namespace' | 'name'>,
  many: boolean,
): string {
  if (!many) return ruleId;
  const place = target.namespace === '' ? '' : `${target.namespace}/`;
  return `${ruleId}/${place}${target.name}`;
}
