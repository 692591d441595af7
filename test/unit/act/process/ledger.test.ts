import { mkdtempDisposableSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createLedger } from '../../../../lib/act/process/ledger.ts';

const freshFolder = () => mkdtempDisposableSync(join(tmpdir(), 'rubato-ledger-'));
const GROUP = { connection: 'workers', name: 'copies' };

test('a group that was never set wants nothing, at generation 0', () => {
  using folder = freshFolder();
  const ledger = createLedger(folder.path);
  expect(ledger.wanted(GROUP)).toEqual({ replicas: 0, generation: 0 });
  expect(ledger.groups()).toEqual([]);
  expect(ledger.roster()).toEqual({ supervisor: undefined, copies: [], running: {} });
});

test('what one process sets another reads, and both fence with the generation', () => {
  using folder = freshFolder();
  const [ours, theirs] = [createLedger(folder.path), createLedger(folder.path)];
  expect(ours.want(GROUP, 3, 0)).toBe(true);
  expect(theirs.wanted(GROUP)).toEqual({ replicas: 3, generation: 1 });
  expect(theirs.want(GROUP, 5, 0)).toBe(false);
  expect(theirs.want(GROUP, 5, 1)).toBe(true);
  expect(ours.want(GROUP, 7, 1)).toBe(false);
  expect(ours.wanted(GROUP)).toEqual({ replicas: 5, generation: 2 });
});

test('a long history is cleared away and never counted back', () => {
  using folder = freshFolder();
  const ledger = createLedger(folder.path);
  for (let at = 0; at < 100; at += 1) expect(ledger.want(GROUP, at % 5, at)).toBe(true);
  expect(ledger.wanted(GROUP)).toEqual({ replicas: 99 % 5, generation: 100 });
  expect(readdirSync(join(folder.path, 'wanted', 'workers', 'copies')).length).toBeLessThan(20);
  expect(ledger.want(GROUP, 9, 3)).toBe(false);
});

test.for(['a/b', '..', '.', 'ü', 'a.b', '%2F'])(
  'a name such as %s stays inside the folder',
  (name) => {
    using folder = freshFolder();
    const ledger = createLedger(folder.path);
    const group = { connection: name, name };
    expect(ledger.want(group, 2, 0)).toBe(true);
    expect(ledger.groups()).toEqual([group]);
    expect(ledger.wanted(group).replicas).toBe(2);
    expect(readdirSync(folder.path)).toEqual(['wanted']);
  },
);
