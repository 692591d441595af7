import { spend } from '../budget.ts';
import { fail } from '../errors.ts';
import { isArray, kindOf, type Value } from '../values.ts';
import { ANY_KIND, type Code, FLOAT_KIND, type Frame, INT_KIND, type Run } from './code.ts';

/** A builtin with a predicate, its parts made runnable. */
export interface Loop {
  readonly name: string;
  readonly at: number;
  readonly collection: Run;
  /** Kinds of the elements. */
  readonly items: number;
  /** The predicate; the element itself where there is none. */
  readonly body: Code;
  readonly holds: Run<boolean>;
  readonly slots: Slots;
  readonly third: Code | undefined;
  readonly map: Code | undefined;
  readonly throws: boolean;
  readonly enough: bigint | undefined;
}

/** Where the predicate finds `#`, `#index` and `#acc`. */
export interface Slots {
  readonly item: number;
  readonly index: number;
  readonly acc: number;
}

/** `#` or `#acc`: what the slot holds, of these kinds. */
export function slotRead(slot: number, kinds: number): Code {
  const run: Run = (frame) => frame.slots[slot] ?? null;
  if (kinds === FLOAT_KIND) {
    const float = run as Run<number>;
    return { kinds, run, float };
  }
  if (kinds !== 0 && (kinds & ~(INT_KIND | FLOAT_KIND)) === 0) {
    return { kinds, run, float: (frame) => Number(frame.slots[slot]) };
  }
  return { kinds: kinds === 0 ? ANY_KIND : kinds, run };
}

/** The slot holds a plain number, for most predicates never ask for it. */
export function indexRead(slot: number): Code {
  const float: Run<number> = (frame) => frame.slots[slot] as number;
  return { kinds: INT_KIND, run: (frame) => BigInt(float(frame)), float };
}

/** The array gone through; anything else is a fault. */
export function elements(loop: Loop, frame: Frame): readonly Value[] {
  const value = loop.collection(frame);
  if (!isArray(value)) return fail(loop.at, `${loop.name} takes an array, found ${kindOf(value)}`);
  return value;
}

/** Puts one element where the predicate looks for it. */
export function enter(loop: Loop, frame: Frame, item: Value, index: number): void {
  spend(frame, 1, loop.at);
  frame.slots[loop.slots.item] = item;
  frame.slots[loop.slots.index] = index;
}
