import { describe, expect, test } from 'vitest';

import { PlatformError } from '../../../lib/act/errors.ts';
import { createLastFiring } from '../../../lib/cron.ts';
import { decodeRecording } from '../../../lib/record/decode.ts';
import type { DecisionRecord } from '../../../lib/record/record.ts';
import { RecordingError, type Recordings } from '../../../lib/record/recordings.ts';
import { replayRecord } from '../../../lib/replay/replay.ts';
import type { TickEvent } from '../../../lib/tick/event.ts';
import { tick } from '../../../lib/tick/tick.ts';
import { createFakeRecordings, type FakeRecordings } from '../../fake/recordings.ts';
import { all } from '../../support/records.ts';
import { createWorld, deployment, never, ordersRule, type World } from '../../support/world.ts';

const orders = deployment('orders');
const lagging = (each: number) => Array.from({ length: 6 }, () => [each + 1000, 1000] as const);

async function recordedWorld(more: Readonly<Record<string, unknown>> = {}, replicas = 0) {
  const world = createWorld();
  world.deployer.put(orders, replicas);
  world.source.offsets('orders', lagging(300));
  await world.rule('orders', ordersRule(more));
  return { world, recordings: createFakeRecordings() };
}

const run = (world: World, recordings: Recordings, event: TickEvent = {}) =>
  tick({ ...world.ports, recordings }, event, never);

const recorded = async ({ objects }: FakeRecordings): Promise<readonly DecisionRecord[]> =>
  (
    await Promise.all(
      [...objects].map(([key, lines]) => all(decodeRecording(asStream(lines), key))),
    )
  ).flat();

async function* asStream(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('a tick records what it decided', () => {
  test('in one object, with all it saw, and replays to the same', async () => {
    const { world, recordings } = await recordedWorld();
    const { tick: about } = await run(world, recordings);
    expect([...recordings.objects.keys()]).toEqual([
      `2026/11/20/12/20261120T120000.000Z-${about.id}.ndjson.gz`,
    ]);
    const [record, ...more] = await recorded(recordings);
    expect(more).toEqual([]);
    expect(record).toMatchObject({
      tick: about.id,
      id: '001795176000000-00000000',
      scalable: 'orders',
      rule: { id: 'orders', max: 'orders.partitions' },
      samples: { orders: { trust: 'fresh', measurement: { kind: 'offsets' } } },
      memory: '',
      decided: {
        state: { wanted: { replicas: 0 } },
        decision: { capacity: { replicas: { from: 0, to: 6 } }, binding: 'bound' },
      },
      outcome: { became: 'done' },
    });
    expect(record && replayRecord(record, createLastFiring())).toEqual({ same: true });
  });

  test.for<{
    name: string;
    became: string;
    arrange: (world: World) => void;
    more?: Readonly<Record<string, unknown>>;
    error?: { code: string };
  }>([
    {
      name: 'at rest',
      became: 'rest',
      arrange: ({ deployer }) => deployer.edit(orders, 18),
      more: { max: 30 },
    },
    {
      name: 'held',
      became: 'hold',
      arrange: ({ deployer }) => deployer.rollout(orders, 'rollout of v2'),
    },
    { name: 'dry', became: 'would', arrange: () => undefined, more: { dryRun: true } },
    {
      name: 'superseded',
      became: 'superseded',
      arrange: ({ deployer }) => deployer.before('scale', () => deployer.edit(orders, 3)),
    },
    {
      name: 'failed',
      became: 'failed',
      arrange: ({ deployer }) => {
        const error = new PlatformError('UNREACHABLE', 'no answer', 'Look.');
        deployer.fail({ operation: 'scale', error });
      },
      error: { code: 'UNREACHABLE' },
    },
  ])('and what became of it: $name', async ({ became, arrange, more = {}, error }) => {
    const { world, recordings } = await recordedWorld(more);
    arrange(world);
    await run(world, recordings);
    const [record] = await recorded(recordings);
    expect(record?.outcome).toMatchObject({ became, ...(error ? { error } : {}) });
    expect(record?.decided).toBeDefined();
  });

  test('also where the target could not be read, so that nothing was decided', async () => {
    const { world, recordings } = await recordedWorld();
    world.deployer.remove(orders);
    await run(world, recordings);
    expect(await recorded(recordings)).toMatchObject([
      { decided: undefined, outcome: { became: 'failed', error: { code: 'TARGET_NOT_FOUND' } } },
    ]);
  });

  test('and what the guard took back', async () => {
    const world = createWorld({ guard: { share: 0.1, free: 0 } });
    const recordings = createFakeRecordings();
    world.deployer.put(orders, 6);
    world.source.offsets('orders', lagging(0));
    await world.rule('orders', ordersRule());
    await run(world, recordings);
    const [record] = await recorded(recordings);
    expect(record?.decided?.withheld).toMatchObject({ step: 'guard' });
    expect(record && replayRecord(record, createLastFiring())).toEqual({ same: true });
  });
});

describe('recording is no reason to fail', () => {
  test.for([
    {
      name: 'a bucket that cannot be written',
      error: new RecordingError('RECORDING_FAILED', 'the bucket is full', 'Empty it.'),
      message: 'the bucket is full. Empty it.',
    },
    { name: 'a bug', error: new TypeError('secret text'), message: 'no code (TypeError)' },
  ])('$name is told, and the tick did its work', async ({ error, message }) => {
    const { world, recordings } = await recordedWorld();
    recordings.fail(error);
    const { decisions } = await run(world, recordings);
    expect(decisions[0]).toMatchObject({ outcome: 'done' });
    expect(world.deployer.replicas(orders)).toBe(6);
    expect(world.troubles).toMatchObject([
      { code: 'RECORDING_FAILED', message: expect.stringContaining(message) },
    ]);
    expect(JSON.stringify(world.troubles)).not.toContain('secret text');
  });

  test('recordings that hang are left when the grace of a tick that has to end is over', async () => {
    const { world, recordings } = await recordedWorld();
    const end = new AbortController();
    let leaseIsFree = false;
    const hanging: Recordings = {
      ...recordings,
      async append(_, signal) {
        const attempt = { name: 'leader', owner: 'x', duration: world.ports.settings.grace };
        const lease = await world.ports.leases.acquire(
          { ...attempt, now: world.clock.now() },
          never,
        );
        leaseIsFree = lease.held;
        end.abort(new Error('time is over'));
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        signal.throwIfAborted();
      },
    };
    const { decisions } = await tick({ ...world.ports, recordings: hanging }, {}, end.signal);
    expect(decisions[0]).toMatchObject({ outcome: 'done' });
    expect(world.troubles).toMatchObject([{ code: 'RECORDING_FAILED' }]);
    expect(leaseIsFree).toBe(true);
  });
});

describe('nothing is recorded', () => {
  test('by a dry run', async () => {
    const { world, recordings } = await recordedWorld();
    await run(world, recordings, { dryRun: true });
    expect(recordings.objects.size).toBe(0);
  });

  test('where nothing was due', async () => {
    const { world, recordings } = await recordedWorld();
    await world.ports.rules.remove('orders', never);
    await run(world, recordings);
    expect(recordings.objects.size).toBe(0);
  });
});
