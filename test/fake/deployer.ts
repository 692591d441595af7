import type { Acting, Change, Deployer, TargetReading } from '../../lib/act/deployer.ts';
import { PlatformError } from '../../lib/act/errors.ts';
import { type ActOutcome, type Target, targetName } from '../../lib/model/target.ts';
import type { TargetSelector, Workload } from '../../lib/rule/rule.ts';

export type Operation = 'read' | 'expand' | 'scale' | 'deploy' | 'undeploy';

/** Something that goes wrong on demand. */
export interface Fault {
  readonly operation: Operation;
  /** Only for this target; every one by default. An `expand` has none. */
  readonly target?: Target;
  readonly error: PlatformError;
  /** So often; always by default. */
  readonly times?: number;
  /** The change is carried out and only its answer lost, as when a connection breaks. */
  readonly afterwards?: boolean;
}

/** One change that was carried out, by Rubato (with its decision) or by somebody else. */
export interface Write {
  readonly target: string;
  readonly from: number;
  readonly to: number;
  readonly decision: string | undefined;
}

/** A Deployer in memory, and the hands that change its world from outside. */
export interface FakeDeployer extends Deployer {
  /** Somebody else makes a target. */
  put(target: Target, replicas: number, labels?: Readonly<Record<string, string>>): void;
  /** Somebody else sets how many are wanted. */
  edit(target: Target, replicas: number): void;
  remove(target: Target): void;
  /** A rollout begins (its text) or ends (undefined). It moves the fence, as any edit does. */
  rollout(target: Target, busy: string | undefined): void;
  /** How many are ready from now on; undefined = always as many as are wanted. */
  setReady(target: Target, count: number | undefined): void;
  /** Answers a function that ends the fault. */
  fail(fault: Fault): () => void;
  /** Done once, right before the next operation of this kind, as somebody who is quicker. */
  before(operation: Operation, act: () => void): void;
  /** What is wanted now; undefined = no such target. */
  replicas(target: Target): number | undefined;
  workload(target: Target): Workload | undefined;
  /** Every change, in order, those of others too. */
  readonly writes: readonly Write[];
  /** How often each operation was called. */
  readonly calls: Readonly<Record<Operation, number>>;
}

interface Item {
  readonly target: Target;
  readonly uid: number;
  labels: Readonly<Record<string, string>>;
  generation: number;
  replicas: number;
  ready: number | undefined;
  busy: string | undefined;
  workload: Workload | undefined;
}

/**
 * Keeps the Deployer contract without time or network. Left out: status that follows slowly (see
 * `setReady`), pagination, and permissions, for which there is `fail`.
 */
export function createFakeDeployer(): FakeDeployer {
  const items = new Map<string, Item>();
  const faults = new Set<{ readonly fault: Fault; left: number }>();
  const quicker: { readonly operation: Operation; readonly act: () => void }[] = [];
  const writes: Write[] = [];
  const calls: Record<Operation, number> = { read: 0, expand: 0, scale: 0, deploy: 0, undeploy: 0 };
  let uids = 0;

  const keyOf = (target: Target) => `${target.resource} ${targetName(target)}`;
  const itemOf = (target: Target) => items.get(keyOf(target));
  const existing = (target: Target): Item => {
    const item = itemOf(target);
    if (item === undefined) throw new Error(`The test has no ${targetName(target)}`);
    return item;
  };
  const create = (target: Target, replicas: number): Item => {
    uids += 1;
    const fresh = { labels: {}, ready: undefined, busy: undefined, workload: undefined };
    const item: Item = { target, uid: uids, generation: 1, replicas, ...fresh };
    items.set(keyOf(target), item);
    return item;
  };
  const write = (item: Item, to: number, decision: string | undefined): void => {
    writes.push({ target: targetName(item.target), from: item.replicas, to, decision });
    if (item.replicas !== to) item.generation += 1;
    item.replicas = to;
  };

  function begin(operation: Operation): void {
    calls[operation] += 1;
    const at = quicker.findIndex((each) => each.operation === operation);
    if (at !== -1) quicker.splice(at, 1)[0]?.act();
  }
  function faultFor(operation: Operation, target: Target | undefined): Fault | undefined {
    for (const each of faults) {
      const { fault } = each;
      if (fault.operation !== operation) continue;
      if (fault.target && (!target || keyOf(fault.target) !== keyOf(target))) continue;
      each.left -= 1;
      if (each.left <= 0) faults.delete(each);
      return fault;
    }
    return undefined;
  }
  /** Carries `act` out unless a fault comes first. */
  async function changed<T>(
    operation: Operation,
    target: Target,
    acting: Acting,
    act: () => T,
  ): Promise<T> {
    begin(operation);
    if (acting.signal.aborted) throw timeIsUp();
    const fault = faultFor(operation, target);
    if (fault && !fault.afterwards) throw fault.error;
    const answer = act();
    if (fault) throw fault.error;
    return answer;
  }
  function readOne(target: Target, { signal }: Acting): TargetReading {
    if (signal.aborted) return { found: 'unknown', error: timeIsUp() };
    const fault = faultFor('read', target);
    if (fault) return { found: 'unknown', error: fault.error };
    const item = itemOf(target);
    if (item === undefined) return { found: 'absent', error: notFound(target) };
    const { replicas, ready = replicas, busy } = item;
    const fence = fenceOf(item);
    return {
      found: 'yes',
      state: { wanted: { replicas }, ready: { replicas: ready }, busy, fence },
    };
  }
  function scaleOne(change: Change): ActOutcome {
    const { replicas } = change.to;
    if (replicas === undefined) throw new Error('No replicas to set');
    const item = itemOf(change.target);
    if (item === undefined) throw notFound(change.target);
    if (fenceOf(item) === change.fence) {
      write(item, replicas, change.decision);
      return { kind: 'done' };
    }
    const same = change.fence.startsWith(`${item.uid}:`) && item.replicas === replicas;
    if (same) return { kind: 'done', note: `it was ${replicas} already` };
    return { kind: 'superseded', because: `${item.replicas} replicas are wanted now` };
  }

  return {
    writes,
    calls,
    put(target, replicas, labels = {}) {
      create(target, replicas).labels = labels;
    },
    edit(target, replicas) {
      write(existing(target), replicas, undefined);
    },
    remove(target) {
      items.delete(keyOf(target));
    },
    rollout(target, busy) {
      const item = existing(target);
      item.busy = busy;
      item.generation += 1;
    },
    setReady(target, count) {
      existing(target).ready = count;
    },
    fail(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      faults.add(entry);
      return () => faults.delete(entry);
    },
    before(operation, act) {
      quicker.push({ operation, act });
    },
    replicas: (target) => itemOf(target)?.replicas,
    workload: (target) => itemOf(target)?.workload,

    async read(targets, acting) {
      begin('read');
      return targets.map((target) => readOne(target, acting));
    },
    async expand(selector, acting) {
      begin('expand');
      if (acting.signal.aborted) throw timeIsUp();
      const fault = faultFor('expand', undefined);
      if (fault) throw fault.error;
      return expandOver([...items.values()], selector);
    },
    scale: (change, acting) => changed('scale', change.target, acting, () => scaleOne(change)),
    deploy: (target, workload, acting) =>
      changed('deploy', target, acting, () => {
        const found = itemOf(target);
        if (found && !found.workload) throw notOurs(target);
        const item = found ?? create(target, 0);
        if (found && JSON.stringify(found.workload) !== JSON.stringify(workload)) {
          item.generation += 1;
        }
        item.workload = workload;
        item.labels = { ...item.labels, ...workload.labels };
      }),
    undeploy: (target, acting) =>
      changed('undeploy', target, acting, () => {
        const found = itemOf(target);
        if (found && !found.workload) throw notOurs(target);
        items.delete(keyOf(target));
      }),
    async close() {},
  };
}

const fenceOf = ({ uid, generation }: Item): string => `${uid}:${generation}`;

function expandOver(items: readonly Item[], selector: TargetSelector): readonly Target[] {
  const { kind, connection, resource, namespace, name, labels } = selector;
  const wanted = Object.entries(labels);
  const named = (each: string): Target => ({ kind, connection, resource, namespace, name: each });
  if (!name.includes('*') && wanted.length === 0) return [named(name)];
  const parts = name.split('*').map((part) => part.replaceAll(/[^\w-]/g, String.raw`\$&`));
  const pattern = new RegExp(`^${parts.join('.*')}$`);
  return items
    .filter(({ target }) => target.connection === connection && target.resource === resource)
    .filter(({ target }) => target.namespace === namespace && pattern.test(target.name))
    .filter((item) => wanted.every(([key, value]) => item.labels[key] === value))
    .map(({ target }) => target.name)
    .toSorted()
    .map(named);
}

const notFound = (target: Target): PlatformError =>
  new PlatformError('TARGET_NOT_FOUND', `${targetName(target)} does not exist`, 'Check the rule.');

const notOurs = (target: Target): PlatformError =>
  new PlatformError('REFUSED', `${targetName(target)} is not Rubato's`, 'Take another name.');

const timeIsUp = (): PlatformError =>
  new PlatformError('TIMED_OUT', 'The time of the tick was up', 'The next tick tries again.');
