import type { Sort } from './forms.ts';
import type { Tree } from './grammar.ts';

/** The plainest expression of each sort, to stand in for a large one. */
const PLAIN: Readonly<Record<Sort, readonly string[]>> = {
  float: ['lag', '1.5'],
  int: ['1', '0'],
  bool: ['true', 'busy'],
  string: ['"a"', 'name'],
  floats: ['xs', '[]'],
  ints: ['1..2'],
  strings: ['["a"]'],
  mixed: ['[1, "a"]'],
  map: ['{}', '{a: 1}'],
  duration: ['duration("1s")'],
  time: ['date("2026-11-27")'],
  any: ['nil', '[1, "a"][0]'],
};

/** Trees a step smaller than a given one: a part in place of the whole, or a plain one in place of a part. */
export function* smaller(tree: Tree): Generator<Tree> {
  for (const part of tree.parts) if (typeof part !== 'string') yield part;
  const [only] = tree.parts;
  const isLeaf = tree.parts.length === 1 && typeof only === 'string';
  for (const text of PLAIN[tree.sort]) {
    if (!isLeaf || (text.length < only.length && text !== only))
      yield { sort: tree.sort, parts: [text] };
  }
  for (const [index, part] of tree.parts.entries()) {
    if (typeof part === 'string') continue;
    for (const less of smaller(part)) {
      yield { ...tree, parts: tree.parts.with(index, less) };
    }
  }
}

/** Cuts a tree down for as long as `fails` says that what it was found for is still there. */
export async function shrink(tree: Tree, fails: (tree: Tree) => Promise<boolean>): Promise<Tree> {
  let smallest = tree;
  for (let round = 0; round < 200; round += 1) {
    let found: Tree | undefined;
    for (const candidate of smaller(smallest)) {
      if (await fails(candidate)) {
        found = candidate;
        break;
      }
    }
    if (found === undefined) return smallest;
    smallest = found;
  }
  return smallest;
}
