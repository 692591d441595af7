import { fail } from './errors.ts';
import { CHARACTERS_PER_UNIT } from './limits.ts';

/** What one evaluation may still use. */
export interface Budget {
  steps: number;
  memory: number;
}

/** Counts work that does not grow anything: turns of a loop, comparisons, copies. */
export function spend(budget: Budget, steps: number, at: number | undefined): void {
  budget.steps -= steps;
  if (budget.steps < 0) {
    fail(at, 'the expression takes too many steps', 'Let it look at fewer elements.');
  }
}

/** Counts elements about to be made. */
export function grow(budget: Budget, elements: number, at: number | undefined): void {
  budget.memory -= elements;
  if (budget.memory <= 0 || Number.isNaN(budget.memory)) {
    fail(at, 'the expression takes too much memory', 'Let it make smaller arrays.');
  }
}

/** Counts a text about to be made. */
export function growText(budget: Budget, characters: number, at: number | undefined): void {
  grow(budget, characters / CHARACTERS_PER_UNIT, at);
}
