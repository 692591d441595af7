import { expect, test } from 'vitest';

import { CONNECTIONS, createFakeIo, RULE } from './fake-io.ts';

test.for([
  [],
  ['dev'],
  ['tick'],
  ['lag'],
  ['explain'],
  ['eval'],
  ['simulate'],
  ['replay'],
  ['rules'],
  ['rules', 'list'],
  ['rules', 'get'],
  ['rules', 'put'],
  ['rules', 'edit'],
  ['rules', 'validate'],
  ['rules', 'pause'],
  ['rules', 'resume'],
  ['rules', 'delete'],
  ['rules', 'schema'],
])('the help of "rubato %s" shows an example and is no fault', async (words) => {
  using io = createFakeIo();
  expect(await io.rubato(...words, '--help')).toBe(0);
  const { out, err } = io.taken();
  expect(out).toContain(`Example:\n  npx rubato ${words.join(' ')}`);
  expect(err).toBe('');
});

test.for([
  { words: ['tikc'], said: 'Did you mean tick?' },
  { words: ['tick', '--dryrun'], said: "unknown option '--dryrun'" },
  { words: ['rules', 'ls'], said: "unknown command 'ls'" },
  { words: ['rules', 'get'], said: "missing required argument 'rule'" },
  { words: ['rules', 'get', 'male'], said: 'there is no rule "male"' },
  { words: ['explain', 'mial'], said: 'did you mean "mail"?' },
  { words: ['tick', '--now', 'tomorrow'], said: 'now: expected a moment' },
  { words: ['rules', 'validate', 'absent.yaml'], said: 'absent.yaml cannot be read (ENOENT)' },
  { words: ['lag', 'main'], said: 'no Kafka connection "main"; in connections.yml there is none' },
  { words: ['dev', '--port', 'http'], said: '--port: expected a port from 0 to 65535' },
])('"rubato $words" is called wrongly and told so', async ({ words, said }) => {
  using io = createFakeIo();
  io.write('connections.yml', CONNECTIONS);
  io.write('rules/mail.yaml', RULE);
  const rules = words[0] === 'explain' ? ['--rules', 'rules'] : [];
  expect(await io.rubato(...words, ...rules)).toBe(2);
  const { out, err } = io.taken();
  expect(err).toContain(said);
  expect(out).toBe('');
});

test.for([
  { name: 'no file', text: undefined, said: 'connections.yml cannot be read (ENOENT)' },
  { name: 'no YAML', text: 'a: [', said: 'connections.yml is no YAML' },
  { name: 'an unknown kind', text: 'a: { kind: kafak }', said: 'a.kind: expected one of' },
])('connections.yml with $name is told before anything is done', async ({ text, said }) => {
  using io = createFakeIo();
  if (text !== undefined) io.write('connections.yml', text);
  expect(await io.rubato('tick')).toBe(2);
  expect(io.taken().err).toContain(said);
});

test('a secret that stands in connections.yml by mistake is not repeated', async () => {
  using io = createFakeIo();
  io.write('connections.yml', 'a: { kind: http, url: http://x, bearer: hunter2-secret ]');
  expect(await io.rubato('tick')).toBe(2);
  io.write('connections.yml', 'a: { kind: http, url: http://x, bearer: hunter2-secret }');
  expect(await io.rubato('tick')).toBe(2);
  expect(io.taken().err).not.toContain('hunter2');
});

test('only one of the two tables named is a mistake, not the embedded store', async () => {
  using io = createFakeIo({ env: { RULES_TABLE: 'prod-rules' } });
  io.write('connections.yml', CONNECTIONS);
  expect(await io.rubato('tick')).toBe(2);
  expect(io.taken().err).toContain('STATE_TABLE');
});
