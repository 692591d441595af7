import type { Dimension } from '../model/target.ts';
import type { Step, StepName } from './decision.ts';

/** The steps of one dimension as they are taken: the count so far and what moved it. */
export class Trace {
  readonly dimension: Dimension;
  readonly steps: Step[] = [];
  count: number;
  wished = false;
  readonly #current: number;

  constructor(dimension: Dimension, current: number) {
    this.dimension = dimension;
    this.count = current;
    this.#current = current;
  }

  /** Takes a step and writes it down if it moved the count. */
  step(step: StepName, after: number, note: string): void {
    if (after !== this.count) this.always(step, after, note);
  }

  /** Takes a step and writes it down, moved or not. */
  always(step: StepName, after: number, note: string): void {
    this.steps.push({ step, dimension: this.dimension, before: this.count, after, note });
    this.count = after;
    if (after !== this.#current) this.wished = true;
  }
}

/** The last step that moved a number: what an operator asks for first. */
export function bindingOf(steps: readonly Step[]): StepName | 'none' {
  return steps.findLast(({ before, after }) => before !== after)?.step ?? 'none';
}
