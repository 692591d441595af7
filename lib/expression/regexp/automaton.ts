import type { CharSet } from './charset.ts';
import type { Assertion, Pattern } from './syntax.ts';

/** One instruction of a matcher; `next` and `other` are indices of instructions. */
export type Instruction =
  | { readonly kind: 'chars'; readonly chars: CharSet; next: number }
  | { readonly kind: 'assert'; readonly assertion: Assertion; next: number }
  | { readonly kind: 'fork'; next: number; other: number }
  | { readonly kind: 'match' };

/** Counted repetitions are written out, so a short pattern can grow; this is where that ends. */
const MAX_INSTRUCTIONS = 10_000;

/** Instructions for a pattern, the first of which is where matching starts (Thompson's construction). */
export function assemble(pattern: Pattern, tooLarge: () => never): readonly Instruction[] {
  const program: Instruction[] = [{ kind: 'match' }];
  const push = (instruction: Instruction): number => {
    if (program.length >= MAX_INSTRUCTIONS) tooLarge();
    return program.push(instruction) - 1;
  };
  /** Instructions for `part` that go on to `next`; built from the end, so that `next` is known. */
  const build = (part: Pattern, next: number): number => {
    switch (part.kind) {
      case 'chars':
      case 'assert':
        return push({ ...part, next });
      case 'sequence':
        return part.parts.reduceRight((following, each) => build(each, following), next);
      case 'choice':
        return part.options
          .map((option) => build(option, next))
          .reduceRight((other, option) => push({ kind: 'fork', next: option, other }));
      case 'repeat':
        return buildRepeat(part, next);
      default: {
        const never: never = part;
        return never;
      }
    }
  };
  const buildRepeat = (part: Extract<Pattern, { kind: 'repeat' }>, next: number): number => {
    let following = next;
    if (part.max === Number.POSITIVE_INFINITY) {
      const loop: Instruction = { kind: 'fork', next, other: next };
      following = push(loop);
      loop.next = build(part.body, following);
    } else {
      for (let extra = part.min; extra < part.max; extra += 1) {
        following = push({ kind: 'fork', next: build(part.body, following), other: next });
      }
    }
    for (let count = 0; count < part.min; count += 1) following = build(part.body, following);
    return following;
  };
  const start = build(pattern, 0);
  push({ kind: 'fork', next: start, other: start });
  return program.toReversed().map((instruction) => renumbered(instruction, program.length));
}

/** The program was built from its end; turned round, its indices turn too. */
function renumbered(instruction: Instruction, size: number): Instruction {
  if (instruction.kind === 'match') return instruction;
  const next = size - 1 - instruction.next;
  return instruction.kind === 'fork'
    ? { ...instruction, next, other: size - 1 - instruction.other }
    : { ...instruction, next };
}
