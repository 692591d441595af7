import { compare } from '../arithmetic.ts';
import { toInt } from '../arithmetic.ts';
import type { BinaryNode } from '../ast.ts';
import { grow } from '../budget.ts';
import { contains, isEqual } from '../equality.ts';
import { fail } from '../errors.ts';
import { matchDynamic, matcher } from '../extras.ts';
import { isNil, kindOf, type Value } from '../values.ts';
import {
  BOOL_KIND,
  boolCode,
  type Code,
  FLOAT_KIND,
  type Frame,
  type Generator,
  INT_KIND,
  OTHER_KIND,
  type Run,
  test,
} from './code.ts';
import { joinedItems } from './conditional.ts';
import { generateArithmetic } from './numbers.ts';

export function generateBinary(node: BinaryNode, generator: Generator): Code {
  const left = generator.visit(node.left, generator);
  const right = generator.visit(node.right, generator);
  switch (node.operator) {
    case '==':
      return generateEquality(node, left, right);
    case '!=': {
      const equal = generateEquality(node, left, right).run;
      return boolCode((frame) => equal(frame) !== true);
    }
    case 'and':
    case 'or':
      return generateLogic(node, left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return boolCode(generateOrder(node, left, right));
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
      return generateArithmetic(node, left, right);
    case '??':
      return generateCoalescence(left, right);
    case '..':
      return generateRange(node.at, left.run, right.run);
    case 'in': {
      const { at } = node;
      return boolCode((frame) =>
        contains(left.run(frame), right.run(frame), { budget: frame, at }),
      );
    }
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return boolCode(generateTextTest(node, left, right));
    default: {
      const never: never = node.operator;
      return never;
    }
  }
}

function generateEquality(node: BinaryNode, left: Code, right: Code): Code {
  if (left.literal === null || right.literal === null) {
    const other = left.literal === null ? right : left;
    const run = other.lenient?.run ?? other.run;
    return boolCode((frame) => isNil(run(frame)));
  }
  const { at } = node;
  const { float: one } = left;
  const { float: two } = right;
  if (one !== undefined && two !== undefined && (left.kinds | right.kinds) !== INT_KIND) {
    if (left.kinds === FLOAT_KIND || right.kinds === FLOAT_KIND) {
      return boolCode((frame) => one(frame) === two(frame));
    }
  }
  return boolCode((frame) => isEqual(left.run(frame), right.run(frame), { budget: frame, at }));
}

/** The value of the right side passes as it is, even where that is no bool: so does the original. */
function generateLogic(node: BinaryNode, left: Code, right: Code): Code {
  const condition = test(left, node.left.at);
  const { run } = right;
  const kinds = BOOL_KIND | right.kinds;
  return node.operator === 'and'
    ? { kinds, run: (frame) => condition(frame) && run(frame) }
    : { kinds, run: (frame) => condition(frame) || run(frame) };
}

function generateOrder(node: BinaryNode, left: Code, right: Code): Run<boolean> {
  const { operator, at } = node;
  const { float: one } = left;
  const { float: two } = right;
  const floats = left.kinds === FLOAT_KIND || right.kinds === FLOAT_KIND;
  if (one !== undefined && two !== undefined && floats) {
    if (operator === '<') return (frame) => one(frame) < two(frame);
    if (operator === '<=') return (frame) => one(frame) <= two(frame);
    if (operator === '>') return (frame) => one(frame) > two(frame);
    return (frame) => one(frame) >= two(frame);
  }
  const order: Run<number> = (frame) => compare(left.run(frame), right.run(frame), at, operator);
  if (operator === '<') return (frame) => order(frame) < 0;
  if (operator === '<=') return (frame) => order(frame) <= 0;
  if (operator === '>') return (frame) => order(frame) > 0;
  return (frame) => order(frame) >= 0;
}

/** `a ?? b`: the one place besides `== nil` and `?.` where a missing metric is no fault. */
function generateCoalescence(left: Code, right: Code): Code {
  const first = left.lenient?.run ?? left.run;
  const choose =
    <Result>(second: Run<Result>): Run<Value | Result> =>
    (frame) => {
      const value = first(frame);
      return value === undefined || isNil(value) ? second(frame) : value;
    };
  const kinds = left.kinds | right.kinds;
  const run = choose(right.run);
  const numeric = left.float !== undefined && right.float !== undefined;
  return {
    kinds,
    run,
    ...(numeric && {
      float: kinds === FLOAT_KIND ? (run as Run<number>) : (frame) => Number(run(frame)),
    }),
    ...joinedItems(left, right),
    ...(right.lenient && {
      lenient: { label: right.lenient.label, run: choose(right.lenient.run) },
    }),
  };
}

function generateRange(at: number, from: Run, to: Run): Code {
  const run = (frame: Frame): readonly bigint[] => {
    const first = toInt(from(frame), at);
    const last = toInt(to(frame), at);
    const size = BigInt.asIntN(64, last - first + 1n);
    if (size <= 0n) return [];
    grow(frame, Number(size), at);
    return Array.from({ length: Number(size) }, (_, index) => first + BigInt(index));
  };
  return { kinds: OTHER_KIND, run, items: INT_KIND };
}

function generateTextTest(node: BinaryNode, left: Code, right: Code): Run<boolean> {
  const { operator, at } = node;
  if (operator === 'matches' && typeof right.literal === 'string') {
    const matches = matcher(right.literal, node.right.at);
    return texts(left.run, right.run, at, operator, (text, _, frame) => matches(text, frame, at));
  }
  const tests: Readonly<Record<string, TextTest>> = {
    matches: (text, pattern, frame) => matchDynamic(pattern, text, frame, at),
    contains: (text, part) => text.includes(part),
    startsWith: (text, part) => text.startsWith(part),
    endsWith: (text, part) => text.endsWith(part),
  };
  return texts(left.run, right.run, at, operator, tests[operator] ?? (() => false));
}

type TextTest = (text: string, other: string, frame: Frame) => boolean;

// oxlint-disable-next-line max-params -- two sides, a place, a name and what is done with them
function texts(left: Run, right: Run, at: number, operator: string, holds: TextTest): Run<boolean> {
  return (frame) => {
    const one = left(frame);
    const two = right(frame);
    if (isNil(one) || isNil(two)) return false;
    if (typeof one === 'string' && typeof two === 'string') return holds(one, two, frame);
    return fail(at, `${operator} does not work on ${kindOf(one)} and ${kindOf(two)}`);
  };
}
