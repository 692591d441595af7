import { describe, expect, test } from 'vitest';

import { PlatformError } from '../../lib/act/errors.ts';
import { millis } from '../../lib/model/units.ts';
import type { Ports } from '../../lib/tick/ports.ts';
import { tick } from '../../lib/tick/tick.ts';
import { createWorld, deployment, never, ordersRule, type World } from '../support/world.ts';

/* What the histories of tick.test.ts found, each made as small as it goes. */

const orders = deployment('orders');
const lagging = (each: number) => Array.from({ length: 6 }, () => [each + 1000, 1000] as const);

async function ordersWorld(replicas: number, lag: number): Promise<World> {
  const world = createWorld();
  world.deployer.put(orders, replicas);
  await world.rule('orders', ordersRule({ idle: '0s', scaleDown: {} }));
  world.source.offsets('orders', lagging(lag));
  return world;
}

/** Ports on which `act` happens before anything is written, or between the intent and the change. */
function pausing({ ports }: World, at: 'write' | 'scale', act: () => void): Ports {
  const { memories } = ports;
  if (at === 'write') {
    return {
      ...ports,
      source: async (kind, connection) => {
        const source = await ports.source(kind, connection);
        return {
          read: async (requests, reading) => {
            const samples = await source.read(requests, reading);
            act();
            return samples;
          },
          close: () => source.close(),
        };
      },
    };
  }
  return {
    ...ports,
    memories: {
      readSlot: (slot, signal) => memories.readSlot(slot, signal),
      forget: (key, expected, signal) => memories.forget(key, expected, signal),
      write: async (write, signal) => {
        const won = await memories.write(write, signal);
        if (write.intent) act();
        return won;
      },
    },
  };
}

const bodies = async ({ ports }: World) =>
  (await ports.audit.list('orders', 10, never)).map(
    ({ body }) => JSON.parse(body) as { readonly outcome: string },
  );

describe('a worker that stood still goes on minutes later', () => {
  test.for([
    { name: 'after it had read everything', at: 'write' as const, seconds: 90 },
    { name: 'after it had written its intent', at: 'scale' as const, seconds: 75 },
  ])('$name: it changes nothing, and the next tick does', async ({ at, seconds }) => {
    const world = await ordersWorld(6, 0);
    // Nobody else had to change anything meanwhile, so neither version nor fence would stop it.
    const late = pausing(world, at, () => world.clock.advance(millis(seconds * 1000)));
    const { decisions } = await tick(late, {}, never);
    expect(decisions[0]).toMatchObject({ outcome: 'failed', error: { code: 'DEADLINE' } });
    expect(world.deployer.writes).toEqual([]);
    const next = await world.after(60);
    expect(next.decisions[0]).toMatchObject({ outcome: 'done' });
    expect(world.deployer.replicas(orders)).toBe(0);
  });

  test.for([
    { at: 'write' as const, seconds: 89 },
    { at: 'scale' as const, seconds: 74 },
  ])('within its time ($at, $seconds s) it still acts', async ({ at, seconds }) => {
    const world = await ordersWorld(6, 0);
    await tick(
      pausing(world, at, () => world.clock.advance(millis(seconds * 1000))),
      {},
      never,
    );
    expect(world.deployer.writes).toHaveLength(1);
  });
});

describe('a change whose answer is lost', () => {
  const lost = new PlatformError('TIMED_OUT', 'no answer in time', 'Wait.');

  test('is in the audit log once the next tick has looked', async () => {
    const world = await ordersWorld(0, 300);
    world.deployer.fail({ operation: 'scale', error: lost, times: 1, afterwards: true });
    const { decisions } = await world.tick();
    expect(decisions[0]).toMatchObject({ outcome: 'failed', error: { code: 'TIMED_OUT' } });
    expect(world.deployer.replicas(orders)).toBe(6);
    await world.after(60);
    expect(await bodies(world)).toMatchObject([{ outcome: 'done' }]);
    expect(world.deployer.writes).toHaveLength(1);
  });

  test('and was not made is tried again by the very next tick', async () => {
    const world = await ordersWorld(0, 300);
    world.deployer.fail({ operation: 'scale', error: lost, times: 1 });
    await world.tick();
    expect((await world.after(60)).decisions[0]).toMatchObject({ outcome: 'done' });
    expect(await bodies(world)).toMatchObject([{ outcome: 'done' }, { outcome: 'unknown' }]);
  });

  test('and surely was not made leaves nothing behind', async () => {
    const world = await ordersWorld(0, 300);
    const refused = new PlatformError('FORBIDDEN', 'not allowed', 'Ask.');
    world.deployer.fail({ operation: 'scale', error: refused, times: 1 });
    await world.tick();
    expect(await bodies(world)).toEqual([]);
  });
});

describe('a rule that is deleted while a decision of it is open', () => {
  async function abandoned(): Promise<World> {
    const world = await ordersWorld(0, 300);
    const audit = { ...world.ports.audit, append: () => Promise.reject(new Error('killed')) };
    await expect(tick({ ...world.ports, audit }, {}, never)).rejects.toThrow('killed');
    await world.ports.rules.remove('orders', never);
    return world;
  }
  const remembered = async ({ ports }: World): Promise<number> => {
    const slots = [0, 1, 2, 3].map((slot) => ports.memories.readSlot(slot, never));
    return (await Promise.all(slots)).reduce((sum, { size }) => sum + size, 0);
  };

  test('is not forgotten before its worker’s time is up', async () => {
    const world = await abandoned();
    await world.after(60);
    expect(await remembered(world)).toBe(1);
  });

  test('is forgotten then, and the change that was made is in the audit log', async () => {
    const world = await abandoned();
    await world.after(75);
    await world.after(60);
    expect(await remembered(world)).toBe(0);
    expect(await bodies(world)).toMatchObject([{ outcome: 'unknown' }]);
  });
});
