import { targetName } from '../../lib/model/target.ts';
import { scalableKey } from '../../lib/rule/expand.ts';
import { MAX_MEMORY_BYTES } from '../../lib/store/limits.ts';
import type { Intent } from '../../lib/store/memory-store.ts';
import type { TickReport } from '../../lib/tick/report.ts';
import type { Write } from '../fake/deployer.ts';
import { deployment, never, type World } from '../support/world.ts';
import type { RuleId, Version } from './scenario.ts';
import type { Asked, Watch, Worker } from './worker.ts';

/** The versions of a rule there ever were, by their attributes as JSON. */
export type Versions = ReadonlyMap<string, Version>;

export interface Invariants extends Watch {
  /** What a tick answered that no other overlapped: every rule that was ever valid is in it. */
  reported(worker: Worker, report: TickReport): void;
  /** Looks at all that is kept; to be called after each step of a history. */
  check(): Promise<void>;
  /** Whether everything that was done is accounted for; to be called once at rest. */
  checkAudit(): Promise<void>;
}

const MAX_AGE_MS = 120_000;

export function broken(what: string, found: unknown): never {
  throw new Error(`${what}: ${JSON.stringify(found)}`);
}

export function createInvariants(
  world: World,
  versions: ReadonlyMap<RuleId, Versions>,
): Invariants {
  const asked: Asked[] = [];
  const leaders = new Map<Worker, { readonly expiresAt: number }>();
  const highest = new Map<string, number>();
  const intents = new Map<string, { readonly intent: Intent; readonly worker: Worker }>();
  /** Rules of which there was a good version that a tick followed. */
  const good = new Set<string>();
  let checked = 0;

  /** A change as it is asked for: within bounds and within the tick's time. */
  function judge({ change, worker, at }: Asked): void {
    const rule = change.target.name as RuleId;
    const text = worker.rules.get(rule) ?? '';
    const version = versions.get(rule)?.get(text);
    if (!version?.valid) broken('a change by a version that never was or is not valid', text);
    const to = change.to.replicas ?? Number.NaN;
    const from = world.deployer.replicas(change.target);
    // The lowest ceiling wins over every floor, and a max that cannot be read keeps what there is,
    // which somebody else may have put beyond it.
    const least = Math.min(version.min, version.ceiling);
    const most = version.maxIsRead ? Math.max(version.max, from ?? 0) : version.max;
    if (!(to >= least && to <= most)) broken('out of bounds', { rule, from, to, least, most });
    const { leaseLasts, intentLasts } = world.ports.settings;
    if (at - worker.started >= leaseLasts + intentLasts) {
      broken('a change by a tick long over', {
        rule,
        worker: worker.id,
        late: at - worker.started,
      });
    }
  }

  /** A change that was made: of what was read, and no shrink in doubt. */
  function judgeEffect({ change, worker }: Asked, { from, to }: Write): void {
    const rule = change.target.name as RuleId;
    if (worker.counts.get(rule) !== from) {
      broken('somebody else’s change was overwritten', { rule, from, to, worker: worker.id });
    }
    const version = versions.get(rule)?.get(worker.rules.get(rule) ?? '');
    if (version === undefined || to >= from || to >= version.ceiling) return;
    const doubtful = version.reads.filter((name) => !isFresh(worker, name));
    if (doubtful.length > 0)
      broken('a shrink in doubt', { rule, from, to, doubtful, fate: worker.fate });
  }

  /** As of the moment the tick is for, which is when it began. */
  function isFresh(worker: Worker, name: string): boolean {
    const sample = worker.seen.get(name);
    if (sample?.trust !== 'fresh' || worker.started - sample.at > MAX_AGE_MS) return false;
    return sample.measurement.kind !== 'number' || Number.isFinite(sample.measurement.value);
  }

  return {
    asked(one) {
      asked.push(one);
      judge(one);
    },
    leased(worker, lease) {
      const now = world.clock.now();
      for (const [other, { expiresAt }] of leaders) {
        const skewed = other.fate.skew !== 0 || worker.fate.skew !== 0;
        if (other !== worker && expiresAt > now && !skewed) {
          broken('two leaders at once', [other.id, worker.id]);
        }
      }
      leaders.set(worker, lease);
    },
    released(worker) {
      leaders.delete(worker);
    },
    forgotten(key) {
      // A rule that is made again after it was deleted begins anew.
      highest.delete(key);
      intents.delete(key);
    },
    wrote(worker, { key, intent }) {
      const open = intents.get(key);
      const isSkewed = worker.fate.skew !== 0 || (open?.worker.fate.skew ?? 0) !== 0;
      const isOpen = open !== undefined && world.clock.now() < open.intent.deadline;
      if (isOpen && open.worker !== worker && !isSkewed) {
        broken('an open intent was taken over', { key, by: worker.id, of: open.worker.id });
      }
      if (intent === undefined) intents.delete(key);
      else intents.set(key, { intent, worker });
    },
    reported(worker, report) {
      if (!report.tick.leader) return;
      const decided = new Set(report.decisions.map(({ rule }) => rule));
      for (const rule of worker.rules.keys()) {
        if (good.has(rule) && !decided.has(rule)) broken('a rule was left alone', rule);
      }
      for (const rule of decided) good.add(rule);
    },

    async check() {
      const { writes } = world.deployer;
      for (; checked < writes.length; checked += 1) {
        const write = writes[checked];
        if (write?.decision === undefined) continue;
        const before = writes.slice(0, checked);
        const twice = before.some(
          ({ decision, target }) => decision === write.decision && target === write.target,
        );
        if (twice) broken('a decision took effect twice', write);
        const whose = asked.find(
          ({ change }) =>
            change.decision === write.decision && targetName(change.target) === write.target,
        );
        if (whose === undefined) broken('a change nobody asked for', write);
        judgeEffect(whose, write);
      }
      for (let slot = 0; slot < world.ports.settings.slots; slot += 1) {
        const kept = await world.ports.memories.readSlot(slot, never);
        for (const [key, { version, memory }] of kept) {
          if (version < (highest.get(key) ?? 0)) broken('a version went back', { key, version });
          highest.set(key, version);
          if (Buffer.byteLength(memory) > MAX_MEMORY_BYTES) broken('a memory too large', key);
        }
      }
    },

    async checkAudit() {
      const { writes } = world.deployer;
      for (const rule of versions.keys()) {
        const target = deployment(rule);
        const key = scalableKey(rule, target, false);
        const entries = await world.ports.audit.list(key, 10_000, never);
        const told = new Map(entries.map((entry) => [entry.decision, parsed(entry.body)]));
        const ours = writes.filter(
          (write) => write.decision !== undefined && write.target.endsWith(`/${rule}`),
        );
        for (const write of ours) {
          if (!told.has(write.decision ?? '')) broken('a change without an audit entry', write);
        }
        const effective = new Set(ours.map(({ decision }) => decision));
        for (const [decision, { outcome, note, capacity }] of told) {
          const inferred = note !== undefined;
          const wasAsked = asked.some(({ change }) => change.decision === decision);
          if (outcome !== 'done' || effective.has(decision) || inferred) continue;
          // Where somebody else had set the same count, being done takes no write.
          const same = wasAsked && writes.some(({ to }) => to === capacity?.replicas?.to);
          if (!same) broken('an audit entry says done, and nothing was', decision);
        }
      }
    },
  };
}

interface Entry {
  readonly outcome: string;
  readonly note?: string;
  readonly capacity?: { readonly replicas?: { readonly to: number } };
}
const parsed = (body: string): Entry => JSON.parse(body) as Entry;
