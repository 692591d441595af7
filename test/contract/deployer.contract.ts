import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Deployer, TargetReading } from '../../lib/act/deployer.ts';
import type { Target, TargetState } from '../../lib/model/target.ts';
import type { TargetSelector, Workload } from '../../lib/rule/rule.ts';

type Labels = Readonly<Record<string, string>>;

/** A deployer over an empty platform of its own, and hands that change it past the deployer. */
export interface DeployerBench {
  readonly deployer: Deployer;
  /** Names a target, whether it exists or not. */
  target(name: string): Target;
  selector(name: string, labels: Labels): TargetSelector;
  /** Somebody else makes a target. */
  create(name: string, replicas: number, labels?: Labels): Promise<Target>;
  /** Somebody else sets the count. */
  edit(target: Target, replicas: number): Promise<void>;
  /** Somebody else removes it; resolves once it is gone. */
  remove(target: Target): Promise<void>;
  /** Resolves once nothing but edits changes the target any more. */
  settled(target: Target): Promise<void>;
  /** Changes whenever anything of the target is written. */
  version(target: Target): Promise<string>;
  close(): Promise<void>;
}

const workload = (image: string): Workload => ({
  containers: [{ name: 'main', image, command: [], args: [], env: {}, requests: {}, limits: {} }],
  labels: { team: 'shop' },
  annotations: {},
});

const stateOf = (reading: TargetReading | undefined): TargetState => {
  if (reading?.found !== 'yes') throw new Error(`Not found: ${JSON.stringify(reading)}`);
  return reading.state;
};

/** Holds a deployer to what `lib/act/deployer.ts` promises of it. */
export function deployerContract(name: string, open: () => Promise<DeployerBench>): void {
  describe(`a deployer (${name})`, () => {
    let bench: DeployerBench;
    const acting = { signal: new AbortController().signal };
    const ended = { signal: AbortSignal.abort() };
    const read = async (target: Target) =>
      stateOf((await bench.deployer.read([target], acting))[0]);
    const scale = (target: Target, fence: string, replicas: number) =>
      bench.deployer.scale({ target, fence, to: { replicas }, decision: 'tick-1/orders' }, acting);

    beforeEach(async () => {
      bench = await open();
    });
    afterEach(() => bench.close());

    test('answers once per target, in order, those that do not exist and those asked twice too', async () => {
      const two = await bench.create('two', 2);
      const none = await bench.create('none', 0);
      const missing = bench.target('missing');
      const readings = await bench.deployer.read([missing, two, none, two], acting);
      expect(readings).toMatchObject([
        { found: 'absent', error: { code: 'TARGET_NOT_FOUND' } },
        { found: 'yes', state: { wanted: { replicas: 2 } } },
        { found: 'yes', state: { wanted: { replicas: 0 } } },
        { found: 'yes', state: { wanted: { replicas: 2 } } },
      ]);
    });

    test('answers nothing for no targets', async () => {
      expect(await bench.deployer.read([], acting)).toEqual([]);
    });

    test('writes nothing when it reads or expands', async () => {
      const target = await bench.create('orders', 2, { tier: 'web' });
      await bench.settled(target);
      const before = await bench.version(target);
      await bench.deployer.read([target], acting);
      await bench.deployer.expand(bench.selector('*', { tier: 'web' }), acting);
      expect(await bench.version(target)).toBe(before);
    });

    test('scales from zero and back', async () => {
      const target = await bench.create('orders', 0);
      for (const replicas of [3, 1, 0]) {
        const { fence } = await read(target);
        expect(await scale(target, fence, replicas)).toMatchObject({ kind: 'done' });
        expect((await read(target)).wanted).toEqual({ replicas });
      }
    });

    test('leaves a target alone that somebody else scaled since it was read', async () => {
      const target = await bench.create('orders', 1);
      const { fence } = await read(target);
      await bench.edit(target, 7);
      expect(await scale(target, fence, 3)).toMatchObject({ kind: 'superseded' });
      expect((await read(target)).wanted).toEqual({ replicas: 7 });
    });

    test('leaves a target alone that somebody else scaled and scaled back since it was read', async () => {
      const target = await bench.create('orders', 1);
      const { fence } = await read(target);
      await bench.edit(target, 7);
      await bench.edit(target, 1);
      expect(await scale(target, fence, 3)).toMatchObject({ kind: 'superseded' });
      expect((await read(target)).wanted).toEqual({ replicas: 1 });
    });

    test('does the same change once, however often it is sent', async () => {
      const target = await bench.create('orders', 1);
      const { fence } = await read(target);
      expect(await scale(target, fence, 3)).toMatchObject({ kind: 'done' });
      await bench.settled(target);
      const before = await bench.version(target);
      expect(await scale(target, fence, 3)).toMatchObject({ kind: 'done' });
      expect(await bench.version(target)).toBe(before);
    });

    test('lets one of two changes win that were decided on the same reading', async () => {
      const target = await bench.create('orders', 1);
      const { fence } = await read(target);
      const outcomes = await Promise.all([2, 5].map((count) => scale(target, fence, count)));
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['done', 'superseded']);
      const winner = outcomes[0]?.kind === 'done' ? 2 : 5;
      expect((await read(target)).wanted).toEqual({ replicas: winner });
    });

    test('rejects the change of a target that is gone', async () => {
      const target = await bench.create('orders', 1);
      const { fence } = await read(target);
      await bench.remove(target);
      await expect(scale(target, fence, 3)).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
    });

    test('does not take one of the same name for the one that was read', async () => {
      const target = await bench.create('orders', 1);
      const { fence } = await read(target);
      await bench.remove(target);
      await bench.create('orders', 1);
      expect(await scale(target, fence, 3)).toMatchObject({ kind: 'superseded' });
      expect((await read(target)).wanted).toEqual({ replicas: 1 });
    });

    test('knows nothing and changes nothing when the time of the tick is up', async () => {
      const target = await bench.create('orders', 1);
      const { fence } = await read(target);
      const change = { target, fence, to: { replicas: 3 }, decision: 'tick-1/orders' };
      expect(await bench.deployer.read([target], ended)).toMatchObject([
        { found: 'unknown', error: { code: 'TIMED_OUT' } },
      ]);
      await expect(bench.deployer.scale(change, ended)).rejects.toMatchObject({
        code: 'TIMED_OUT',
      });
      const all = bench.selector('*', {});
      await expect(bench.deployer.expand(all, ended)).rejects.toMatchObject({ code: 'TIMED_OUT' });
      expect((await read(target)).wanted).toEqual({ replicas: 1 });
    });

    test('can be closed twice', async () => {
      await bench.deployer.close();
      await expect(bench.deployer.close()).resolves.toBeUndefined();
    });

    test.for([
      { pattern: 'shop-*', labels: {}, names: ['shop-a', 'shop-b', 'shop-b-old'] },
      { pattern: '*-b*', labels: {}, names: ['desk-b', 'shop-b', 'shop-b-old'] },
      { pattern: '*-b', labels: {}, names: ['desk-b', 'shop-b'] },
      { pattern: '*', labels: { tier: 'web' }, names: ['desk-b', 'shop-a'] },
      { pattern: 'shop-*', labels: { tier: 'web' }, names: ['shop-a'] },
      { pattern: '*', labels: { tier: 'web', team: 'x' }, names: ['desk-b'] },
      { pattern: 'shop-a', labels: { tier: 'db' }, names: [] },
      { pattern: 'nothing-*', labels: {}, names: [] },
      { pattern: 'not-there', labels: {}, names: ['not-there'] },
    ])('expands $pattern with $labels to $names', async ({ pattern, labels, names }) => {
      await bench.create('shop-b-old', 1);
      await bench.create('shop-b', 1);
      await bench.create('shop-a', 1, { tier: 'web' });
      await bench.create('desk-b', 1, { tier: 'web', team: 'x' });
      const found = await bench.deployer.expand(bench.selector(pattern, labels), acting);
      expect(found).toEqual(names.map((each) => bench.target(each)));
    });
  });

  describe(`a deployer of workloads (${name})`, () => {
    let bench: DeployerBench;
    const acting = { signal: new AbortController().signal };
    const found = async (target: Target) => (await bench.deployer.read([target], acting))[0];
    const deploy = async (target: Target, image: string) =>
      bench.deployer.deploy?.(target, workload(image), acting);
    const undeploy = async (target: Target) => bench.deployer.undeploy?.(target, acting);

    beforeEach(async () => {
      bench = await open();
    });
    afterEach(() => bench.close());

    test('creates it with no replicas, which a second time changes nothing', async () => {
      const target = bench.target('orders');
      await deploy(target, 'orders:1');
      await bench.settled(target);
      const before = await bench.version(target);
      await deploy(target, 'orders:1');
      await bench.settled(target);
      expect(stateOf(await found(target)).wanted).toEqual({ replicas: 0 });
      await deploy(target, 'orders:2');
      expect(stateOf(await found(target)).wanted).toEqual({ replicas: 0 });
      expect(await bench.version(target)).not.toBe(before);
    });

    test('keeps the replicas it was scaled to when the workload changes', async () => {
      const target = bench.target('orders');
      await deploy(target, 'orders:1');
      const { fence } = stateOf(await found(target));
      await bench.deployer.scale({ target, fence, to: { replicas: 4 }, decision: 'd' }, acting);
      await deploy(target, 'orders:2');
      await deploy(target, 'orders:3');
      expect(stateOf(await found(target)).wanted).toEqual({ replicas: 4 });
    });

    test('takes over nothing that somebody else made, and deletes nothing of theirs', async () => {
      const target = await bench.create('orders', 2);
      await bench.settled(target);
      const before = await bench.version(target);
      await expect(deploy(target, 'orders:1')).rejects.toMatchObject({ code: 'REFUSED' });
      await expect(undeploy(target)).rejects.toMatchObject({ code: 'REFUSED' });
      expect(await bench.version(target)).toBe(before);
    });

    test('removes what it deployed; that there is nothing to remove is a success', async () => {
      const target = bench.target('orders');
      await deploy(target, 'orders:1');
      await undeploy(target);
      await expect.poll(async () => (await found(target))?.found).toBe('absent');
      await expect(undeploy(target)).resolves.toBeUndefined();
    });
  });
}
