import { setImmediate } from 'node:timers/promises';

import { assertNever } from '../../lib/model/errors.ts';
import { epochMillis, millis, seconds } from '../../lib/model/units.ts';
import { createWorld, deployment, never, type World } from '../support/world.ts';
import { type Chance, createChance } from './chance.ts';
import { broken, createInvariants, type Invariants } from './invariants.ts';
import {
  badVersion,
  type Lie,
  LIES,
  type RuleId,
  RULES,
  tell,
  type Version,
  versionOf,
} from './scenario.ts';
import { type Fate, startWorker, UNHARMED, type Worker } from './worker.ts';

/** After the faults have ended, so many ticks of a minute bring every target to what its rule says. */
const MOST_TICKS_TO_CONVERGE = 45;
/** And from then on nothing is written, for as long as anybody looks. */
const TICKS_AT_REST = 3;
const MINUTE = 60_000;
/** Real time, unlike all else here: a tick's timer lives so long, and there are hundreds of ticks a second. */
const OBSERVE_LASTS = seconds(5);

/** What one seed makes of the world; told when it fails, and counted by those who ask. */
export interface Ended {
  readonly ticks: number;
  readonly writes: number;
  /** Ticks from the end of the faults until everything was as it should be. */
  readonly converged: number;
}

/**
 * One history: some minutes of traffic, edits, faults and workers that die, stand still and meet,
 * then an end of all faults. Rejects with what was broken, and the seed, where an invariant is.
 */
export async function runHistory(seed: number): Promise<Ended> {
  const chance = createChance(seed);
  const world = createWorld({ observeLasts: OBSERVE_LASTS });
  const start = world.clock.now();
  const steps = chance.whole(6, 14);
  const ids = RULES.filter((_, at) => at === seed % RULES.length || chance.hits(0.3));
  const until = epochMillis(start + steps * MINUTE);
  const history: History = {
    chance,
    world,
    ids,
    until,
    versions: new Map(ids.map((id) => [id, new Map()])),
    present: new Map(),
    truth: { lag: chance.whole(0, 1500), load: chance.whole(0, 130), served: 1000 },
    lies: { orders: 'none', load: 'none' },
    stalled: [],
    workers: 0,
  };
  const invariants = createInvariants(world, history.versions);
  for (const id of ids) {
    world.deployer.put(deployment(id), chance.whole(0, 8));
    await edit(history, id, versionOf(id, chance, until));
  }
  for (let step = 0; step < steps; step += 1) {
    await disturb(history);
    await ticks(history, invariants, step);
    await invariants.check();
  }
  await heal(history);
  const converged = await converge(history, invariants);
  await invariants.checkAudit();
  // Nothing above waits for anything real, so timers that have run out would never be let go.
  await setImmediate();
  return { ticks: history.workers, writes: world.deployer.writes.length, converged };
}

interface History {
  readonly chance: Chance;
  readonly world: World;
  readonly ids: readonly RuleId[];
  readonly until: ReturnType<typeof epochMillis>;
  readonly versions: Map<RuleId, Map<string, Version>>;
  /** The version in the table; a deleted rule has none. */
  readonly present: Map<RuleId, Version>;
  truth: { lag: number; load: number; served: number };
  lies: { orders: Lie; load: Lie };
  stalled: { readonly worker: Worker; readonly until: number }[];
  workers: number;
}

async function edit({ versions, present, world }: History, id: RuleId, version: Version) {
  versions.get(id)?.set(JSON.stringify(version.attributes), version);
  present.set(id, version);
  await world.rule(id, version.attributes);
}

/** What others do between two ticks. */
async function disturb(history: History): Promise<void> {
  const { chance, world, ids, truth, present } = history;
  world.clock.advance(millis(chance.one([MINUTE, MINUTE, MINUTE, 15_000, 30_500, 150_000])));
  if (chance.hits(0.4)) truth.lag = chance.one([0, chance.whole(0, 1500)]);
  if (chance.hits(0.4)) truth.load = chance.one([0, chance.whole(0, 130)]);
  if (chance.hits(0.7)) truth.served += chance.whole(0, 500);
  if (chance.hits(0.3)) history.lies = { orders: chance.one(LIES), load: chance.one(LIES) };
  tell(world.source, truth, history.lies, world.clock.now());
  for (const id of ids) {
    const target = deployment(id);
    const exists = world.deployer.replicas(target) !== undefined;
    if (!exists) {
      if (chance.hits(0.5)) world.deployer.put(target, chance.whole(0, 5));
    } else if (chance.hits(0.08)) world.deployer.edit(target, chance.whole(0, 15));
    else if (chance.hits(0.05)) world.deployer.rollout(target, 'a rollout is in progress');
    else if (chance.hits(0.3)) world.deployer.rollout(target, undefined);
    else if (chance.hits(0.03)) world.deployer.remove(target);
    const version = present.get(id);
    const fortune = chance.next();
    if (fortune < 0.08) await edit(history, id, versionOf(id, chance, history.until));
    else if (version && fortune < 0.16) await edit(history, id, badVersion(version, chance));
    else if (version && fortune < 0.2) {
      await world.ports.rules.remove(id, never);
      present.delete(id);
    }
  }
}

/** One to three workers at once, and those that stood still long enough go on. */
async function ticks(history: History, invariants: Invariants, step: number): Promise<void> {
  const { chance, world } = history;
  const count = chance.one([1, 1, 1, 1, 2, 2, 3]);
  const started = Array.from({ length: count }, () => {
    history.workers += 1;
    const how = { fate: fateOf(chance), chance, event: {}, watch: invariants };
    return startWorker(history.workers, world.ports, how);
  });
  const due = history.stalled.filter((one) => one.until <= step);
  history.stalled = history.stalled.filter((one) => one.until > step);
  for (const { worker } of due) worker.letGo();
  await Promise.all([
    ...started.map(({ atRest }) => atRest),
    ...due.map(({ worker }) => worker.done),
  ]);
  for (const worker of started) {
    if (worker.isStalled) {
      history.stalled.push({ worker, until: step + chance.whole(1, 5) });
      continue;
    }
    const report = await worker.done;
    if (report !== undefined && !(report instanceof Error)) invariants.reported(worker, report);
  }
}

function fateOf(chance: Chance): Fate {
  const at = chance.whole(1, 24);
  const when = chance.one(['before', 'after'] as const);
  const skew = chance.hits(0.15) ? chance.whole(-20_000, 20_000) : 0;
  const fate = { ...UNHARMED, skew };
  const kind = chance.one([
    'none',
    'none',
    'killed',
    'stalled',
    'failing',
    'losing',
    'ends',
  ] as const);
  switch (kind) {
    case 'killed':
      return { ...fate, killed: { at, when } };
    case 'stalled':
      return { ...fate, stalled: { at, when } };
    case 'failing':
      return { ...fate, failing: chance.one([0.05, 0.3]) };
    case 'losing':
      return { ...fate, losing: chance.one([0.05, 0.3]) };
    case 'ends':
      return { ...fate, endsAt: at };
    case 'none':
      return fate;
    default:
      return assertNever(kind);
  }
}

/** The end of all faults: what is so stays so, and every rule is valid and there. */
async function heal(history: History): Promise<void> {
  const { chance, world, ids } = history;
  for (const { worker } of history.stalled) worker.letGo();
  await Promise.all(history.stalled.map(({ worker }) => worker.done));
  history.lies = { orders: 'none', load: 'none' };
  for (const id of ids) {
    const target = deployment(id);
    if (world.deployer.replicas(target) === undefined) world.deployer.put(target, 1);
    world.deployer.rollout(target, undefined);
    if (history.present.get(id)?.valid !== true) {
      await edit(history, id, versionOf(id, chance, history.until));
    }
  }
  // Past whatever a person decided.
  world.clock.advance(millis(Math.max(0, history.until - world.clock.now())));
}

async function converge(history: History, invariants: Invariants): Promise<number> {
  const { world, ids, truth, present } = history;
  let converged = -1;
  let before = '';
  for (let count = 1; count <= MOST_TICKS_TO_CONVERGE + TICKS_AT_REST; count += 1) {
    world.clock.advance(millis(MINUTE));
    tell(world.source, truth, history.lies, world.clock.now());
    history.workers += 1;
    const how = { fate: UNHARMED, chance: history.chance, event: {}, watch: invariants };
    const report = await startWorker(history.workers, world.ports, how).done;
    if (report instanceof Error) throw report;
    await invariants.check();
    const now = await everything(history);
    const isThere = ids.every((id) => {
      const version = present.get(id);
      const replicas = world.deployer.replicas(deployment(id));
      if (version === undefined || replicas === undefined) return false;
      return Math.abs(expected(version, truth) - replicas) <= replicas * version.tolerance;
    });
    if (!isThere || now !== before) converged = -1;
    else if (converged === -1) converged = count;
    if (converged !== -1 && count - converged >= TICKS_AT_REST) return converged;
    before = now;
  }
  const found = ids.map((id) => ({
    id,
    replicas: world.deployer.replicas(deployment(id)),
    expected: expected(present.get(id) ?? broken('no version', id), truth),
    attributes: present.get(id)?.attributes,
  }));
  return broken(`not at rest after ${MOST_TICKS_TO_CONVERGE} ticks`, { truth, found, before });
}

function expected({ wish, min, max, floor }: Version, truth: History['truth']): number {
  return Math.min(Math.max(wish(truth), min, floor), max);
}

/** All that is stored, to see that nothing is written at rest. */
async function everything({ world, ids }: History): Promise<string> {
  const { memories, rules, audit, settings } = world.ports;
  const slots = await Promise.all(
    Array.from({ length: settings.slots }, (_, slot) => memories.readSlot(slot, never)),
  );
  const kept = slots.map((slot) => Object.fromEntries(slot));
  const entries = await Promise.all(ids.map((id) => audit.list(id, 1000, never)));
  return JSON.stringify([
    kept,
    await rules.list(never),
    entries.map(({ length }) => length),
    world.deployer.writes.length,
  ]);
}
