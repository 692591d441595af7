import { type Decided, decide, type Seen } from '../decide/decide.ts';
import { guard } from '../decide/guard.ts';
import { type Memory, readMemory } from '../decide/memory.ts';
import { withhold } from '../decide/outcome.ts';
import type { LastFiring } from '../decide/windows.ts';
import type { Sample } from '../model/sample.ts';
import type { TargetState } from '../model/target.ts';
import type { EpochMillis } from '../model/units.ts';
import type { Reading } from '../observe/metric-source.ts';
import { observe } from '../observe/observe.ts';
import type { StoredMemory } from '../store/memory-store.ts';
import { bounded } from './bounded.ts';
import type { Considered } from './considered.ts';
import { deployWorkloads } from './deploy-workloads.ts';
import type { Ports } from './ports.ts';
import { readTargets } from './read-targets.ts';
import type { DecisionReport } from './report.ts';
import type { Round } from './round.ts';
import type { Scalable } from './scalables.ts';
import { failedReport, settle } from './settle.ts';

const NEVER_WRITTEN: StoredMemory = { version: 0, memory: '', intent: undefined };
const NO_CRON: LastFiring = () => undefined;

/**
 * Observes, decides and acts for some scalables. Whatever fails for one of them is its outcome
 * and nobody else's.
 */
export async function reconcile(
  scalables: readonly Scalable[],
  memories: ReadonlyMap<string, StoredMemory>,
  ports: Ports,
  round: Round,
): Promise<readonly DecisionReport[]> {
  const { now } = round;
  const limit = AbortSignal.timeout(ports.settings.observeLasts);
  const signal = AbortSignal.any([round.signal, limit]);
  const remembered = new Map<string, Memory>(
    scalables.map(({ key }) => [key, readMemory(memories.get(key)?.memory ?? '')]),
  );
  const needsCron = scalables.some(({ policy }) =>
    policy.rule.windows.some(({ cron }) => cron !== undefined),
  );
  const [samples, readings, lastFiring] = await Promise.all([
    readSamples(scalables, ports, { now, signal }),
    readTargets(scalables, ports, signal).then((first) =>
      deployWorkloads(scalables, { readings: first, remembered }, ports, { ...round, signal }),
    ),
    needsCron ? ports.cron() : NO_CRON,
  ]);

  const considered = scalables.map((scalable, at): Considered => {
    const stored = memories.get(scalable.key) ?? NEVER_WRITTEN;
    const memory = readings.memories.get(scalable.key) ?? {};
    const of = samples[at] ?? {};
    const reading = readings.readings[at];
    if (reading?.found !== 'yes') return { scalable, stored, memory, samples: of, reading };
    const seen = seeing(of, reading.state, { stored, lastFiring, at: ports.clock.now() });
    const decided = decide(scalable.policy, seen, memory, now);
    return { scalable, stored, memory, samples: of, reading, held: seen.held, decided };
  });

  return await bounded(guardAll(considered, ports, round), ports.settings.concurrency, (one) =>
    one.decided === undefined
      ? Promise.resolve(failedReport(one, ports, round))
      : settle({ ...one, decided: one.decided }, ports, round),
  );
}

async function readSamples(
  scalables: readonly Scalable[],
  ports: Ports,
  reading: Reading,
): Promise<readonly Readonly<Record<string, Sample>>[]> {
  const asked = scalables.flatMap(({ policy, target }, at) =>
    Object.entries(policy.rule.metrics).map(([name, spec]) => ({ at, name, spec, target })),
  );
  const samples = await observe(asked, ports.source, reading);
  const byScalable: Record<string, Sample>[] = scalables.map(() => ({}));
  for (const [index, { at, name }] of asked.entries()) {
    const sample = samples[index];
    const of = byScalable[at];
    if (of && sample) of[name] = sample;
  }
  return byScalable;
}

function seeing(
  samples: Readonly<Record<string, Sample>>,
  target: TargetState,
  { stored, lastFiring, at }: { stored: StoredMemory; lastFiring: LastFiring; at: EpochMillis },
): Seen {
  const { intent } = stored;
  const held =
    intent !== undefined && at < intent.deadline
      ? `decision ${intent.decision} of another worker is still being carried out`
      : undefined;
  return { samples, target, held, lastFiring };
}

/** Holds every shrink of the tick where together they are too many. */
function guardAll(
  considered: readonly Considered[],
  { settings, journal }: Ports,
  { tick }: Round,
): readonly Considered[] {
  const decisions = considered.flatMap(({ decided }) => (decided ? [decided.decision] : []));
  const { held, removed, total } = guard(decisions, settings.guard);
  if (!held) return considered;
  const note = `this tick would remove ${removed} of ${total} replicas, more than ${settings.guard.share * 100} %`;
  journal.problem({ tick, code: 'GUARD_HELD', message: `${note}: every shrink is held` });
  return considered.map((one) =>
    one.decided && isShrink(one.decided)
      ? { ...one, withheld: { step: 'guard', note }, decided: withhold(one.decided, 'guard', note) }
      : one,
  );
}

const isShrink = ({ decision }: Decided): boolean =>
  Object.values(decision.capacity).some(({ from, to }) => to < from);
