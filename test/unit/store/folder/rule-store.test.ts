import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { epochMillis } from '../../../../lib/model/units.ts';
import { contentHash } from '../../../../lib/rule/content-hash.ts';
import { createFolderRuleStore } from '../../../../lib/store/folder/rule-store.ts';

const { signal } = new AbortController();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rubato-rules-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const save = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
};
const list = () => createFolderRuleStore(folder).list(signal);

describe('what is a rule in a folder', () => {
  test('yaml, yml and json files, one or several documents each', async () => {
    save({
      'a.yaml': 'id: one\nmin: 1\n---\nid: two\nmin: 2\n---\n# nothing more\n',
      'b.yml': 'id: three\nmetrics: { lag: { kind: kafka-lag } }\n',
      'c.json': '{ "id": "four", "windows": [{ "min": 3 }] }',
    });
    expect(await list()).toEqual([
      { id: 'four', attributes: { windows: [{ min: 3 }] }, status: undefined },
      { id: 'one', attributes: { min: 1 }, status: undefined },
      { id: 'three', attributes: { metrics: { lag: { kind: 'kafka-lag' } } }, status: undefined },
      { id: 'two', attributes: { min: 2 }, status: undefined },
    ]);
  });

  test('other files, hidden ones and folders are not looked at', async () => {
    save({ 'README.md': 'id: no', '.hidden.yaml': 'id: no', 'notes.yaml~': 'id: no', empty: '' });
    mkdirSync(path.join(folder, 'old.yaml'));
    expect(await list()).toEqual([]);
  });

  test('a status that was copied along with a rule is left out', async () => {
    save({ 'a.yaml': 'id: a\nmin: 1\nstatus: { state: valid, since: 1, of: x }\n' });
    expect(await list()).toEqual([{ id: 'a', attributes: { min: 1 }, status: undefined }]);
  });

  test('a date stays the text it is, as in the table', async () => {
    save({ 'a.yaml': 'id: a\nuntil: 2026-11-27T06:00:00Z\nfrom: 08:00\n' });
    expect((await list())[0]?.attributes).toEqual({ until: '2026-11-27T06:00:00Z', from: '08:00' });
  });
});

describe('a document that cannot be read is a broken rule at its file and line', () => {
  test.for<{ name: string; text: string; id: string; said: RegExp }>([
    {
      name: 'a list that does not end',
      text: 'id: orders\nmin: 0\nmax: [1,\n',
      id: 'orders',
      said: /^rules\.yaml:4: Flow sequence/,
    },
    {
      name: 'a tab for an indent, before the id',
      text: 'metrics:\n\tlag: 1\nid: orders\n',
      id: 'orders',
      said: /^rules\.yaml:2: Tabs are not allowed/,
    },
    {
      name: 'a key written twice',
      text: 'id: orders\nmin: 1\nmax: 2\nmin: 3\n',
      id: 'orders',
      said: /^rules\.yaml:4: Map keys must be unique/,
    },
    {
      name: 'an alias without an anchor',
      text: 'id: orders\nmin: *floor\n',
      id: 'orders',
      said: /^rules\.yaml:\d: Unresolved alias/,
    },
    {
      name: 'a tag of another tool',
      text: 'id: orders\nmax: !Ref Limit\n',
      id: 'orders',
      said: /^rules\.yaml:2: Unresolved tag: !Ref/,
    },
    {
      name: 'aliases that would grow without bound',
      text: `id: orders\na: &a [1]\nb: [${'*a, '.repeat(200)}]\nc: &c [${'*a, '.repeat(99)}]\nd: [*c, *c, *c]\n`,
      id: 'orders',
      said: /^rules\.yaml:1: Excessive alias count/,
    },
    { name: 'a text', text: 'hello\n', id: 'rules', said: /^rules\.yaml:1: expected a map/ },
    { name: 'a list of rules', text: '- id: a\n', id: 'a', said: /^rules\.yaml:1: expected a map/ },
    {
      name: 'no id',
      text: '\nmin: 1\n',
      id: 'rules',
      said: /^rules\.yaml:2: expected the rule's name, found nothing/,
    },
    {
      name: 'a number for an id',
      text: 'id: 5\n',
      id: '5',
      said: /^rules\.yaml:1: expected the rule's name, found 5/,
    },
    {
      name: 'nested deeper than an item can be',
      text: `id: orders\nmin: ${'['.repeat(40)}${']'.repeat(40)}\n`,
      id: 'orders',
      said: /^rules\.yaml:1: is nested deeper than 32 levels/,
    },
    {
      name: 'nested beyond all measure',
      text: '['.repeat(50_000),
      id: 'rules',
      said: /^rules\.yaml:1: /,
    },
    {
      name: 'a megabyte of text',
      text: `id: orders\nwhy: ${'x'.repeat(1_000_000)}\n`,
      id: 'rules',
      said: /^rules\.yaml has 1000017 characters, at most 409600 are read/,
    },
  ])('$name', async ({ text, id, said }) => {
    save({ 'rules.yaml': text, 'sound.yaml': 'id: sound\nmin: 1\n' });
    const items = await list();
    expect(items.map((item) => item.id).toSorted()).toEqual([id, 'sound'].toSorted());
    const broken = items.find((item) => item.id === id);
    expect(broken?.attributes).toEqual({});
    expect(broken?.broken?.[0]?.message).toMatch(said);
    expect(items.find((item) => item.id === 'sound')).not.toHaveProperty('broken');
  });

  test('each rule of a list of rules is broken, so that none looks deleted', async () => {
    save({ 'a.yaml': '- id: one\n  min: 1\n- min: 2\n  id: two\n' });
    const items = await list();
    expect(items.map(({ id }) => id)).toEqual(['one', 'two']);
    for (const { broken } of items) expect(broken?.[0]?.message).toMatch(/expected a map/);
  });

  test('one bad document leaves the others of its file alone', async () => {
    save({ 'a.yaml': 'id: good\nmin: 1\n---\nid: bad\nmax: {\n---\nid: better\n' });
    const items = await list();
    expect(items.map(({ id, broken }) => [id, broken !== undefined])).toEqual([
      ['bad', true],
      ['better', false],
      ['good', false],
    ]);
    expect(items[0]?.broken?.[0]?.message).toMatch(/^a\.yaml:[56]: /);
  });

  test('an id that is written twice is broken and names both places', async () => {
    save({
      'a.yaml': 'id: x\n---\nid: orders\nmin: 1\n',
      'b.yaml': '# copy\nid: orders\nmin: 2\n',
    });
    const items = await list();
    expect(items.map(({ id }) => id)).toEqual(['orders', 'x']);
    expect(items[0]).toEqual({
      id: 'orders',
      attributes: {},
      status: undefined,
      broken: [
        { path: 'id', message: 'orders is written at a.yaml:3 and b.yaml:2; keep one of them' },
      ],
    });
  });
});

describe('a verdict', () => {
  const errors = [{ path: 'min', message: 'expected a number' }];

  test('is forgotten as soon as the file says something else, broken or whole', async () => {
    save({ 'a.yaml': 'id: a\nmin: x\n' });
    const store = createFolderRuleStore(folder);
    const item = await store.get('a', signal);
    if (!item) throw new Error('expected rule a');
    const of = contentHash(item.attributes);
    await store.report(item, { state: 'invalid', since: epochMillis(1), of, errors }, signal);
    expect((await store.get('a', signal))?.status?.state).toBe('invalid');
    save({ 'a.yaml': 'id: a\nmin: [\n' });
    expect((await store.get('a', signal))?.status).toBeUndefined();
  });

  test('is never written into the file', async () => {
    const text = 'id: a # mine\nmin: x\n';
    save({ 'a.yaml': text });
    const store = createFolderRuleStore(folder);
    const item = await store.get('a', signal);
    if (!item) throw new Error('expected rule a');
    await store.report(item, { state: 'valid', since: epochMillis(1), of: 'h' }, signal);
    expect(readFileSync(path.join(folder, 'a.yaml'), 'utf8')).toBe(text);
  });
});

describe('what cannot be done', () => {
  test('writing and deleting: files are edited as files', async () => {
    const store = createFolderRuleStore(folder);
    const said = `rule a is kept in the folder ${folder}, which is only read. Edit its file`;
    await expect(store.put({ id: 'a', attributes: {} }, signal)).rejects.toThrow(said);
    await expect(store.remove('a', signal)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });

  test('reading a folder that is not there', async () => {
    const store = createFolderRuleStore(path.join(folder, 'none'));
    await expect(store.list(signal)).rejects.toMatchObject({
      code: 'TABLE_MISSING',
      message: `there is no folder ${folder}/none. Give --rules a folder that exists.`,
    });
  });

  test('reading past a link to nothing: its rule would look deleted', async () => {
    save({ 'a.yaml': 'id: a\n' });
    symlinkSync(path.join(folder, 'gone'), path.join(folder, 'b.yaml'));
    await expect(list()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', retry: 'next-tick' });
  });

  test.skipIf(process.getuid?.() === 0)('reading past a file without the right to', async () => {
    save({ 'a.yaml': 'id: a\n', 'b.yaml': 'id: b\n' });
    chmodSync(path.join(folder, 'b.yaml'), 0);
    await expect(list()).rejects.toMatchObject({ code: 'STORE_DENIED' });
  });
});
