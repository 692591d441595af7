import { readMemory } from '../decide/memory.ts';
import { ScalerError } from '../model/errors.ts';
import type { StoredMemory } from '../store/memory-store.ts';
import { takeOver } from './carry-out.ts';
import type { Ports } from './ports.ts';
import type { Round } from './round.ts';

export interface Leftover {
  readonly slot: number;
  readonly key: string;
  readonly stored: StoredMemory;
}

/**
 * Ends what a deleted rule left behind: a workload that was deployed for it is removed, then its
 * memory is. The rule is asked for once more by itself, for a list may be a moment old and a
 * workload must not go because of it. A decision still being carried out is waited for, and one
 * whose worker died gets its audit entry first. What fails is left for the next tick.
 */
export async function forgetLeftover(
  { slot, key, stored }: Leftover,
  ports: Ports,
  { tick, signal }: Round,
): Promise<void> {
  const rule = key.split('/')[0] ?? key;
  const { managed } = readMemory(stored.memory);
  const { intent } = stored;
  if (intent !== undefined && ports.clock.now() < intent.deadline) return;
  try {
    // Nobody looks at the target any more, so the entry says only what was meant.
    if (intent !== undefined) await takeOver({ key }, { intent, observed: {} }, ports, signal);
    if (managed !== undefined) {
      if ((await ports.rules.get(rule, signal)) !== undefined) return;
      const deployer = await ports.deployer(managed.target.kind, managed.target.connection);
      await deployer.undeploy?.(managed.target, { signal });
    }
    await ports.memories.forget({ slot, key }, stored.version, signal);
  } catch (error) {
    if (!(error instanceof ScalerError)) throw error;
    ports.journal.problem({ tick, code: error.code, message: error.message, rule });
  }
}
