import {
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';

import { lost, NOW, openMocked as open, request, signal } from './mocked-stores.ts';

describe('a write whose first answer was lost, and which the client sent again', () => {
  const write = { slot: 0, key: 'orders', expected: 4, memory: '{}', intent: undefined };

  test('a memory: the item there is this very write, so it was won', async () => {
    const { mock, memories } = open();
    mock.on(PutCommand).callsFake(({ Item }: { Item: Record<string, unknown> }) => {
      mock.on(GetCommand).resolves({ Item });
      throw lost;
    });
    expect(await memories.write(write, signal)).toBe(true);
  });

  test('a memory: the item there is another worker’s, equal in all it says, so it was lost', async () => {
    const { mock, memories } = open();
    mock.on(PutCommand).callsFake(({ Item }: { Item: Record<string, unknown> }) => {
      mock.on(GetCommand).resolves({ Item: { ...Item, w: 'another' } });
      throw lost;
    });
    expect(await memories.write(write, signal)).toBe(false);
  });

  test('a lease: it is held, with the token of the first time', async () => {
    const { mock, leases } = open();
    mock.on(UpdateCommand).rejects(lost);
    mock.on(GetCommand).resolves({
      Item: { v: 1, owner: 'me', token: 9, until: NOW + 1000, acquired: NOW, before: NOW - 60_000 },
    });
    expect(await leases.acquire(request, signal)).toEqual({
      held: true,
      lease: {
        name: 'leader',
        owner: 'me',
        token: 9,
        expiresAt: NOW + 1000,
        before: NOW - 60_000,
      },
    });
    expect(mock.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  test('an audit entry: it is there, which is all that was asked', async () => {
    const { mock, audit } = open();
    mock.on(PutCommand).rejects(lost);
    const entry = { decision: 'd', scalable: 'orders', at: NOW, body: '{}' };
    await expect(audit.append(entry, signal)).resolves.toBeUndefined();
  });
});

describe('a lease between two looks', () => {
  test('it was released since it was refused: it is asked for again', async () => {
    const { mock, leases } = open();
    const Attributes = {
      v: 1,
      owner: 'me',
      token: 3,
      until: NOW + 1000,
      acquired: NOW,
      before: 0,
    };
    mock.on(UpdateCommand).rejectsOnce(lost).resolves({ Attributes });
    mock.on(GetCommand).resolves({
      Item: { v: 1, owner: 'other', token: 2, until: NOW - 1, acquired: NOW - 9, before: 0 },
    });
    expect(await leases.acquire(request, signal)).toMatchObject({
      held: true,
      lease: { token: 3 },
    });
  });

  test('it slips away each time: after three rounds it is another’s', async () => {
    const { mock, leases } = open();
    mock.on(UpdateCommand).rejects(lost);
    mock.on(GetCommand).resolves({
      Item: { v: 1, owner: 'other', token: 2, until: NOW - 1, acquired: NOW - 9, before: 0 },
    });
    expect(await leases.acquire(request, signal)).toEqual({
      held: false,
      owner: 'other',
      expiresAt: NOW - 1,
    });
    expect(mock.commandCalls(UpdateCommand)).toHaveLength(3);
  });

  test('somebody deletes it each time: that is an error, for tokens would repeat', async () => {
    const { mock, leases } = open();
    mock.on(UpdateCommand).rejects(lost);
    mock.on(GetCommand).resolves({});
    await expect(leases.acquire(request, signal)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });
});

describe('an item that is none of ours', () => {
  const write = { slot: 0, key: 'orders', expected: 0, memory: '{}', intent: undefined };
  const good = { pk: 'MEMORY#0', sk: 'mails', v: 1, n: 2, w: 'x' };

  test.for([
    { name: 'of a later version', item: { pk: 'MEMORY#0', sk: 'orders', v: 2, n: 7, w: 'x' } },
    { name: 'edited by hand', item: { pk: 'MEMORY#0', sk: 'orders', v: 1, n: 'seven', w: 'x' } },
    { name: 'with half an intent', item: { pk: 'MEMORY#0', sk: 'orders', v: 1, n: 1, i: {} } },
  ])('a memory $name stops no other, and its own at the next write', async ({ item }) => {
    const { mock, memories } = open();
    mock.on(QueryCommand).resolves({ Items: [item, good] });
    expect([...(await memories.readSlot(0, signal)).keys()]).toEqual(['mails']);
    mock.on(PutCommand).rejects(lost);
    mock.on(GetCommand).resolves({ Item: item });
    await expect(memories.write(write, signal)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: expect.stringContaining('item MEMORY#0 / orders'),
    });
  });

  test('a lease of a later version is not taken over', async () => {
    const { mock, leases } = open();
    mock.on(UpdateCommand).rejects(lost);
    mock.on(GetCommand).resolves({ Item: { v: 9, holder: 'me' } });
    await expect(leases.acquire(request, signal)).rejects.toThrow(
      'item LEASE#leader / LEASE has version 9, and this build reads up to 1. Deploy the later ' +
        'build again, or delete the item to begin afresh.',
    );
  });
});

test('what a write hangs on is read as it is now, what is read at each tick may be a little old', async () => {
  const { mock, rules, leases, memories } = open();
  mock.resolves({});
  mock.on(UpdateCommand).rejects(lost);
  mock.on(PutCommand).rejects(lost);
  await rules.list(signal);
  await memories.readSlot(0, signal);
  await rules.get('a', signal);
  await memories.write({ slot: 0, key: 'a', expected: 0, memory: '', intent: undefined }, signal);
  await leases.acquire(request, signal).catch(() => {});
  const isConsistent = (call: {
    readonly args: readonly [{ readonly input: object }, ...unknown[]];
  }) => 'ConsistentRead' in call.args[0].input && call.args[0].input.ConsistentRead;
  expect(mock.commandCalls(ScanCommand).map(isConsistent)).toEqual([false]);
  expect(mock.commandCalls(QueryCommand).map(isConsistent)).toEqual([false]);
  expect(mock.commandCalls(GetCommand).map(isConsistent)).toEqual([true, true, true, true, true]);
});

test('no request goes out without the signal of whoever asks', async () => {
  const { mock, rules, leases, memories, audit } = open();
  mock.resolves({});
  mock.on(UpdateCommand).rejects(lost);
  mock.on(PutCommand).rejects(lost);
  const item = { id: 'a', attributes: {}, status: undefined };
  const lease = { name: 'l', owner: 'a', token: 1, expiresAt: NOW, before: undefined };
  await rules.list(signal);
  await rules.get('a', signal);
  await rules.remove('a', signal);
  await rules.report(item, { state: 'valid', since: NOW, of: '' }, signal);
  await leases.release(lease, NOW, signal);
  await leases.acquire(request, signal).catch(() => {});
  await memories.readSlot(0, signal);
  await memories.forget({ slot: 0, key: 'a' }, 1, signal);
  await memories.write({ slot: 0, key: 'a', expected: 0, memory: '', intent: undefined }, signal);
  await audit.list('a', 1, signal);
  await audit.append({ decision: 'd', scalable: 'a', at: NOW, body: '' }, signal);
  const options = mock.calls().map(({ args }) => (args as readonly unknown[])[1]);
  expect(options.length).toBeGreaterThanOrEqual(11);
  for (const each of options) expect(each).toEqual({ abortSignal: signal });
});
