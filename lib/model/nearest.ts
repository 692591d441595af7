/** Names further than this from what was written are no help. */
const FARTHEST = 3;

/** ` (did you mean "topic"?)` for the nearest of `known`, or nothing where none is near. */
export function nearest(written: unknown, known: readonly string[]): string {
  const best = nearestName(written, known);
  return best === undefined ? '' : ` (did you mean ${JSON.stringify(best)}?)`;
}

/** The nearest of `known` by edits, at most three or half of its length away; else undefined. */
function nearestName(written: unknown, known: readonly string[]): string | undefined {
  if (typeof written !== 'string' || written.length > 100) return undefined;
  let best: string | undefined;
  let bestDistance = FARTHEST + 1;
  for (const name of known) {
    const distance = edits(written.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance && distance <= Math.ceil(name.length / 2)) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
