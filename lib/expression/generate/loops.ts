import { add, compare } from '../arithmetic.ts';
import type { BuiltinNode, Node } from '../ast.ts';
import { grow, spend } from '../budget.ts';
import { fail } from '../errors.ts';
import { directionOf } from '../sorting.ts';
import { isKey, kindOf, LooseMap, NO_GROUP, type Value } from '../values.ts';
import {
  ANY_KIND,
  anyCode,
  boolCode,
  type Code,
  type Frame,
  type Generator,
  INT_KIND,
  intCode,
  newSlot,
  OTHER_KIND,
  type Run,
  test,
} from './code.ts';
import { elements, enter, indexRead, type Loop, slotRead } from './loop.ts';

export function generateLoop(node: BuiltinNode, generator: Generator): Code {
  const [collectionNode, bodyNode, thirdNode] = node.arguments;
  if (collectionNode === undefined) throw new Error('The parser lets no such call pass');
  const collection = generator.visit(collectionNode, generator);
  const third = thirdNode && generator.visit(thirdNode, generator);
  const slots = { item: newSlot(generator), index: newSlot(generator), acc: newSlot(generator) };
  const items = collection.items ?? ANY_KIND;
  const item = slotRead(slots.item, items);
  const inside = (inner: Node | undefined): Code | undefined => {
    if (inner === undefined) return undefined;
    generator.pointers.push({
      '': item,
      index: indexRead(slots.index),
      acc: slotRead(slots.acc, ANY_KIND),
    });
    const code = generator.visit(inner, generator);
    generator.pointers.pop();
    return code;
  };
  const body = inside(bodyNode?.kind === 'predicate' ? bodyNode.body : bodyNode) ?? item;
  const loop: Loop = {
    name: node.name,
    at: node.at,
    collection: collection.run,
    items,
    body,
    holds: test(body, bodyNode?.at ?? node.at),
    slots,
    third,
    map: inside(node.map),
    throws: node.throws === true,
    enough: node.enough,
  };
  return LOOPS[node.name]?.(loop) ?? fail(node.at, `${node.name} is not there`);
}

/** Index of the first (or last) element for which the predicate is `wanted`, or -1. */
function search(loop: Loop, frame: Frame, found: readonly Value[], wanted: boolean): number {
  for (let index = 0; index < found.length; index += 1) {
    enter(loop, frame, found[index] ?? null, index);
    if (loop.holds(frame) === wanted) return index;
  }
  return -1;
}

function searchBack(loop: Loop, frame: Frame, found: readonly Value[]): number {
  for (let index = found.length - 1; index >= 0; index -= 1) {
    enter(loop, frame, found[index] ?? null, index);
    if (loop.holds(frame)) return index;
  }
  return -1;
}

function finder(loop: Loop, last: boolean): Code {
  const result = loop.map?.run;
  return anyCode((frame) => {
    const found = elements(loop, frame);
    const index = last ? searchBack(loop, frame, found) : search(loop, frame, found, true);
    if (index >= 0) return result === undefined ? (found[index] ?? null) : result(frame);
    return loop.throws ? fail(loop.at, 'nothing passed the filter') : null;
  });
}

function indexFinder(loop: Loop, last: boolean): Code {
  return anyCode((frame) => {
    const found = elements(loop, frame);
    const index = last ? searchBack(loop, frame, found) : search(loop, frame, found, true);
    return index < 0 ? null : BigInt(index);
  });
}

function counter(loop: Loop): Run<bigint> {
  const enough = loop.enough === undefined ? Number.POSITIVE_INFINITY : Number(loop.enough);
  return (frame) => {
    let count = 0;
    const found = elements(loop, frame);
    for (let index = 0; index < found.length; index += 1) {
      const item = found[index] ?? null;
      enter(loop, frame, item, index);
      if (loop.holds(frame)) count += 1;
      if (count >= enough) break;
    }
    return BigInt(count);
  };
}

function filterCode(loop: Loop): Code {
  const map = loop.map?.run;
  const run: Run = (frame) => {
    const passed: Value[] = [];
    const found = elements(loop, frame);
    for (let index = 0; index < found.length; index += 1) {
      const item = found[index] ?? null;
      enter(loop, frame, item, index);
      if (loop.holds(frame)) passed.push(map === undefined ? item : map(frame));
    }
    grow(frame, passed.length, loop.at);
    return passed;
  };
  return { kinds: OTHER_KIND, run, items: loop.map?.kinds ?? loop.items };
}

function mapCode(loop: Loop): Code {
  const { run: body } = loop.body;
  const run: Run = (frame) => {
    const found = elements(loop, frame);
    grow(frame, found.length, loop.at);
    return found.map((item, index) => {
      enter(loop, frame, item, index);
      return body(frame);
    });
  };
  return { kinds: OTHER_KIND, run, items: loop.body.kinds };
}

function sumCode(loop: Loop): Code {
  const { run: body, kinds } = loop.body;
  const run: Run = (frame) => {
    let sum: Value = 0n;
    const found = elements(loop, frame);
    for (let index = 0; index < found.length; index += 1) {
      const item = found[index] ?? null;
      enter(loop, frame, item, index);
      sum = add(body(frame), sum, loop.at, frame);
    }
    return sum;
  };
  // Without elements the sum is the int 0, whatever they would have been.
  if (loop.body.float === undefined) return anyCode(run);
  return { kinds: kinds | INT_KIND, run, float: (frame) => Number(run(frame)) };
}

function reduceCode(loop: Loop): Code {
  const { run: body } = loop.body;
  const initial = loop.third?.run;
  return anyCode((frame) => {
    const found = elements(loop, frame);
    const [first] = found;
    if (initial === undefined && first === undefined) {
      return fail(loop.at, 'reduce was given an empty array', 'Give it a value to start from.');
    }
    let result = initial === undefined ? (first ?? null) : initial(frame);
    for (let index = initial === undefined ? 1 : 0; index < found.length; index += 1) {
      enter(loop, frame, found[index] ?? null, index);
      frame.slots[loop.slots.acc] = result;
      result = body(frame);
    }
    return result;
  });
}

function groupCode(loop: Loop): Code {
  const { run: body } = loop.body;
  return anyCode((frame) => {
    const grouped = new LooseMap(NO_GROUP);
    const members = new Map<Value, Value[]>();
    const found = elements(loop, frame);
    for (let index = 0; index < found.length; index += 1) {
      const item = found[index] ?? null;
      enter(loop, frame, item, index);
      const key = body(frame);
      if (!isKey(key)) fail(loop.at, `${kindOf(key)} cannot be the key of a group`);
      const group = members.get(key) ?? [];
      if (group.length === 0) members.set(key, group);
      group.push(item);
    }
    for (const [key, group] of members) grouped.set(key, group);
    return grouped;
  });
}

function sortCode(loop: Loop): Code {
  const { run: body } = loop.body;
  const order = loop.third?.run;
  const run: Run = (frame) => {
    const found = elements(loop, frame);
    const direction = order === undefined ? 1 : directionOf(order(frame), loop.at);
    const keyed = found.map((item, index) => {
      enter(loop, frame, item, index);
      return { item, key: body(frame) };
    });
    grow(frame, found.length, loop.at);
    keyed.sort((one, other) => {
      spend(frame, 1, loop.at);
      return direction * compare(one.key, other.key, loop.at, 'sortBy') || 0;
    });
    return keyed.map(({ item }) => item);
  };
  return { kinds: OTHER_KIND, run, items: loop.items };
}

const LOOPS: Readonly<Record<string, (loop: Loop) => Code>> = {
  all: (loop) => boolCode((frame) => search(loop, frame, elements(loop, frame), false) < 0),
  none: (loop) => boolCode((frame) => search(loop, frame, elements(loop, frame), true) < 0),
  any: (loop) => boolCode((frame) => search(loop, frame, elements(loop, frame), true) >= 0),
  one: (loop) => {
    const count = counter(loop);
    return boolCode((frame) => count(frame) === 1n);
  },
  filter: filterCode,
  map: mapCode,
  count: (loop) => intCode(counter(loop)),
  sum: sumCode,
  find: (loop) => finder(loop, false),
  findLast: (loop) => finder(loop, true),
  findIndex: (loop) => indexFinder(loop, false),
  findLastIndex: (loop) => indexFinder(loop, true),
  groupBy: groupCode,
  sortBy: sortCode,
  reduce: reduceCode,
};
