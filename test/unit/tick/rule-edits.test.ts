import { describe, expect, test } from 'vitest';

import { StoreError } from '../../../lib/store/errors.ts';
import { followEdits } from '../../../lib/tick/rule-edits.ts';
import { failedRecords, parseRulesEvent } from '../../../lib/tick/rules-event.ts';
import { createWorld, deployment, never, ordersRule, type World } from '../../support/world.ts';

const orders = deployment('orders');

async function editedWorld(): Promise<World> {
  const world = createWorld();
  world.deployer.put(orders, 0);
  world.source.offsets('orders', [[300, 0]]);
  await world.rule('orders', ordersRule({ max: 9 }));
  return world;
}

const edits = (world: World, ...rules: string[]) => followEdits(world.ports, { rules }, never);

describe('an edit of the table', () => {
  test('that is valid gets its verdict and is reconciled at once', async () => {
    const world = await editedWorld();
    const report = await edits(world, 'orders', 'orders');
    expect(report.verdicts).toEqual([{ rule: 'orders', state: 'valid' }]);
    expect(report.tick?.decisions[0]).toMatchObject({ rule: 'orders', outcome: 'done' });
    expect(world.deployer.replicas(orders)).toBe(3);
    expect((await world.ports.rules.get('orders', never))?.status).toMatchObject({
      state: 'valid',
    });
  });

  test('our own verdict comes back on the stream and is no news: there is no loop', async () => {
    const world = await editedWorld();
    await edits(world, 'orders');
    const before = await world.ports.rules.get('orders', never);
    const again = await edits(world, 'orders');
    expect(again).toEqual({ verdicts: [{ rule: 'orders', state: 'unchanged' }], tick: undefined });
    expect(await world.ports.rules.get('orders', never)).toEqual(before);
  });

  test('instance-scheduler#247: a string where a list is meant is told with its path, and does not run', async () => {
    const world = await editedWorld();
    await edits(world, 'orders');
    await world.rule('orders', ordersRule({ max: 9, windows: 'mon-fri' }));
    const { verdicts, tick } = await edits(world, 'orders');
    expect(tick).toBe(undefined);
    expect(verdicts[0]).toMatchObject({ state: 'invalid', errors: [{ path: 'windows' }] });
    const item = await world.ports.rules.get('orders', never);
    expect(item?.status).toMatchObject({ state: 'invalid', errors: [{ path: 'windows' }] });
    const next = await world.after(60);
    expect(next.decisions[0]).toMatchObject({ rule: 'orders', capacity: { replicas: { to: 3 } } });
  });

  test('one bad edit does not stop the good ones beside it', async () => {
    const world = await editedWorld();
    world.deployer.put(deployment('web'), 1);
    const target = { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'web' };
    await world.rule('web', { target, replicas: 2 });
    await world.rule('bad', { target, replicas: '2 +' });
    const { verdicts, tick } = await edits(world, 'bad', 'web');
    expect(verdicts.map(({ rule, state }) => [rule, state])).toEqual([
      ['bad', 'invalid'],
      ['web', 'valid'],
    ]);
    expect(tick?.decisions.map(({ rule }) => rule)).toEqual(['web']);
  });

  test('that deletes a rule removes its workload, its memory and its last good version', async () => {
    const world = createWorld();
    world.source.offsets('orders', [[300, 0]]);
    await world.rule(
      'orders',
      ordersRule({ max: 9, workload: { image: 'registry.example/orders:1' } }),
    );
    await edits(world, 'orders');
    expect(world.deployer.replicas(orders)).toBe(3);
    await world.ports.rules.remove('orders', never);
    const { verdicts } = await edits(world, 'orders');
    expect(verdicts).toEqual([{ rule: 'orders', state: 'removed' }]);
    expect(world.deployer.replicas(orders)).toBe(undefined);
    expect(await world.ports.lastGood.get('orders', never)).toBe(undefined);
  });

  test('in a dry run is judged and written nowhere', async () => {
    const world = await editedWorld();
    const { tick } = await followEdits(world.ports, { rules: ['orders'], dryRun: true }, never);
    expect(tick?.decisions[0]).toMatchObject({ outcome: 'would' });
    expect((await world.ports.rules.get('orders', never))?.status).toBe(undefined);
    expect(world.deployer.writes).toEqual([]);
  });

  test('that cannot be looked at now is delivered again, and only that one', async () => {
    const world = await editedWorld();
    const get: typeof world.ports.rules.get = async (id, signal) => {
      if (id === 'sick') throw new StoreError('STORE_THROTTLED', 'too many requests', 'Wait.');
      return await world.ports.rules.get(id, signal);
    };
    const ports = { ...world.ports, rules: { ...world.ports.rules, get } };
    const event = parseRulesEvent({
      Records: [record('orders', '1'), record('sick', '2'), record('orders', '3')],
    });
    const report = await followEdits(ports, event, never);
    expect(failedRecords(event, report)).toEqual([{ itemIdentifier: '2' }]);
  });
});

const record = (id: string, sequence: string) => ({
  eventName: 'MODIFY',
  dynamodb: { Keys: { id: { S: id } }, SequenceNumber: sequence },
});

describe('what the function is told', () => {
  test.for([
    {
      name: 'a record without a key',
      event: { Records: [{ dynamodb: {} }] },
      error: /Records\[0\]: expected a record/,
    },
    { name: 'nothing by hand', event: {}, error: /rules: is required/ },
    {
      name: 'a misspelt attribute',
      event: { rules: ['a'], dryrun: true },
      error: /dryrun: .*did you mean "dryRun"\?/,
    },
    {
      name: 'a text where a list is meant',
      event: { rules: 'orders' },
      error: /rules: expected a list, found "orders"/,
    },
  ])('refuses $name', ({ event, error }) => {
    expect(() => parseRulesEvent(event)).toThrow(error);
  });
});
