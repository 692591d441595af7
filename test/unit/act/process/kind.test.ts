import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { birthOf } from '../../../../lib/act/process/birth.ts';
import { createProcessKind, processes } from '../../../../lib/act/process/kind.ts';
import { createLedger } from '../../../../lib/act/process/ledger.ts';
import type { Target } from '../../../../lib/model/target.ts';
import { millis } from '../../../../lib/model/units.ts';
import { INVALID, type Problem } from '../../../../lib/rule/schema.ts';
import { realClock } from './real-clock.ts';

const acting = { signal: new AbortController().signal };
const surroundings = {
  clock: realClock,
  region: undefined,
  secrets: { resolve: () => Promise.reject(new Error('nothing here is secret')) },
};
const connection = {
  name: 'workers',
  kind: 'process',
  settings: { command: ['true'], stopAfter: millis(0) },
};
const target = (name: string): Target => ({
  kind: 'process',
  connection: 'workers',
  resource: '',
  namespace: '',
  name,
});

/** A deployer beside a ledger whose supervisor seems to be this very process. */
async function open(folder: string) {
  const ledger = createLedger(folder);
  ledger.writeRoster({
    supervisor: { pid: process.pid, birth: birthOf(process.pid) ?? '' },
    copies: [],
    running: { 'workers/mail': 2 },
  });
  return { ledger, deployer: await createProcessKind(folder).open(connection, surroundings) };
}

const freshFolder = () => mkdtempDisposableSync(join(tmpdir(), 'rubato-kind-'));

test('outside the local stack the kind refuses and says where it works', async () => {
  await expect(processes.open(connection, surroundings)).rejects.toMatchObject({
    code: 'REFUSED',
    message:
      'workers runs processes on one machine, which only the local stack does. Use it with npm start, or give the rule another target.',
  });
});

test('a group reads as wanted by the ledger and ready by the roster', async () => {
  using folder = freshFolder();
  const { ledger, deployer } = await open(folder.path);
  ledger.want({ connection: 'workers', name: 'mail' }, 3, 0);
  expect(await deployer.read([target('mail'), target('video')], acting)).toEqual([
    {
      found: 'yes',
      state: { wanted: { replicas: 3 }, ready: { replicas: 2 }, busy: undefined, fence: '1' },
    },
    {
      found: 'yes',
      state: { wanted: { replicas: 0 }, ready: { replicas: 0 }, busy: undefined, fence: '0' },
    },
  ]);
});

test('without a supervisor a group is unknown, never empty, and cannot be scaled', async () => {
  using folder = freshFolder();
  const deployer = await createProcessKind(folder.path).open(connection, surroundings);
  const [reading] = await deployer.read([target('mail')], acting);
  expect(reading).toMatchObject({ found: 'unknown', error: { code: 'UNREACHABLE' } });
  const change = { target: target('mail'), to: { replicas: 1 }, fence: '0', decision: 'd1' };
  await expect(deployer.scale(change, acting)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  expect(createLedger(folder.path).groups()).toEqual([]);
});

test('a change is made once, however often it is sent', async () => {
  using folder = freshFolder();
  const { ledger, deployer } = await open(folder.path);
  const change = { target: target('mail'), to: { replicas: 4 }, fence: '0', decision: 'd1' };
  expect(await deployer.scale(change, acting)).toEqual({ kind: 'done' });
  expect(await deployer.scale(change, acting)).toEqual({ kind: 'done' });
  expect(ledger.wanted({ connection: 'workers', name: 'mail' })).toEqual({
    replicas: 4,
    generation: 1,
  });
});

test.for([
  { name: 'scaled', counts: [7], left: 7 },
  { name: 'scaled and scaled back', counts: [7, 0], left: 0 },
])('what somebody else $name since it was read is left alone', async ({ counts, left }) => {
  using folder = freshFolder();
  const { ledger, deployer } = await open(folder.path);
  const group = { connection: 'workers', name: 'mail' };
  for (const [at, count] of counts.entries()) ledger.want(group, count, at);
  const change = { target: target('mail'), to: { replicas: 4 }, fence: '0', decision: 'd1' };
  expect(await deployer.scale(change, acting)).toEqual({
    kind: 'superseded',
    because: `workers/mail was changed since it was read: generation 0 is now ${counts.length}`,
  });
  expect(ledger.wanted(group).replicas).toBe(left);
});

test('one of two changes wins that were decided on the same reading', async () => {
  using folder = freshFolder();
  const { deployer } = await open(folder.path);
  const scaled = [2, 5].map((replicas) =>
    deployer.scale(
      { target: target('mail'), to: { replicas }, fence: '0', decision: `d${replicas}` },
      acting,
    ),
  );
  const kinds = (await Promise.all(scaled)).map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['done', 'superseded']));
});

test('nothing is known and nothing changed when the time of the tick is up', async () => {
  using folder = freshFolder();
  const { ledger, deployer } = await open(folder.path);
  const ended = { signal: AbortSignal.abort() };
  const change = { target: target('mail'), to: { replicas: 4 }, fence: '0', decision: 'd1' };
  const timedOut = { code: 'TIMED_OUT' };
  expect(await deployer.read([target('mail')], ended)).toMatchObject([
    { found: 'unknown', error: timedOut },
  ]);
  await expect(deployer.scale(change, ended)).rejects.toMatchObject(timedOut);
  const selector = { ...target('mail'), labels: {} };
  await expect(deployer.expand(selector, ended)).rejects.toMatchObject(timedOut);
  expect(ledger.groups()).toEqual([]);
});

test('a change to what already is writes nothing', async () => {
  using folder = freshFolder();
  const { ledger, deployer } = await open(folder.path);
  ledger.want({ connection: 'workers', name: 'mail' }, 3, 0);
  const change = { target: target('mail'), to: { replicas: 3 }, fence: '1', decision: 'd1' };
  expect(await deployer.scale(change, acting)).toEqual({ kind: 'done' });
  expect(ledger.wanted({ connection: 'workers', name: 'mail' }).generation).toBe(1);
});

test.for([-1, 1.5, Number.NaN, 101, undefined])('%s copies are refused', async (replicas) => {
  using folder = freshFolder();
  const { ledger, deployer } = await open(folder.path);
  const to = replicas === undefined ? {} : { replicas };
  const change = { target: target('mail'), to, fence: '0', decision: 'd1' };
  await expect(deployer.scale(change, acting)).rejects.toMatchObject({ code: 'REFUSED' });
  expect(ledger.groups()).toEqual([]);
});

test('a name is the one group it names, even before anything ran', async () => {
  using folder = freshFolder();
  const { deployer } = await open(folder.path);
  const selector = { ...target('new'), labels: {} };
  expect(await deployer.expand(selector, acting)).toEqual([target('new')]);
});

test('a pattern is refused when the rule is read', () => {
  expect(processes.schema.parse({ name: 'mail*' }, { path: 'target', problems: [] })).toBe(INVALID);
});

test.for([
  { options: {}, name: 'copies' },
  { options: { name: 'mail-2' }, name: 'mail-2' },
])('a rule with $options selects $name', ({ options, name }) => {
  const parsed = processes.schema.parse(options, { path: 'target', problems: [] });
  if (parsed === INVALID) throw new Error('refused');
  expect(processes.select(parsed)).toEqual({ resource: '', namespace: '', name, labels: {} });
});

test('a rule can never carry a command', () => {
  const problems: Problem[] = [];
  processes.schema.parse({ command: ['rm'] }, { path: 'target', problems });
  expect(problems).toEqual([
    { path: 'target.command', message: expect.stringContaining('unknown attribute') },
  ]);
});
