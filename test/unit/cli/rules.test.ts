import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { CONNECTIONS, createFakeIo, type FakeIo, type Person, RULE } from './fake-io.ts';

/** A terminal whose table has the rule `mail`. */
async function terminal(person: Person = {}): Promise<FakeIo> {
  const io = createFakeIo(person);
  io.write('connections.yml', CONNECTIONS);
  io.write('mail.yaml', RULE);
  expect(await io.rubato('rules', 'put', 'mail.yaml')).toBe(0);
  expect(io.taken()).toEqual({ out: '', err: 'mail is written; the next tick follows it.\n' });
  return io;
}

async function stored(io: FakeIo, id = 'mail'): Promise<Record<string, unknown>> {
  await io.rubato('rules', 'get', id);
  return parse(io.taken().out) as Record<string, unknown>;
}

test('a rule that was put is listed and read back as it was written', async () => {
  using io = await terminal();
  expect(await stored(io)).toEqual(parse(RULE));
  expect(await io.rubato('rules', 'list')).toBe(0);
  expect(io.taken().out).toBe(
    'RULE  STATE  TARGET                REPLICAS\n' +
      'mail  valid  process workers mail  ceil(queue / 8)\n',
  );
  await io.rubato('rules', 'list', '--json');
  expect(JSON.parse(io.taken().out)).toMatchObject([{ id: 'mail', state: 'valid', errors: [] }]);
});

test('of a file with one bad rule nothing is written, and all problems are told', async () => {
  using io = await terminal();
  io.write('two.yaml', `${RULE.replaceAll('mail', 'good')}---\nid: bad\nreplicas: 1\nmax: [2]\n`);
  expect(await io.rubato('rules', 'put', 'two.yaml')).toBe(1);
  const { err } = io.taken();
  expect(err).toMatch(/two\.yaml:\d+: target: is required/);
  expect(err).toMatch(/two\.yaml:\d+: max: expected an expression or a whole number/);
  expect(err).toContain('Nothing was written: correct this first.');
  expect(await io.rubato('rules', 'get', 'good')).toBe(2);
});

test('rules are read from stdin', async () => {
  using io = await terminal({ stdin: RULE.replaceAll('mail', 'piped') });
  expect(await io.rubato('rules', 'put', '-')).toBe(0);
  expect(await stored(io, 'piped')).toMatchObject({ id: 'piped' });
});

test('validate names the file, the line and the path of each problem', async () => {
  using io = await terminal();
  io.write('bad.yaml', RULE.replace('max: 6', 'maxx: 6').replace('/ 8)', '/ )'));
  expect(await io.rubato('rules', 'validate', 'mail.yaml', 'bad.yaml')).toBe(1);
  const { out, err } = io.taken();
  expect(out).toMatch(/^bad\.yaml:2: maxx: unknown attribute; .*did you mean "max"/m);
  expect(err).toBe('1 valid, 1 invalid\n');
  expect(await io.rubato('rules', 'validate', 'bad.yaml', '--json')).toBe(1);
  expect(JSON.parse(io.taken().out)).toMatchObject([{ rule: 'mail', valid: false }]);
});

test('validate warns of what has surprised others in a valid rule, and is no failure', async () => {
  using io = await terminal();
  io.write('flag.yaml', RULE.replace(/replicas: .*/, "replicas: 'queue > 5 ? 1 : 0'"));
  expect(await io.rubato('rules', 'validate', 'flag.yaml')).toBe(0);
  expect(io.taken().out).toMatch(/^flag\.yaml:2: warning: replicas: .*\(.+\)$/m);
});

test('validate of a text that is no YAML says where', async () => {
  using io = await terminal();
  io.write('broken.yaml', 'id: mail\nmax: [1\n');
  expect(await io.rubato('rules', 'validate', 'broken.yaml')).toBe(1);
  expect(io.taken().out).toMatch(/^broken\.yaml:\d+: /);
});

test('an edit that is valid is saved', async () => {
  using io = await terminal({ edit: replacing('max: 6', 'max: 9') });
  expect(await io.rubato('rules', 'edit', 'mail')).toBe(0);
  expect(io.taken().err).toBe('mail is saved; the next tick follows it.\n');
  expect(await stored(io)).toMatchObject({ max: 9 });
});

test('an edit that is not valid can be gone on with until it is', async () => {
  const edits = [replacing('max: 6', 'max: -1'), replacing('max: -1', 'max: 4')];
  using io = await terminal({
    edit: (file) => edits.shift()?.(file) ?? false,
    answers: ['', 'must not be asked'],
  });
  expect(await io.rubato('rules', 'edit', 'mail')).toBe(0);
  expect(io.taken().err).toMatch(/^mail\.yaml:1: max: expected .*-1\nmail is saved/);
  expect(await stored(io)).toMatchObject({ max: 4 });
});

test.for([
  { name: 'the person gives up', answers: ['n'] },
  { name: 'nobody is there to ask', answers: [] },
])('where $name, the text is kept and the rule stays', async ({ answers }) => {
  using io = await terminal({ edit: replacing('max: 6', 'max: -1'), answers: [...answers] });
  expect(await io.rubato('rules', 'edit', 'mail')).toBe(1);
  const [, file = ''] = /Your text is in (\S+)\.\n/.exec(io.taken().err) ?? [];
  expect(readFileSync(file, 'utf8')).toContain('max: -1');
  expect(await stored(io)).toMatchObject({ max: 6 });
});

test('an editor that fails writes nothing', async () => {
  using io = await terminal({ edit: () => false });
  expect(await io.rubato('rules', 'edit', 'mail')).toBe(1);
  expect(io.taken().err).toContain('the editor did not end well');
});

test('an edit without a change writes nothing and leaves no file', async () => {
  let opened = '';
  using io = await terminal({
    edit: (file) => {
      opened = file;
      return true;
    },
  });
  expect(await io.rubato('rules', 'edit', 'mail')).toBe(0);
  expect(io.taken().err).toBe('Nothing was changed.\n');
  expect(existsSync(opened)).toBe(false);
});

test('a new id in the editor is not a second rule by accident', async () => {
  using io = await terminal({ edit: replacing('id: mail', 'id: post'), answers: ['n'] });
  expect(await io.rubato('rules', 'edit', 'mail')).toBe(1);
  expect(io.taken().err).toContain('The id was changed to post');
});

test('a pause has an end, a person and a reason, and can be ended before', async () => {
  using io = await terminal({ env: { USER: 'ada' } });
  expect(await io.rubato('rules', 'pause', 'mail', '--for', '2h', '--why', 'moving')).toBe(0);
  const { override } = await stored(io);
  expect(override).toMatchObject({ paused: true, by: 'ada', why: 'moving' });
  const left = Date.parse((override as { until: string }).until) - Date.now();
  expect(left / 60_000).toBeCloseTo(120, 0);
  await io.rubato('rules', 'list');
  expect(io.taken().out).toMatch(/mail +paused/);
  expect(await io.rubato('rules', 'resume', 'mail')).toBe(0);
  expect(await stored(io)).toEqual(parse(RULE));
});

test.for(['forever', '0m', '-1h', '90'])('a pause for "%s" is refused', async (time) => {
  using io = await terminal();
  expect(await io.rubato('rules', 'pause', 'mail', `--for=${time}`)).toBe(2);
  expect(io.taken().err).toContain('such as 30m, 2h or 1d');
});

test('resume of a rule that is not paused changes nothing', async () => {
  using io = await terminal();
  expect(await io.rubato('rules', 'resume', 'mail')).toBe(0);
  expect(io.taken().err).toBe('mail is not paused.\n');
});

test.for([
  { name: 'with --yes', words: ['--yes'], answers: [], code: 0, gone: true },
  { name: 'after a yes', words: [], answers: ['y'], code: 0, gone: true },
  { name: 'not after a no', words: [], answers: ['n'], code: 1, gone: false },
  { name: 'not without anybody to ask', words: [], answers: [], code: 2, gone: false },
])('a rule is deleted $name', async ({ words, answers, code, gone }) => {
  using io = await terminal({ answers: [...answers] });
  expect(await io.rubato('rules', 'delete', 'mail', ...words)).toBe(code);
  io.taken();
  expect(await io.rubato('rules', 'get', 'mail')).toBe(gone ? 2 : 0);
});

test('rules of a folder are only read', async () => {
  using io = await terminal({ edit: replacing('max: 6', 'max: 9') });
  io.write('rules/mail.yaml', RULE);
  expect(await io.rubato('rules', 'edit', 'mail', '--rules', 'rules')).toBe(1);
  const { err } = io.taken();
  expect(err).toContain('which is only read');
  expect(err).toContain('Your text is in');
});

test('the schema for editors is JSON Schema with every attribute', async () => {
  using io = await terminal();
  expect(await io.rubato('rules', 'schema')).toBe(0);
  const schema = JSON.parse(io.taken().out) as { properties: object };
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['id', 'target', 'metrics', 'replicas', 'idle']),
  );
});

function replacing(from: string, to: string): (file: string) => boolean {
  return (file) => {
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
    return true;
  };
}
