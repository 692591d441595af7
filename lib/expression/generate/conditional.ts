import type { ConditionalNode } from '../ast.ts';
import { type Code, constant, type Generator, test } from './code.ts';

/** `a ? b : c`, `a ?: c` and `if a { b } else { c }`. */
export function generateConditional(node: ConditionalNode, generator: Generator): Code {
  const condition = test(generator.visit(node.condition, generator), node.condition.at);
  // `a ?: c` gives `a`, and a condition that holds is true.
  const whenTrue =
    node.whenTrue === undefined ? constant(true) : generator.visit(node.whenTrue, generator);
  const whenFalse = generator.visit(node.whenFalse, generator);
  return {
    kinds: whenTrue.kinds | whenFalse.kinds,
    run: either(condition, whenTrue.run, whenFalse.run),
    ...(whenTrue.float &&
      whenFalse.float && { float: either(condition, whenTrue.float, whenFalse.float) }),
    ...joinedItems(whenTrue, whenFalse),
    ...joinedLenience(condition, whenTrue, whenFalse),
  };
}

type Choice<Result> = (frame: Parameters<Code['run']>[0]) => Result;

const either =
  <Result>(condition: Choice<boolean>, yes: Choice<Result>, no: Choice<Result>): Choice<Result> =>
  (frame) =>
    condition(frame) ? yes(frame) : no(frame);

/** Both have to be arrays for their elements to be known. */
export function joinedItems(one: Code, other: Code): { items?: number } {
  if (one.items === undefined || other.items === undefined) return {};
  return { items: one.items | other.items };
}

function joinedLenience(
  condition: Choice<boolean>,
  whenTrue: Code,
  whenFalse: Code,
): Pick<Code, 'lenient'> {
  const label = whenTrue.lenient?.label ?? whenFalse.lenient?.label;
  if (label === undefined) return {};
  const yes = whenTrue.lenient?.run ?? whenTrue.run;
  const no = whenFalse.lenient?.run ?? whenFalse.run;
  return { lenient: { label, run: either(condition, yes, no) } };
}
