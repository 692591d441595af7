import { decide, type Decided } from '../decide/decide.ts';
import { readMemory, writeMemory } from '../decide/memory.ts';
import { withhold } from '../decide/outcome.ts';
import { compilePolicy, type PolicyAttempt } from '../decide/policy.ts';
import type { LastFiring } from '../decide/windows.ts';
import { encodeDecision } from '../record/encode.ts';
import type { DecisionRecord, RecordedDecision } from '../record/record.ts';
import type { Rule } from '../rule/rule.ts';
import { type Difference, differencesOf } from './differences.ts';

/** What became of deciding once more about what was recorded. */
export type Replayed =
  | { readonly same: true }
  /** The target could not be read then, so nothing was decided. */
  | { readonly same: 'undecided' }
  | { readonly same: false; readonly differences: readonly Difference[] };

/**
 * Decides again with this release's code about what was recorded: the rule is compiled anew, and
 * the guard holds what it held then. The decision and the memory it leaves must be the same bytes.
 *
 * Beside the record this depends on the time zones that Node knows and, for windows by cron, on
 * what `lastFiring` knows.
 */
export function replayRecord(record: DecisionRecord, lastFiring: LastFiring): Replayed {
  const { decided: then } = record;
  if (then === undefined) return { same: 'undecided' };
  const attempt = compiled(record.rule);
  if (!attempt.ok) {
    const differences = attempt.problems.map(({ path, message }) => ({
      path: `rule.${path}`,
      recorded: 'an expression that compiles',
      now: message,
    }));
    return { same: false, differences };
  }
  const { samples, memory, at } = record;
  const { state: target, held, withheld } = then;
  const seen = { samples, target, held, lastFiring };
  const decided = decide(attempt.policy, seen, readMemory(memory), at);
  const now = withheld ? withhold(decided, withheld.step, withheld.note) : decided;
  return compared(then, now);
}

function compared({ decision, after }: RecordedDecision, now: Decided): Replayed {
  const recorded = encodeDecision(decision);
  const again = encodeDecision(now.decision);
  const afterNow = writeMemory(now.memory);
  const same = JSON.stringify(recorded) === JSON.stringify(again);
  if (same && after === afterNow) return { same: true };
  return {
    same: false,
    differences: [
      ...(same ? [] : differencesOf(recorded, again, 'decision')),
      ...(after === afterNow ? [] : differencesOf(parsed(after), parsed(afterNow), 'memory')),
    ],
  };
}

/** A memory as what it says, so that a difference can be shown by its path. */
function parsed(memory: string): unknown {
  if (memory === '') return {};
  try {
    return JSON.parse(memory);
  } catch {
    return memory;
  }
}

const kept = new WeakMap<Rule, PolicyAttempt>();

/** Records of one recording share their rule, so it is compiled once for all of them. */
function compiled(rule: Rule): PolicyAttempt {
  const known = kept.get(rule);
  if (known) return known;
  const attempt = compilePolicy(rule);
  kept.set(rule, attempt);
  return attempt;
}
