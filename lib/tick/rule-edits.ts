import { ScalerError } from '../model/errors.ts';
import { later } from '../model/units.ts';
import type { Problem } from '../rule/schema.ts';
import { bounded } from './bounded.ts';
import { withoutWrites } from './dry-run.ts';
import { forgetLeftover, type Leftover } from './forget.ts';
import type { Ports } from './ports.ts';
import type { TickReport } from './report.ts';
import type { Round } from './round.ts';
import { reviewRule } from './rule-book.ts';
import { tick } from './tick.ts';

/** What became of the edits of some rules. */
export interface EditReport {
  readonly verdicts: readonly EditVerdict[];
  /** The reconciliation that followed at once, where an edit was both new and valid. */
  readonly tick: TickReport | undefined;
}

export type EditVerdict =
  | { readonly rule: string; readonly state: 'valid' | 'unchanged' | 'removed' }
  | { readonly rule: string; readonly state: 'invalid'; readonly errors: readonly Problem[] }
  /** The store or a platform failed; the same edit has to be looked at again. */
  | {
      readonly rule: string;
      readonly state: 'failed';
      readonly code: string;
      readonly message: string;
    };

/**
 * Follows edits of rules as soon as they are made: judges each as it stands now (not as the event
 * had it, which may be older), writes the verdict back, reconciles what is new and valid at once,
 * and ends what a deleted rule leaves behind. Told twice, or told of our own verdict, it does
 * nothing the second time.
 */
export async function followEdits(
  given: Ports,
  event: { readonly rules: readonly string[]; readonly dryRun?: boolean },
  signal: AbortSignal,
): Promise<EditReport> {
  const ports = event.dryRun ? withoutWrites(given) : given;
  const ids = [...new Set(event.rules)];
  const verdicts = await bounded(ids, ports.settings.concurrency, (id) => judge(id, ports, signal));
  const news = verdicts.filter(({ state }) => state === 'valid').map(({ rule }) => rule);
  if (news.length === 0) return { verdicts, tick: undefined };
  const dryRun = event.dryRun ?? false;
  return { verdicts, tick: await tick(given, { rules: news, dryRun }, signal) };
}

async function judge(rule: string, ports: Ports, signal: AbortSignal): Promise<EditVerdict> {
  try {
    const item = await ports.rules.get(rule, signal);
    if (item === undefined) {
      await endRule(rule, ports, signal);
      return { rule, state: 'removed' };
    }
    const { errors, isNews } = await reviewRule(ports, item, ports.clock.now(), signal);
    if (errors) return { rule, state: 'invalid', errors };
    return { rule, state: isNews ? 'valid' : 'unchanged' };
  } catch (error) {
    if (!(error instanceof ScalerError)) throw error;
    return { rule, state: 'failed', code: error.code, message: error.message };
  }
}

async function endRule(rule: string, ports: Ports, signal: AbortSignal): Promise<void> {
  const now = ports.clock.now();
  const until = later(now, ports.settings.leaseLasts);
  const round: Round = { tick: ports.newId(), now, until, dryRun: false, signal };
  const slots = Array.from({ length: ports.settings.slots }, (_, slot) => slot);
  await bounded(slots, ports.settings.concurrency, async (slot) => {
    for (const [key, stored] of await ports.memories.readSlot(slot, signal)) {
      if (key !== rule && !key.startsWith(`${rule}/`)) continue;
      const leftover: Leftover = { slot, key, stored };
      await forgetLeftover(leftover, ports, round);
    }
  });
  await ports.lastGood.remove(rule, signal);
}
