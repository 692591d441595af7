import type { BuiltinNode } from '../ast.ts';
import { ramp } from '../builtins/ramp.ts';
import { truncate } from '../int64.ts';
import { roundHalfAway } from '../rounding.ts';
import { type Code, FLOAT_KIND, floatCode, INT_KIND, intCode, type Run } from './code.ts';

/**
 * Builtins over numbers whose arguments are sure to be numbers: the bread and butter of a formula,
 * run without looking at what they are given. Undefined where that is not so.
 */
export function generateNumeric(node: BuiltinNode, codes: readonly Code[]): Code | undefined {
  const floats = codes.map((code) => code.float);
  if (!floats.every((float) => float !== undefined)) return undefined;
  const [first, second] = floats;
  if (first === undefined) return undefined;
  const kinds = codes.reduce((all, code) => all | code.kinds, 0);
  switch (node.name) {
    case 'ceil':
      return floatCode((frame) => Math.ceil(first(frame)));
    case 'floor':
      return floatCode((frame) => Math.floor(first(frame)));
    case 'round':
      return floatCode((frame) => roundHalfAway(first(frame)));
    case 'float':
      return floatCode(first);
    case 'abs':
      return kinds === FLOAT_KIND ? floatCode((frame) => magnitude(first(frame))) : undefined;
    case 'int':
      return kinds === FLOAT_KIND ? intCode((frame) => truncate(first(frame))) : undefined;
    case 'ramp':
      return floatCode(rampCode(floats));
    case 'min':
    case 'max':
      return kinds === INT_KIND ? undefined : extreme(node.name, first, second, floats, kinds);
    default:
      return undefined;
  }
}

/** Not Math.abs: the original leaves the sign of -0 alone. */
const magnitude = (value: number): number => (value < 0 ? -value : value);

// oxlint-disable-next-line max-params -- the first two arguments are by far the most usual
function extreme(
  name: 'min' | 'max',
  first: Run<number>,
  second: Run<number> | undefined,
  all: readonly Run<number>[],
  kinds: number,
): Code | undefined {
  // What comes of ints and floats together is one or the other, and only a float is wanted mostly.
  const float = extremeFloat(name, first, second, all);
  return kinds === FLOAT_KIND ? floatCode(float) : undefined;
}

/** In order, so that a NaN in front wins and one behind loses, as comparing one by one has it. */
function extremeFloat(
  name: 'min' | 'max',
  first: Run<number>,
  second: Run<number> | undefined,
  all: readonly Run<number>[],
): Run<number> {
  if (second === undefined) return first;
  const rest = all.slice(1);
  if (name === 'max') {
    if (rest.length === 1) {
      return (frame) => {
        const one = first(frame);
        const two = second(frame);
        return one < two ? two : one;
      };
    }
    return (frame) => {
      let best = first(frame);
      for (const run of rest) {
        const value = run(frame);
        if (best < value) best = value;
      }
      return best;
    };
  }
  if (rest.length === 1) {
    return (frame) => {
      const one = first(frame);
      const two = second(frame);
      return one > two ? two : one;
    };
  }
  return (frame) => {
    let best = first(frame);
    for (const run of rest) {
      const value = run(frame);
      if (best > value) best = value;
    }
    return best;
  };
}

function rampCode(floats: readonly Run<number>[]): Run<number> {
  const [value, one, full, max] = floats;
  if (value === undefined || one === undefined || full === undefined || max === undefined) {
    throw new Error('The checker lets no ramp with fewer arguments pass');
  }
  return (frame) =>
    ramp({ value: value(frame), one: one(frame), full: full(frame), max: max(frame) });
}
