import { add, divide, modulo, multiply, negate, raise, subtract } from '../arithmetic.ts';
import type { BinaryNode } from '../ast.ts';
import { wrap } from '../int64.ts';
import { power } from '../power.ts';
import type { Value } from '../values.ts';
import {
  ANY_KIND,
  type Code,
  FLOAT_KIND,
  floatCode,
  type Frame,
  INT_KIND,
  intCode,
  isOnly,
  NUMBER_KIND,
  type Run,
} from './code.ts';

export function generateNegation(operand: Code, at: number): Code {
  const { float, run } = operand;
  if (float !== undefined && operand.kinds === FLOAT_KIND) {
    return floatCode((frame) => -float(frame));
  }
  if (operand.kinds === INT_KIND) {
    const int = run as Run<bigint>;
    return intCode((frame) => wrap(-int(frame)));
  }
  return {
    kinds: isOnly(operand, NUMBER_KIND) ? operand.kinds : ANY_KIND,
    run: (frame) => negate(run(frame), at),
  };
}

/** `+ - * / % **`: floats by themselves, ints by themselves, and whatever it is at run time else. */
export function generateArithmetic(node: BinaryNode, left: Code, right: Code): Code {
  const { operator, at } = node;
  if (left.float !== undefined && right.float !== undefined) {
    if (operator === '/' || operator === '**') {
      return floatCode(FLOATS[operator](left.float, right.float, right.literal));
    }
    const ints = left.kinds === INT_KIND && right.kinds === INT_KIND;
    if (ints) return intCode(intOperation(node, left.run as Run<bigint>, right.run as Run<bigint>));
    const floats = left.kinds === FLOAT_KIND || right.kinds === FLOAT_KIND;
    if (floats && (operator === '+' || operator === '-' || operator === '*')) {
      return floatCode(FLOATS[operator](left.float, right.float, right.literal));
    }
  }
  return dynamic(node, left, right, at);
}

type Maker = (left: Run<number>, right: Run<number>, literal: Value | undefined) => Run<number>;

const FLOATS: Readonly<Record<'+' | '-' | '*' | '/' | '**', Maker>> = {
  '+': (left, right) => (frame) => left(frame) + right(frame),
  '-': (left, right) => (frame) => left(frame) - right(frame),
  '*': (left, right) => (frame) => left(frame) * right(frame),
  '/': (left, right) => (frame) => left(frame) / right(frame),
  '**': (left, right) => (frame) => power(left(frame), right(frame)),
};

function intOperation(node: BinaryNode, left: Run<bigint>, right: Run<bigint>): Run<bigint> {
  const { operator, at } = node;
  if (operator === '+') return (frame) => wrap(left(frame) + right(frame));
  if (operator === '-') return (frame) => wrap(left(frame) - right(frame));
  if (operator === '*') return (frame) => wrap(left(frame) * right(frame));
  return (frame) => modulo(left(frame), right(frame), at);
}

const DYNAMIC: Readonly<
  Record<string, (left: Value, right: Value, at: number, frame: Frame) => Value>
> = { '+': add, '-': subtract, '*': multiply, '/': divide, '%': modulo, '**': raise };

function dynamic(node: BinaryNode, left: Code, right: Code, at: number): Code {
  const operation = DYNAMIC[node.operator] ?? add;
  const run: Run = (frame) => operation(left.run(frame), right.run(frame), at, frame);
  if (node.operator === '/' || node.operator === '**') return floatCode(run as Run<number>);
  if (node.operator === '%') return intCode(run as Run<bigint>);
  if (left.float === undefined || right.float === undefined) return { kinds: ANY_KIND, run };
  return { kinds: left.kinds | right.kinds, run, float: (frame) => Number(run(frame)) };
}
