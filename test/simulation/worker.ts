import type { Change, TargetReading } from '../../lib/act/deployer.ts';
import { PlatformError } from '../../lib/act/errors.ts';
import { ScalerError } from '../../lib/model/errors.ts';
import type { Sample } from '../../lib/model/sample.ts';
import type { Target } from '../../lib/model/target.ts';
import { type EpochMillis, epochMillis } from '../../lib/model/units.ts';
import type { MetricRequest } from '../../lib/observe/metric-source.ts';
import { StoreError } from '../../lib/store/errors.ts';
import type { Lease } from '../../lib/store/lease-store.ts';
import type { MemoryKey, MemoryWrite } from '../../lib/store/memory-store.ts';
import type { TickEvent } from '../../lib/tick/event.ts';
import type { Ports } from '../../lib/tick/ports.ts';
import type { TickReport } from '../../lib/tick/report.ts';
import { tick } from '../../lib/tick/tick.ts';
import type { Chance } from './chance.ts';

/** What a worker meets with, by the number of the port call at which it does. */
export interface Fate {
  /** Dies there, before or after the call had its effect. */
  readonly killed?: { readonly at: number; readonly when: 'before' | 'after' };
  /** Stands still there until it is let go. */
  readonly stalled?: { readonly at: number; readonly when: 'before' | 'after' };
  /** Is told there that its time is up. */
  readonly endsAt?: number;
  /** Share of calls that fail before their effect, and after it (a lost answer). */
  readonly failing: number;
  readonly losing: number;
  /** How far its clock is ahead of the common one, in ms. */
  readonly skew: number;
}

export const UNHARMED: Fate = { failing: 0, losing: 0, skew: 0 };

/** The end of a process: no error that anybody may catch. */
class Killed extends Error {}

/** What the invariants need to know of a change at the moment it was asked for. */
export interface Asked {
  readonly change: Change;
  readonly worker: Worker;
  /** By the worker's own clock. */
  readonly at: EpochMillis;
}

export interface Worker {
  readonly id: number;
  readonly fate: Fate;
  /** Resolves with the report, with the fault the tick ended with, or with undefined once dead. */
  readonly done: Promise<TickReport | ScalerError | undefined>;
  /** Resolves once it is done, dead, or stands still. */
  readonly atRest: Promise<unknown>;
  readonly isStalled: boolean;
  letGo(): void;
  /** When its tick began, by its own clock. */
  readonly started: EpochMillis;
  /** What it last read of each metric, by what the metric asks for. */
  readonly seen: Map<string, Sample>;
  /** The count it last read of each target, by name. */
  readonly counts: Map<string, number>;
  /** The attributes of each rule as it follows them, as JSON. */
  readonly rules: Map<string, string>;
}

export interface Watch {
  asked(asked: Asked): void;
  leased(worker: Worker, lease: Lease): void;
  released(worker: Worker): void;
  forgotten(scalable: string): void;
  wrote(worker: Worker, write: MemoryWrite): void;
}

const STORES = ['rules', 'lastGood', 'memories', 'leases', 'audit'] as const;

/** Starts a tick whose every port call may fail, stand still or be the last. */
export function startWorker(
  id: number,
  ports: Ports,
  {
    fate,
    chance,
    event,
    watch,
  }: {
    readonly fate: Fate;
    readonly chance: Chance;
    readonly event: TickEvent;
    readonly watch: Watch;
  },
): Worker {
  let [calls, isDead, isStalled] = [0, false, false];
  let letGo = (): void => {};
  let stands = (): void => {};
  const standing = new Promise<void>((resolve) => (stands = resolve));
  const end = new AbortController();
  const clock = (): EpochMillis => epochMillis(ports.clock.now() + fate.skew);
  const seen = new Map<string, Sample>();
  const counts = new Map<string, number>();
  const rules = new Map<string, string>();

  const stall = async (): Promise<void> => {
    isStalled = true;
    stands();
    await new Promise<void>((resolve) => (letGo = resolve));
    isStalled = false;
  };
  const die = (): never => {
    isDead = true;
    throw new Killed(`worker ${id} was killed`);
  };

  async function call<T>(name: string, act: () => Promise<T>): Promise<T> {
    if (isDead) die();
    calls += 1;
    const [mine, { killed, stalled }] = [calls, fate];
    // So that workers that run side by side meet in every order.
    for (let waits = chance.whole(0, 3); waits > 0; waits -= 1) await Promise.resolve();
    if (isDead || (killed?.at === mine && killed.when === 'before')) die();
    if (fate.endsAt === mine) end.abort(new Error('the time is up'));
    if (stalled?.at === mine && stalled.when === 'before') await stall();
    if (chance.hits(fate.failing)) throw faultOf(name);
    const answer = await act();
    if (isDead || (killed?.at === mine && killed.when === 'after')) die();
    if (stalled?.at === mine && stalled.when === 'after') await stall();
    if (chance.hits(fate.losing)) throw faultOf(name);
    return answer;
  }

  const wrap = <T extends object>(
    port: string,
    whole: T,
    spy: (method: string, args: readonly unknown[], answer: unknown) => void = () => {},
  ): T =>
    new Proxy(whole, {
      get(of, method: string) {
        const found: unknown = Reflect.get(of, method);
        if (typeof found !== 'function') return found;
        return (...args: unknown[]) => {
          spy(`asking ${method}`, args, undefined);
          return call(`${port}.${method}`, async () => {
            const answer: unknown = await Reflect.apply(found, of, args);
            spy(method, args, answer);
            return answer;
          });
        };
      },
    });

  const wrapped = Object.fromEntries(
    STORES.map((name) => [name, wrap(name, ports[name], (...heard) => overhear(name, ...heard))]),
  ) as unknown as Pick<Ports, (typeof STORES)[number]>;
  const own: Ports = {
    ...ports,
    ...wrapped,
    newId: () => `worker-${id}`,
    clock: { now: clock, sleep: (duration, signal) => ports.clock.sleep(duration, signal) },
    source: async (kind, connection) =>
      wrap('source', await ports.source(kind, connection), (...heard) =>
        overhear('source', ...heard),
      ),
    deployer: async (kind, connection) =>
      wrap('deployer', await ports.deployer(kind, connection), (...heard) =>
        overhear('deployer', ...heard),
      ),
  };
  function overhear(port: string, method: string, args: readonly unknown[], answer: unknown): void {
    const what = `${port}.${method}`;
    if (what === 'source.read') {
      const [requests, samples] = [args[0] as MetricRequest[], answer as Sample[]];
      for (const [at, { spec }] of requests.entries()) {
        const { group, path } = spec.options as { readonly group?: string; readonly path?: string };
        const sample = samples[at];
        if (sample) seen.set(group ?? path ?? '', sample);
      }
    } else if (what === 'rules.list') {
      for (const item of answer as { id: string; attributes: object }[]) {
        rules.set(item.id, JSON.stringify(item.attributes));
      }
    } else if (what === 'lastGood.get' && answer !== undefined) {
      rules.set(args[0] as string, JSON.stringify(answer));
    } else if (what === 'deployer.asking scale') {
      watch.asked({ change: args[0] as Change, worker, at: clock() });
    } else if (what === 'leases.acquire') {
      const attempt = answer as { readonly held: boolean; readonly lease: Lease };
      if (attempt.held) watch.leased(worker, attempt.lease);
    } else if (what === 'memories.forget' && answer === true) {
      watch.forgotten((args[0] as MemoryKey).key);
    } else if (what === 'memories.write' && answer === true) {
      watch.wrote(worker, args[0] as MemoryWrite);
    } else if (what === 'deployer.read') {
      for (const [at, target] of (args[0] as Target[]).entries()) {
        const reading = (answer as TargetReading[])[at];
        if (reading?.found === 'yes') counts.set(target.name, reading.state.wanted.replicas ?? 0);
      }
    } else if (what === 'leases.release') {
      watch.released(worker);
    }
  }

  const done = Promise.resolve()
    .then(() => tick(own, event, end.signal))
    .catch((error: unknown) => {
      if (error instanceof Killed && isDead) return undefined;
      if (error instanceof ScalerError) return error;
      throw error;
    });
  const atRest = Promise.race([done, standing]);
  // What is wrong with one history is told by whoever waits; nobody may be waiting for this one yet.
  for (const ended of [done, atRest]) ended.catch(() => undefined);
  const worker: Worker = {
    id,
    fate,
    done,
    atRest,
    get isStalled() {
      return isStalled;
    },
    letGo: () => letGo(),
    started: clock(),
    seen,
    counts,
    rules,
  };
  return worker;
}

function faultOf(name: string): ScalerError {
  return name.startsWith('deployer') || name.startsWith('source')
    ? new PlatformError('TIMED_OUT', `${name}: no answer in time`, 'Try again.')
    : new StoreError('STORE_THROTTLED', `${name}: too many requests`, 'Try again.');
}
