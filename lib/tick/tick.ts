import { ScalerError } from '../model/errors.ts';
import { formatIso, parseIso } from '../model/iso.ts';
import { elapsed, type EpochMillis, later } from '../model/units.ts';
import type { Lease } from '../store/lease-store.ts';
import type { StoredMemory } from '../store/memory-store.ts';
import { bounded } from './bounded.ts';
import { withoutWrites } from './dry-run.ts';
import { RuleUnknownError } from './errors.ts';
import { EventInvalidError, type TickEvent } from './event.ts';
import { figuresOf } from './figures.ts';
import { forgetLeftover, type Leftover } from './forget.ts';
import { withGrace } from './grace.ts';
import type { Ports } from './ports.ts';
import { reconcile } from './reconcile.ts';
import { createRecorder } from './recorder.ts';
import type { DecisionReport, TickReport } from './report.ts';
import type { Round } from './round.ts';
import { readRuleBook, type RuleBook } from './rule-book.ts';
import { expandRules, isDue, type Scalable, type Unexpanded } from './scalables.ts';

/** The one lease that all ticks of a deployment share. */
const LEADER = 'leader';

/**
 * One reconciliation: takes the leader's lease, reads rules, expands them, and reconciles what is
 * due. Any scheduler may call it, as often as it likes and in parallel: whoever does not get the
 * lease does nothing, and what two do all the same is fenced scalable by scalable.
 */
export async function tick(
  given: Ports,
  event: TickEvent,
  signal: AbortSignal,
): Promise<TickReport> {
  const dryRun = event.dryRun ?? false;
  const ports = dryRun ? withoutWrites(given) : given;
  const started = ports.clock.now();
  const round: Round = {
    tick: ports.newId(),
    now: momentOf(event, started),
    until: later(started, ports.settings.leaseLasts),
    dryRun,
    signal,
  };
  const attempt = await ports.leases.acquire(
    { name: LEADER, owner: round.tick, duration: ports.settings.leaseLasts, now: started },
    signal,
  );
  const report = attempt.held
    ? await recording(ports, round, (told) => asLeader(attempt.lease, ports, event, told))
    : reportOf(round, { leader: false, decisions: [], invalid: [] });
  ports.metrics.record(figuresOf(report, elapsed(started, ports.clock.now())));
  return report;
}

/** Has `work` write down what it decides: at its end, when the lease is given back already. */
async function recording(
  ports: Ports,
  round: Round,
  work: (round: Round) => Promise<TickReport>,
): Promise<TickReport> {
  const recorder = createRecorder(ports, round);
  try {
    return await work({ ...round, recorder });
  } finally {
    await recorder.write();
  }
}

async function asLeader(
  lease: Lease,
  ports: Ports,
  event: TickEvent,
  round: Round,
): Promise<TickReport> {
  const { signal, now } = round;
  try {
    const book = selectRules(await readRuleBook(ports, now, signal), event);
    for (const { rule, errors } of book.invalid) {
      const message = errors.map((error) => `${error.path}: ${error.message}`).join('; ');
      ports.journal.problem({ tick: round.tick, code: 'RULE_INVALID', message, rule });
    }
    const expanded = await expandRules(book.policies, ports, signal);
    const memories = await readMemories(ports, signal);
    const due = event.rules ? expanded.scalables : dueNow(expanded.scalables, lease, ports, now);
    const stored = new Map([...memories].map(([key, { stored: of }]) => [key, of]));
    const decided = await reconcile(due, stored, ports, round);
    if (event.rules === undefined) {
      const isKept = keptKeys(book, expanded.scalables, expanded.failed);
      const leftovers = [...memories.values()].filter(({ key }) => !isKept(key));
      await bounded(leftovers, ports.settings.concurrency, (leftover) =>
        forgetLeftover(leftover, ports, round),
      );
    }
    const decisions = [...decided, ...expanded.failed.map(unexpandedReport)];
    return reportOf(round, { leader: true, decisions, invalid: book.invalid });
  } finally {
    await release(lease, ports, signal);
  }
}

/** Gives the lease back, also when the tick had to end; one that cannot be given back runs out. */
async function release(lease: Lease, ports: Ports, signal: AbortSignal): Promise<void> {
  try {
    const end = withGrace(signal, ports.settings.grace);
    await ports.leases.release(lease, ports.clock.now(), end);
  } catch (error) {
    if (!(error instanceof ScalerError) && !signal.aborted) throw error;
  }
}

function momentOf(event: TickEvent, started: EpochMillis): EpochMillis {
  if (event.now === undefined) return started;
  const now = parseIso(event.now);
  if (now === undefined) {
    throw new EventInvalidError([
      { path: 'now', message: `expected a moment, found ${event.now}` },
    ]);
  }
  return now;
}

/** Only the rules that were asked for; asking for one that does not exist is a mistake worth telling. */
function selectRules(book: RuleBook, { rules }: TickEvent): RuleBook {
  if (rules === undefined) return book;
  const unknown = rules.find((id) => !book.ids.has(id));
  if (unknown !== undefined) throw new RuleUnknownError(unknown, [...book.ids]);
  return {
    ids: book.ids,
    policies: book.policies.filter(({ rule }) => rules.includes(rule.id)),
    invalid: book.invalid.filter(({ rule }) => rules.includes(rule)),
  };
}

async function readMemories(
  ports: Ports,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Leftover>> {
  const slots = Array.from({ length: ports.settings.slots }, (_, slot) => slot);
  const read = await bounded(slots, ports.settings.concurrency, async (slot) => {
    const found: ReadonlyMap<string, StoredMemory> = await ports.memories.readSlot(slot, signal);
    return [...found].map(([key, stored]): [string, Leftover] => [key, { slot, key, stored }]);
  });
  return new Map(read.flat());
}

function dueNow(
  scalables: readonly Scalable[],
  lease: Lease,
  { settings }: Ports,
  now: EpochMillis,
): readonly Scalable[] {
  const beat = { now, before: lease.before, period: settings.period };
  return scalables.filter(({ policy, slot }) =>
    isDue({ interval: policy.rule.interval, phase: slot / settings.slots }, beat),
  );
}

/** Which memories still belong to somebody. A rule that could not be expanded keeps all of its own. */
function keptKeys(
  book: RuleBook,
  scalables: readonly Scalable[],
  failed: readonly Unexpanded[],
): (key: string) => boolean {
  const keys = new Set(scalables.map(({ key }) => key));
  const judged = new Set(book.policies.map(({ rule }) => rule.id));
  const unexpanded = new Set(failed.map(({ rule }) => rule));
  return (key) => {
    const rule = key.split('/')[0] ?? key;
    if (!book.ids.has(rule)) return false;
    return keys.has(key) || unexpanded.has(rule) || !judged.has(rule);
  };
}

const unexpandedReport = ({ rule, target, error }: Unexpanded): DecisionReport => ({
  rule,
  target,
  metrics: {},
  capacity: {},
  binding: 'none',
  outcome: 'failed',
  error: { code: error.code, message: error.message },
  steps: [],
});

function reportOf(
  { tick: id, now, dryRun }: Round,
  found: Pick<TickReport, 'decisions' | 'invalid'> & { readonly leader: boolean },
): TickReport {
  const { leader, decisions, invalid } = found;
  return { tick: { id, at: formatIso(now), leader, dryRun }, decisions, invalid };
}
