import type { Decided } from '../decide/decide.ts';
import { type Memory, writeMemory } from '../decide/memory.ts';
import { carriedOut, withhold } from '../decide/outcome.ts';
import { DeadlineError, ScalerError } from '../model/errors.ts';
import type { Capacity } from '../model/target.ts';
import { type EpochMillis, later } from '../model/units.ts';
import type { Intent, StoredMemory } from '../store/memory-store.ts';
import type { Ports } from './ports.ts';
import type { Scalable } from './scalables.ts';

/**
 * Faults after which the platform surely did nothing. After any other (an answer that never came, a
 * server that failed half way) it may have, so that the intent stays for the next tick to finish.
 */
const SURELY_NOTHING_DONE: ReadonlySet<string> = new Set([
  'TARGET_NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'CONFLICT',
  'THROTTLED',
  'REFUSED',
  'DEADLINE',
]);

/** One decision and all that is needed to carry it out exactly once. */
export interface Assignment {
  readonly scalable: Scalable;
  readonly decided: Decided;
  readonly fence: string;
  readonly stored: StoredMemory;
  /** The moment the decision was made for. */
  readonly at: EpochMillis;
  /** What the audit log shall say, but for the outcome. */
  readonly account: object;
}

export type CarriedOut =
  | { readonly outcome: 'done'; readonly decision: string }
  /** Somebody else changed the target since it was read. */
  | { readonly outcome: 'superseded'; readonly decision: string; readonly because: string }
  /** Another worker was first with this scalable; nothing was done. */
  | { readonly outcome: 'lost'; readonly decision: string }
  | { readonly outcome: 'failed'; readonly decision: string; readonly error: ScalerError };

/**
 * The id of the decision that a scalable's next write makes: its moment, so that ids sort by
 * time, and the version it is written on, which only one worker can win.
 */
export function decisionId(at: EpochMillis, version: number): string {
  return `${String(at).padStart(15, '0')}-${String(version).padStart(8, '0')}`;
}

/**
 * Carries a decision out once, however many workers try: the intent is written on the version
 * that was read, and who loses that race does nothing; the change is fenced by the platform; the
 * audit entry stands under the decision's id; then the outcome goes in and the intent out, on the
 * version that is ours, unless nobody can say what the platform did. A worker that dies in between leaves an intent, which whoever finds it
 * after its deadline finishes (see `takeOver`).
 */
export async function carryOut(
  assignment: Assignment,
  ports: Ports,
  signal: AbortSignal,
): Promise<CarriedOut> {
  const { scalable, decided, stored, at, account } = assignment;
  const { policy, key, slot } = scalable;
  const decision = decisionId(at, stored.version);
  const intent: Intent = {
    decision,
    deadline: later(ports.clock.now(), ports.settings.intentLasts),
    entry: JSON.stringify(account),
  };
  const memory = writeMemory(decided.memory);
  const won = await ports.memories.write(
    { slot, key, expected: stored.version, memory, intent },
    signal,
  );
  if (!won) return { outcome: 'lost', decision };

  const result = await attempt(assignment, intent, ports, signal);
  const done = result.outcome === 'done';
  if (result.outcome !== 'failed') {
    const body = JSON.stringify({ ...account, ...withoutDecision(result) });
    await ports.audit.append({ decision, scalable: key, at, body }, signal);
  }
  // What was not done must not be remembered as done: no climb goes on behind a failure.
  const settled: Memory = done
    ? carriedOut(policy, decided, at)
    : withhold(decided, 'gate', result.outcome).memory;
  const isOpen = result.outcome === 'failed' && !SURELY_NOTHING_DONE.has(result.error.code);
  await ports.memories.write(
    {
      slot,
      key,
      expected: stored.version + 1,
      memory: writeMemory(settled),
      intent: isOpen ? { ...intent, deadline: ports.clock.now() } : undefined,
    },
    signal,
  );
  return result;
}

function withoutDecision(result: CarriedOut): object {
  return result.outcome === 'superseded'
    ? { outcome: result.outcome, because: result.because }
    : { outcome: result.outcome };
}

async function attempt(
  { scalable, decided, fence }: Assignment,
  { decision, deadline }: Intent,
  ports: Ports,
  signal: AbortSignal,
): Promise<CarriedOut> {
  const { target, key } = scalable;
  // Others may have finished the intent by now, and nothing tells the platform so.
  if (ports.clock.now() >= deadline) {
    return { outcome: 'failed', decision, error: new DeadlineError(key) };
  }
  const to: Capacity = Object.fromEntries(
    Object.entries(decided.decision.capacity).map(([dimension, change]) => [dimension, change.to]),
  );
  try {
    const deployer = await ports.deployer(target.kind, target.connection);
    const outcome = await deployer.scale({ target, to, fence, decision }, { signal });
    if (outcome.kind === 'done') return { outcome: 'done', decision };
    return { outcome: 'superseded', decision, because: outcome.because };
  } catch (error) {
    if (!(error instanceof ScalerError)) throw error;
    return { outcome: 'failed', decision, error };
  }
}

/**
 * Finishes the intent of a worker that died: if the target is as that worker wanted it, its work
 * was done and only its audit entry may be missing. Writing the entry again changes nothing.
 */
export async function takeOver(
  { key }: Pick<Scalable, 'key'>,
  { intent, observed }: { readonly intent: Intent; readonly observed: Capacity },
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const account = JSON.parse(intent.entry) as {
    readonly at: EpochMillis;
    readonly capacity: Readonly<Record<string, { readonly to: number }>>;
  };
  const arrived = Object.entries(account.capacity).every(
    ([dimension, { to }]) => observed[dimension as keyof Capacity] === to,
  );
  const outcome = arrived ? 'done' : 'unknown';
  const body = JSON.stringify({ ...account, outcome, note: 'finished by a later tick' });
  await ports.audit.append(
    { decision: intent.decision, scalable: key, at: account.at, body },
    signal,
  );
}
