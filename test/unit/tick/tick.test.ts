import { describe, expect, test } from 'vitest';

import { PlatformError } from '../../../lib/act/errors.ts';
import { millis } from '../../../lib/model/units.ts';
import { withoutWrites } from '../../../lib/tick/dry-run.ts';
import { tick } from '../../../lib/tick/tick.ts';
import { createFakeMetricSource } from '../../fake/metric-source.ts';
import { createWorld, deployment, never, ordersRule, type World } from '../../support/world.ts';

const orders = deployment('orders');

/** Six partitions with this much lag each. */
const lagging = (each: number) => Array.from({ length: 6 }, () => [each + 1000, 1000] as const);

async function ordersWorld(
  more: Readonly<Record<string, unknown>> = {},
  replicas = 0,
): Promise<World> {
  const world = createWorld();
  world.deployer.put(orders, replicas);
  await world.rule('orders', ordersRule(more));
  return world;
}

describe('a rule follows its metric', () => {
  test('up at once without smoothing, never above its max, and the report says why', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    const { tick: about, decisions } = await world.tick();
    expect(about).toMatchObject({ leader: true, dryRun: false, at: '2026-11-20T12:00:00.000Z' });
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({
      rule: 'orders',
      target: 'kubernetes:prod/shop/orders',
      capacity: { replicas: { from: 0, to: 6 } },
      binding: 'bound',
      outcome: 'done',
      metrics: { orders: { trust: 'fresh', value: { lag: 1800, partitions: 6, lagging: 6 } } },
    });
    expect(decisions[0]?.steps[0]).toEqual({
      step: 'evaluate',
      dimension: 'replicas',
      before: 0,
      after: 18,
      note: 'ceil(orders.lag / 100) = 18',
    });
    expect(world.deployer.replicas(orders)).toBe(6);
  });

  test('to zero only after nothing happened for the idle time', async () => {
    const world = await ordersWorld({ idle: '2m' }, 4);
    world.source.offsets('orders', lagging(0));
    const counts: (number | undefined)[] = [];
    for (const pause of [0, 60, 60, 60]) {
      await world.after(pause);
      counts.push(world.deployer.replicas(orders));
    }
    expect(counts).toEqual([1, 1, 0, 0]);
  });

  test('with smoothing from zero by way of one', async () => {
    const world = await ordersWorld({ smoothing: { halfLife: '1m' } });
    world.source.offsets('orders', lagging(100));
    const counts: (number | undefined)[] = [];
    for (let minute = 0; minute < 6; minute += 1) {
      await world.after(60);
      counts.push(world.deployer.replicas(orders));
    }
    expect(counts).toEqual([1, 4, 5, 5, 6, 6]);
  });

  test('at rest a tick writes nothing', async () => {
    const world = await ordersWorld({}, 2);
    world.source.offsets('orders', lagging(30));
    await world.tick();
    const before = await world.ports.memories.readSlot(0, never);
    const writes = world.deployer.writes.length;
    await world.after(60);
    expect(await world.ports.memories.readSlot(0, never)).toEqual(before);
    expect(world.deployer.writes).toHaveLength(writes);
  });
});

describe('bad data never shrinks (KEDA#1850, #2244, #3065)', () => {
  test('a missing metric holds the count and says why', async () => {
    const world = await ordersWorld({}, 5);
    world.source.missing('orders', 'the broker did not answer');
    const { decisions } = await world.tick();
    expect(decisions[0]).toMatchObject({
      capacity: { replicas: { from: 5, to: 5 } },
      outcome: 'held',
      metrics: { orders: { trust: 'missing', value: null, because: 'the broker did not answer' } },
    });
    expect(decisions[0]?.steps[0]?.note).toContain('the broker did not answer');
    expect(world.deployer.writes).toEqual([]);
  });

  test('KEDA#7239: the fallback applies from zero too, after so many failing ticks', async () => {
    const world = await ordersWorld({ fallback: { after: 3, replicas: 2 }, max: 5 });
    world.source.missing('orders');
    const counts: (number | undefined)[] = [];
    for (let minute = 0; minute < 4; minute += 1) {
      await world.after(60);
      counts.push(world.deployer.replicas(orders));
    }
    expect(counts).toEqual([0, 0, 2, 2]);
  });

  test('a stale metric may grow a target and not shrink it', async () => {
    const world = createWorld();
    world.deployer.put(orders, 5);
    const metrics = {
      depth: { kind: 'http-json', connection: 'web', path: '/depth', json: '$.n', maxAge: '30s' },
    };
    await world.rule('orders', { ...ordersRule(), metrics, replicas: 'depth', max: 20 });
    const old = (value: number): void =>
      world.source.sample('/depth', {
        trust: 'fresh',
        at: world.clock.now(),
        measurement: { kind: 'number', value },
      });
    old(2);
    const { decisions } = await world.after(31);
    expect(decisions[0]).toMatchObject({
      outcome: 'held',
      capacity: { replicas: { to: 5 } },
      metrics: { depth: { trust: 'stale', value: 2 } },
    });
    expect(decisions[0]?.steps[0]?.note).toContain('stale: 31 s old');
    old(9);
    await world.after(31);
    expect(world.deployer.replicas(orders)).toBe(9);
  });

  test('a number that is none is shown as invalid, whatever its source said of it', async () => {
    const world = await ordersWorld({}, 5);
    const measurement = { kind: 'record', values: { lag: Number.NaN } } as const;
    world.source.sample('orders', { trust: 'fresh', at: world.clock.now(), measurement });
    const { decisions } = await world.tick();
    expect(decisions[0]).toMatchObject({
      outcome: 'held',
      metrics: { orders: { trust: 'invalid', value: null, because: 'it is NaN' } },
    });
  });

  test('a source that hangs costs its own rules a sample, and nobody else anything', async () => {
    const world = createWorld({ observeLasts: millis(50) });
    world.deployer.put(orders, 5);
    await world.rule('orders', ordersRule());
    world.source.hang();
    const healthy = createFakeMetricSource();
    healthy.number('/depth', 3);
    world.deployer.put(deployment('web'), 1);
    await world.rule('web', {
      target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'web' },
      metrics: { depth: { kind: 'http-json', connection: 'web', path: '/depth', json: '$.n' } },
      replicas: 'depth',
    });
    const source = async (kind: string) => (kind === 'http-json' ? healthy : world.source);
    const { decisions } = await tick({ ...world.ports, source }, {}, never);
    expect(decisions[0]).toMatchObject({ rule: 'orders', outcome: 'held' });
    expect(decisions[0]?.metrics['orders']).toMatchObject({ trust: 'missing' });
    expect(decisions[1]).toMatchObject({
      rule: 'web',
      outcome: 'done',
      capacity: { replicas: { to: 3 } },
    });
  });

  test('a tick that has to end begins nothing more, says so, and gives its lease back', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    const end = new AbortController();
    const source = async () => {
      end.abort();
      return world.source;
    };
    const { decisions } = await tick({ ...world.ports, source }, {}, end.signal);
    expect(decisions[0]).toMatchObject({
      outcome: 'failed',
      error: { code: expect.stringMatching(/DEADLINE|TIMED_OUT/) },
    });
    expect(world.deployer.writes).toEqual([]);
    expect((await world.tick()).decisions[0]).toMatchObject({ outcome: 'done' });
  });
});

describe('a dry run', () => {
  test('answers what would be done and writes nowhere', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    await world.tick({ dryRun: true });
    const { tick: about, decisions } = await world.tick({ dryRun: true });
    expect(about.dryRun).toBe(true);
    expect(decisions[0]).toMatchObject({
      outcome: 'would',
      capacity: { replicas: { from: 0, to: 6 } },
    });
    expect(world.deployer.writes).toEqual([]);
    expect(world.deployer.calls.scale).toBe(0);
    for (let slot = 0; slot < 4; slot += 1) {
      expect((await world.ports.memories.readSlot(slot, never)).size).toBe(0);
    }
    expect((await world.ports.rules.get('orders', never))?.status).toBe(undefined);
    expect(await world.ports.audit.list('orders', 10, never)).toEqual([]);
  });

  test('of one rule: it decides and records, and its target stays', async () => {
    const world = await ordersWorld({ dryRun: true });
    world.source.offsets('orders', lagging(300));
    const { decisions } = await world.tick();
    expect(decisions[0]).toMatchObject({ outcome: 'would' });
    expect(world.changes[0]).toMatchObject({ outcome: 'would', dryRun: true });
    expect(world.deployer.writes).toEqual([]);
  });

  test('asks about another moment without waiting for it', async () => {
    const world = await ordersWorld({
      windows: [{ days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Paris', min: 3 }],
    });
    world.source.offsets('orders', lagging(0));
    const night = await world.tick({ dryRun: true, now: '2026-11-20T20:00:00Z' });
    const morning = await world.tick({ dryRun: true, now: '2026-11-23T08:00:00Z' });
    expect(night.decisions[0]?.capacity).toEqual({ replicas: { from: 0, to: 0 } });
    expect(morning.decisions[0]).toMatchObject({
      capacity: { replicas: { from: 0, to: 3 } },
      binding: 'windows',
    });
  });
});

describe('duplicate and parallel ticks (Zappa#806, nomad-autoscaler#610)', () => {
  test('the second of two ticks at once does nothing', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    const reports = await Promise.all([world.tick(), world.tick(), world.tick()]);
    expect(reports.filter((report) => report.tick.leader)).toHaveLength(1);
    expect(world.deployer.writes).toHaveLength(1);
  });

  test('two leaders by mistake still change a target once', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    const mistaken = { ...world.ports, leases: withoutWrites(world.ports).leases };
    const reports = await Promise.all([1, 2, 3].map(() => tick(mistaken, {}, never)));
    const outcomes = reports.map(({ decisions }) => String(decisions[0]?.outcome)).toSorted();
    expect(outcomes).toEqual(['done', 'held', 'held']);
    expect(world.deployer.writes).toHaveLength(1);
    expect(await world.ports.audit.list('orders', 10, never)).toHaveLength(1);
  });

  test('a worker that died after its change: the next tick finishes its entry and repeats nothing', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    const dies = { ...world.ports.audit, append: () => Promise.reject(new Error('killed')) };
    await expect(tick({ ...world.ports, audit: dies }, {}, never)).rejects.toThrow('killed');
    expect(world.deployer.writes).toHaveLength(1);
    const soon = await world.after(60);
    expect(soon.decisions[0]).toMatchObject({ capacity: { replicas: { from: 6, to: 6 } } });
    await world.after(60);
    const history = await world.ports.audit.list('orders', 10, never);
    expect(history).toHaveLength(1);
    expect(JSON.parse(history[0]?.body ?? '')).toMatchObject({
      outcome: 'done',
      capacity: { replicas: { from: 0, to: 6 } },
    });
    expect(world.deployer.writes).toHaveLength(1);
  });

  test('a worker that died before its change: others hold until its deadline, then go on', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    const { deployer } = world.ports;
    const dies = async () => ({
      ...(await deployer('', '')),
      scale: () => Promise.reject(new Error('killed')),
    });
    await expect(tick({ ...world.ports, deployer: dies }, {}, never)).rejects.toThrow('killed');
    const held = await world.after(60);
    expect(held.decisions[0]).toMatchObject({ outcome: 'held', binding: 'gate' });
    const done = await world.after(60);
    expect(done.decisions[0]).toMatchObject({
      outcome: 'done',
      capacity: { replicas: { from: 0, to: 6 } },
    });
    expect(world.deployer.writes).toHaveLength(1);
  });
});

describe('what other people do', () => {
  test('a foreign edit between read and write is not overwritten; the next tick decides on it', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    world.deployer.before('scale', () => world.deployer.edit(orders, 4));
    const first = await world.tick();
    expect(first.decisions[0]).toMatchObject({ outcome: 'held' });
    expect(world.deployer.replicas(orders)).toBe(4);
    const second = await world.after(60);
    expect(second.decisions[0]).toMatchObject({
      outcome: 'done',
      capacity: { replicas: { from: 4, to: 6 } },
    });
  });

  test('k8s#72775: a rollout in progress is left alone, and the report says so', async () => {
    const world = await ordersWorld({}, 2);
    world.source.offsets('orders', lagging(300));
    world.deployer.rollout(orders, 'a rollout is in progress');
    const { decisions } = await world.tick();
    expect(decisions[0]).toMatchObject({ outcome: 'held', binding: 'gate' });
    expect(decisions[0]?.steps.at(-1)?.note).toBe('a rollout is in progress');
    expect(world.deployer.writes).toEqual([]);
  });

  test('riff fault 9.6: a change that failed is tried again by the next tick', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    const error = new PlatformError('THROTTLED', 'too many requests', 'Wait.');
    world.deployer.fail({ operation: 'scale', error, times: 1 });
    const first = await world.tick();
    expect(first.decisions[0]).toMatchObject({ outcome: 'failed', error: { code: 'THROTTLED' } });
    const second = await world.after(60);
    expect(second.decisions[0]).toMatchObject({ outcome: 'done' });
    expect(world.deployer.replicas(orders)).toBe(6);
  });

  test('one target that fails does not stop its neighbours', async () => {
    const world = await ordersWorld();
    await world.rule('gone', {
      ...ordersRule(),
      target: { ...(ordersRule()['target'] as object), name: 'gone' },
    });
    world.source.offsets('orders', lagging(300));
    const { decisions } = await world.tick();
    const byRule = Object.fromEntries(
      decisions.map(({ rule, outcome, error }) => [rule, error?.code ?? outcome]),
    );
    expect(byRule).toEqual({ gone: 'TARGET_NOT_FOUND', orders: 'done' });
  });
});

describe('rules as they are edited', () => {
  test('everything that is wrong is told at once, expressions of a wrong form included', async () => {
    const world = await ordersWorld();
    await world.rule('orders', {
      ...ordersRule({ replicas: 'ceil(orders.lag / ', max: 'orders.partitions', intervall: '15s' }),
    });
    const { invalid } = await world.tick();
    expect(invalid[0]?.errors.map(({ path }) => path)).toEqual(['intervall', 'replicas']);
    expect(invalid[0]?.errors[0]?.message).toContain('did you mean "interval"?');
    expect(invalid[0]?.errors[1]?.message).toMatch(/end/);
  });

  test('a bad edit is reported on the item, and the last good version goes on', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    await world.tick();
    await world.rule('orders', ordersRule({ replicas: 'ceil(order.lag / 100)' }));
    const { invalid, decisions } = await world.after(60);
    expect(invalid).toHaveLength(1);
    expect(invalid[0]).toMatchObject({ rule: 'orders', errors: [{ path: 'replicas' }] });
    expect(decisions[0]).toMatchObject({ rule: 'orders', capacity: { replicas: { to: 6 } } });
    expect((await world.ports.rules.get('orders', never))?.status).toMatchObject({
      state: 'invalid',
    });
    await world.rule('orders', ordersRule());
    await world.after(60);
    expect((await world.ports.rules.get('orders', never))?.status).toMatchObject({
      state: 'valid',
    });
  });

  test('an edit is followed by the next tick', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(30));
    await world.tick();
    expect(world.deployer.replicas(orders)).toBe(2);
    await world.rule('orders', ordersRule({ replicas: 'ceil(orders.lag / 50)' }));
    await world.after(60);
    expect(world.deployer.replicas(orders)).toBe(4);
  });

  test('a deleted rule leaves its target as it is and no memory behind', async () => {
    const world = await ordersWorld();
    world.source.offsets('orders', lagging(300));
    await world.tick();
    await world.ports.rules.remove('orders', never);
    const { decisions } = await world.after(60);
    expect(decisions).toEqual([]);
    expect(world.deployer.replicas(orders)).toBe(6);
    for (let slot = 0; slot < 4; slot += 1) {
      expect((await world.ports.memories.readSlot(slot, never)).size).toBe(0);
    }
  });

  test('asking for a rule that does not exist names the nearest', async () => {
    const world = await ordersWorld();
    await expect(world.tick({ rules: ['order'] })).rejects.toThrow('did you mean "orders"?');
  });

  test('a longer interval is due when its time comes round, wherever its slot puts it', async () => {
    const world = await ordersWorld({ interval: '5m' });
    world.source.offsets('orders', lagging(30));
    let due = 0;
    for (let minute = 0; minute < 50; minute += 1) due += (await world.after(60)).decisions.length;
    expect(due).toBe(10);
    const byHand = await world.tick({ rules: ['orders'] });
    expect(byHand.decisions).toHaveLength(1);
  });
});

describe('two rules on one target', () => {
  test('two that name it: neither acts, and each names the other', async () => {
    const world = await ordersWorld();
    await world.rule('rival', ordersRule({ max: 2 }));
    world.source.offsets('orders', lagging(300));
    const { decisions } = await world.tick();
    expect(decisions.map(({ rule, error }) => [rule, error?.code])).toEqual([
      ['orders', 'TARGET_CONTESTED'],
      ['rival', 'TARGET_CONTESTED'],
    ]);
    expect(decisions[0]?.error?.message).toContain('orders and rival');
    expect(world.deployer.writes).toEqual([]);
  });

  test('a rule that names it outranks a pattern that matches it', async () => {
    const world = await ordersWorld();
    const target = { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'ord*' };
    await world.rule('all', { ...ordersRule({ max: 2 }), target });
    world.source.offsets('orders', lagging(300));
    const { decisions } = await world.tick();
    expect(decisions.map(({ rule, outcome }) => [rule, outcome])).toEqual([['orders', 'done']]);
    expect(world.deployer.replicas(orders)).toBe(6);
  });
});

describe('patterns and workloads', () => {
  test('a pattern is one scalable for each target, each with its own memory', async () => {
    const world = createWorld();
    for (const name of ['cart', 'checkout', 'search'])
      world.deployer.put(deployment(`shop-${name}`), 1);
    await world.rule('shops', {
      ...ordersRule({ max: 9 }),
      target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'shop-*' },
    });
    world.source.offsets('orders', lagging(50));
    const { decisions } = await world.tick();
    expect(decisions.map(({ target }) => target)).toEqual([
      'kubernetes:prod/shop/shop-cart',
      'kubernetes:prod/shop/shop-checkout',
      'kubernetes:prod/shop/shop-search',
    ]);
    expect(world.deployer.writes).toHaveLength(3);
  });

  test('a workload is deployed with no replicas, scaled, updated, and removed with its rule', async () => {
    const world = createWorld();
    const workload = { image: 'registry.example/orders:1' };
    await world.rule('orders', ordersRule({ workload }));
    world.source.offsets('orders', lagging(300));
    await world.tick();
    expect(world.deployer.replicas(orders)).toBe(6);
    expect(world.deployer.calls.deploy).toBe(1);
    await world.after(60);
    expect(world.deployer.calls.deploy).toBe(1);
    await world.rule('orders', ordersRule({ workload: { image: 'registry.example/orders:2' } }));
    await world.after(60);
    expect(world.deployer.calls.deploy).toBe(2);
    expect(world.deployer.replicas(orders)).toBe(6);
    await world.ports.rules.remove('orders', never);
    await world.after(60);
    expect(world.deployer.replicas(orders)).toBe(undefined);
  });
});

describe('the guard over all rules', () => {
  test('a tick that would remove too much at once removes nothing, and growth goes on', async () => {
    const world = createWorld({ guard: { share: 0.3, free: 2 } });
    for (let n = 0; n < 5; n += 1) {
      world.deployer.put(deployment(`app-${n}`), 10);
      await world.rule(`app-${n}`, {
        target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: `app-${n}` },
        metrics: { load: { kind: 'http-json', connection: 'web', path: `/${n}`, json: '$' } },
        replicas: 'load',
      });
      world.source.number(`/${n}`, n === 0 ? 20 : 1);
    }
    const { decisions } = await world.tick();
    expect(decisions.map(({ outcome }) => outcome)).toEqual([
      'done',
      'held',
      'held',
      'held',
      'held',
    ]);
    expect(decisions[1]).toMatchObject({
      binding: 'guard',
      capacity: { replicas: { from: 10, to: 10 } },
    });
    expect(world.troubles).toMatchObject([{ code: 'GUARD_HELD' }]);
    expect(world.figures[0]).toMatchObject({ guardHeld: true, changes: 1, holds: 4 });
  });
});
