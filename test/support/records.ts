import { decide } from '../../lib/decide/decide.ts';
import { type Memory, writeMemory } from '../../lib/decide/memory.ts';
import { withhold } from '../../lib/decide/outcome.ts';
import type { Sample } from '../../lib/model/sample.ts';
import type { TargetState } from '../../lib/model/target.ts';
import { epochMillis } from '../../lib/model/units.ts';
import type { Became, DecisionRecord, Recording, Withheld } from '../../lib/record/record.ts';
import { policyOf } from './policy.ts';

/** Friday, 20 November 2026, 12:00 in UTC. */
export const NOON = epochMillis(Date.UTC(2026, 10, 20, 12));

export interface Situation {
  readonly rule: Readonly<Record<string, unknown>>;
  readonly samples?: Readonly<Record<string, Sample>>;
  readonly replicas?: number;
  readonly memory?: Memory;
  readonly held?: string;
  readonly busy?: string;
  readonly withheld?: Withheld;
  readonly became?: Became;
  readonly note?: string;
  readonly id?: string;
}

/** What the tick would record of a situation: decided by the real `decide`. */
export function recordOf(situation: Situation): DecisionRecord {
  const { rule, samples = {}, replicas = 0, memory = {}, held, busy, withheld } = situation;
  const { id = 'orders', note } = situation;
  const policy = policyOf(rule, id);
  const state: TargetState = {
    wanted: { replicas },
    ready: { replicas },
    busy,
    fence: '7',
  };
  const seen = { samples, target: state, held, lastFiring: () => undefined };
  const first = decide(policy, seen, memory, NOON);
  const decided = withheld ? withhold(first, withheld.step, withheld.note) : first;
  const { verdict } = decided.decision;
  const became = situation.became ?? (verdict === 'change' ? 'done' : verdict);
  const { labels: _, ...target } = policy.rule.target;
  return {
    tick: 'tick-1',
    id: `${String(NOON).padStart(15, '0')}-00000007`,
    at: NOON,
    scalable: id,
    rule: policy.rule,
    target,
    samples,
    memory: writeMemory(memory),
    decided: {
      state,
      held,
      withheld,
      decision: decided.decision,
      after: writeMemory(decided.memory),
    },
    outcome: { became, ...(note === undefined ? {} : { note }) },
  };
}

export const recordingOf = (
  records: readonly DecisionRecord[],
  { tick = 'tick-1', at = NOON } = {},
): Recording => ({ tick, at, records: records.map((record) => ({ ...record, tick, at })) });

/** A sample as of `age` milliseconds before noon. */
export const number = (value: number, age = 0): Sample => ({
  trust: 'fresh',
  at: epochMillis(NOON - age),
  measurement: { kind: 'number', value },
});

/** Offsets as [end, committed]; committed undefined = none. */
export const offsets = (
  ...partitions: readonly (readonly [end: bigint, committed: bigint | undefined])[]
): Sample => ({
  trust: 'fresh',
  at: NOON,
  measurement: {
    kind: 'offsets',
    reset: 'earliest',
    partitions: partitions.map(([end, committed], partition) => ({
      partition,
      start: 0n,
      end,
      committed,
    })),
  },
});

export const missing = (because: string): Sample => ({
  trust: 'missing',
  because,
  code: 'UNREACHABLE',
});

/** Everything an async iterable gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
