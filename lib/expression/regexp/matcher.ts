import { type Budget, spend } from '../budget.ts';
import { refuse, fail } from '../errors.ts';
import { assemble, type Instruction } from './automaton.ts';
import { hasCharacter, PERL } from './charset.ts';
import { parsePattern } from './parse-pattern.ts';
import type { Assertion } from './syntax.ts';

/** Whether a text has a match of a pattern anywhere. */
export type Matcher = (text: string, budget: Budget, at: number) => boolean;

/** Longest pattern; one of an expression cannot be longer, one from a metric's text might. */
const MAX_PATTERN = 4096;

/** Patterns worked out while an expression runs; those written in one are kept with it. */
const MOST_KEPT = 64;
const kept = new Map<string, readonly Instruction[]>();

/**
 * A matcher for a pattern that stands in the text of an expression; a bad one is refused there and
 * then. It looks at each character once and holds at most as many states as the pattern has parts,
 * so no pattern takes more than the product of the two (RE2's promise: no backtracking).
 */
export function matcher(pattern: string, at: number): Matcher {
  const program = assembled(pattern, (what) => refuse(at, what, SYNTAX));
  return (text, budget, place) => run(program, text, budget, place);
}

/** The same for a pattern that was worked out; a bad one fails the evaluation. */
export function matchDynamic(pattern: string, text: string, budget: Budget, at: number): boolean {
  let program = kept.get(pattern);
  if (program === undefined) {
    program = assembled(pattern, (what) => fail(at, what, SYNTAX));
    spend(budget, program.length, at);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(pattern, program);
  }
  return run(program, text, budget, at);
}

const SYNTAX = 'Patterns have the syntax of RE2: no look-around and no back-references.';

function assembled(pattern: string, stop: (what: string) => never): readonly Instruction[] {
  const shown = JSON.stringify(pattern.slice(0, 60));
  const tell = (what: string): never => stop(`the pattern ${shown} is wrong: ${what}`);
  if (pattern.length > MAX_PATTERN) return tell(`it is longer than ${MAX_PATTERN} characters`);
  return assemble(parsePattern(pattern, tell), () => tell('its repetitions make it too large'));
}

/** All states reached so far, each once. */
interface States {
  readonly list: number[];
  readonly seen: Set<number>;
}

// oxlint-disable-next-line max-params -- the pattern, the text, and the two that every step takes
function run(program: readonly Instruction[], text: string, budget: Budget, at: number): boolean {
  let states: States = { list: [], seen: new Set() };
  let before = -1;
  for (let index = 0; index <= text.length;) {
    const code = text.codePointAt(index) ?? -1;
    // A match may begin at any character.
    if (follow(program, 0, states, { before, after: code })) return true;
    spend(budget, states.seen.size, at);
    if (code < 0) return false;
    const following: States = { list: [], seen: new Set() };
    index += code > 0xffff ? 2 : 1;
    const place = { before: code, after: text.codePointAt(index) ?? -1 };
    for (const state of states.list) {
      const instruction = program[state];
      const takes = instruction?.kind === 'chars' && hasCharacter(instruction.chars, code);
      if (takes && follow(program, instruction.next, following, place)) return true;
    }
    states = following;
    before = code;
  }
  return false;
}

/** The characters around a place; -1 at the ends of the text. */
interface Place {
  readonly before: number;
  readonly after: number;
}

/** Adds a state and all that can be reached from it without taking a character; true at a match. */
// oxlint-disable-next-line max-params -- an inner loop that would only wrap them up
function follow(
  program: readonly Instruction[],
  start: number,
  states: States,
  place: Place,
): boolean {
  const open = [start];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const instruction = program[state];
    if (states.seen.has(state) || instruction === undefined) continue;
    states.seen.add(state);
    switch (instruction.kind) {
      case 'match':
        return true;
      case 'chars':
        states.list.push(state);
        break;
      case 'fork':
        open.push(instruction.other, instruction.next);
        break;
      case 'assert':
        if (holds(instruction.assertion, place)) open.push(instruction.next);
        break;
      default: {
        const never: never = instruction;
        return never;
      }
    }
  }
  return false;
}

const NEWLINE = 10;

function holds(assertion: Assertion, { before, after }: Place): boolean {
  switch (assertion) {
    case 'text-start':
      return before < 0;
    case 'text-end':
      return after < 0;
    case 'line-start':
      return before < 0 || before === NEWLINE;
    case 'line-end':
      return after < 0 || after === NEWLINE;
    case 'word':
      return isWord(before) !== isWord(after);
    case 'not-word':
      return isWord(before) === isWord(after);
    default: {
      const never: never = assertion;
      return never;
    }
  }
}

function isWord(code: number): boolean {
  const { w } = PERL;
  return code >= 0 && w !== undefined && hasCharacter(w, code);
}
