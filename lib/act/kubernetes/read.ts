import type { Clock } from '../../model/clock.ts';
import { nearest } from '../../model/nearest.ts';
import { type Target, targetName } from '../../model/target.ts';
import type { TargetReading } from '../deployer.ts';
import { PlatformError } from '../errors.ts';
import type { Client } from './client.ts';
import { textAt } from './json.ts';
import { listAll } from './list.ts';
import type { Paths } from './paths.ts';
import { MAX_CONNECTIONS } from './request.ts';
import { isListed, kindOf } from './resource.ts';
import { scaleState, workloadState } from './state.ts';

export interface Reader {
  readonly client: Client;
  readonly paths: Paths;
  readonly clock: Clock;
}

/**
 * One reading per target, in order. Deployments and StatefulSets take one list per namespace and
 * kind; of other kinds only the scale subresource says how many, which takes a call for each.
 * What fails is unknown for those it was to tell of, and for nobody else.
 */
export async function readTargets(
  reader: Reader,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<readonly TargetReading[]> {
  const readings = new Map<Target, TargetReading>();
  const works: (() => Promise<void>)[] = [];
  for (const group of grouped(targets)) {
    const [first] = group;
    if (first === undefined) continue;
    if (isListed(first.resource)) {
      works.push(() => settle(readings, group, () => readList(reader, group, signal)));
    } else {
      for (const target of group) {
        works.push(() => settle(readings, [target], () => readScale(reader, target, signal)));
      }
    }
  }
  await drain(works);
  return targets.map((target) => readings.get(target) ?? neverRead(target));
}

/** Targets of one namespace and kind together. */
function grouped(targets: readonly Target[]): readonly (readonly Target[])[] {
  const groups = Map.groupBy(targets, ({ namespace, resource }) => `${namespace} ${resource}`);
  return [...groups.values()];
}

/** Does all works, a few at a time; each of them takes the next as soon as it is free. */
async function drain(works: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = works.values();
  const worker = async () => {
    for (const work of queue) await work();
  };
  await Promise.all(Array.from({ length: Math.min(MAX_CONNECTIONS, works.length) }, worker));
}

/** Keeps what `read` answers, or that nothing is known of any of these targets. */
async function settle(
  readings: Map<Target, TargetReading>,
  targets: readonly Target[],
  read: () => Promise<ReadonlyMap<Target, TargetReading>>,
): Promise<void> {
  try {
    for (const [target, reading] of await read()) readings.set(target, reading);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    for (const target of targets) readings.set(target, { found: 'unknown', error });
  }
}

async function readList(
  reader: Reader,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Target, TargetReading>> {
  const [{ resource, namespace, name }] = targets as [Target];
  const plural = await reader.paths.plural(resource, signal);
  // A namespace can be large; for a single target the server picks the one out.
  const single = new Set(targets.map((target) => target.name)).size === 1;
  const objects = await listAll(reader.client, {
    path: await reader.paths.collection(resource, namespace, signal),
    what: `${plural} in namespace ${namespace}`,
    query: single ? { fieldSelector: `metadata.name=${name}` } : {},
    signal,
  });
  const byName = new Map(objects.map((object) => [textAt(object, 'metadata', 'name'), object]));
  const now = reader.clock.now();
  const kind = kindOf(resource);
  return new Map(
    targets.map((target): [Target, TargetReading] => {
      const object = byName.get(target.name);
      if (object === undefined) return [target, absent(target, [...byName.keys()])];
      return [target, attempted(() => workloadState(kind, object, now))];
    }),
  );
}

/** One object that makes no sense is unknown, and not all that were listed with it. */
function attempted(state: () => ReturnType<typeof workloadState>): TargetReading {
  try {
    return { found: 'yes', state: state() };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { found: 'unknown', error };
  }
}

async function readScale(
  reader: Reader,
  target: Target,
  signal: AbortSignal,
): Promise<ReadonlyMap<Target, TargetReading>> {
  const plural = await reader.paths.plural(target.resource, signal);
  try {
    const scale = await reader.client.call({
      method: 'GET',
      path: `${await reader.paths.object(target, signal)}/scale`,
      doing: `reading ${targetName(target)}`,
      needs: `get ${plural}/scale in namespace ${target.namespace}`,
      signal,
    });
    return new Map([[target, { found: 'yes', state: scaleState(scale) }]]);
  } catch (error) {
    const gone = error instanceof PlatformError && error.code === 'TARGET_NOT_FOUND';
    if (!gone) throw error;
    return new Map([[target, absent(target, [])]]);
  }
}

const absent = (target: Target, others: readonly string[]): TargetReading => ({
  found: 'absent',
  error: notFound(target, others),
});

/** A target that surely does not exist; `others` are names of its kind and namespace. */
export function notFound(target: Target, others: readonly string[]): PlatformError {
  return new PlatformError(
    'TARGET_NOT_FOUND',
    `${targetName(target)} (${target.resource}) does not exist${nearest(target.name, others)}`,
    'Check the rule: was the target renamed or deleted, and is the namespace right?',
  );
}

function neverRead(target: Target): never {
  throw new Error(`No reading of ${targetName(target)}`);
}
