import type { BuiltinNode } from '../ast.ts';
import { builtinNamed } from '../builtins/catalogue.ts';
import { fail } from '../errors.ts';
import { PREDICATE_BUILTINS } from '../operators.ts';
import type { Value } from '../values.ts';
import {
  ANY_KIND,
  BOOL_KIND,
  type Code,
  FLOAT_KIND,
  type Frame,
  type Generator,
  INT_KIND,
  NUMBER_KIND,
  OTHER_KIND,
  type Run,
  STRING_KIND,
} from './code.ts';
import { generateLoop } from './loops.ts';
import { generateNumeric } from './numeric-calls.ts';

/** The kinds a builtin's result can have, where it is known. */
const KINDS: Readonly<Record<string, number>> = {
  int: INT_KIND,
  float: FLOAT_KIND,
  bool: BOOL_KIND,
  string: STRING_KIND,
  array: OTHER_KIND,
  map: OTHER_KIND,
  time: OTHER_KIND,
  duration: OTHER_KIND,
  zone: OTHER_KIND,
};

export function generateBuiltin(node: BuiltinNode, generator: Generator): Code {
  if (PREDICATE_BUILTINS.has(node.name)) return generateLoop(node, generator);
  const codes = node.arguments.map((argument) => generator.visit(argument, generator));
  const numeric = generateNumeric(node, codes);
  if (numeric !== undefined) return numeric;
  const builtin = builtinNamed(node.name);
  if (builtin === undefined) return fail(node.at, `${node.name} is not there`);
  const { at } = node;
  const runs = codes.map((code) => code.run);
  const call = builtin.run;
  const run = callWith(runs, (values, frame) => call(values, frame, at));
  const kinds = builtin.sure === true ? (KINDS[node.type?.kind ?? ''] ?? ANY_KIND) : ANY_KIND;
  const items = builtin.sameItems === true ? codes[0]?.items : undefined;
  const float: Run<number> | undefined =
    (kinds & ~NUMBER_KIND) === 0 ? (frame) => Number(run(frame)) : undefined;
  return { kinds, run, ...(float && { float }), ...(items !== undefined && { items }) };
}

function callWith(
  runs: readonly Run[],
  call: (values: readonly Value[], frame: Frame) => Value,
): Run {
  const [first, second] = runs;
  if (first === undefined) return (frame) => call([], frame);
  if (second === undefined) return (frame) => call([first(frame)], frame);
  if (runs.length === 2) return (frame) => call([first(frame), second(frame)], frame);
  return (frame) =>
    call(
      runs.map((run) => run(frame)),
      frame,
    );
}
