import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readConnectionsFile, writeConnections } from '../../../infra/connections-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rubato-connections-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function refusal(text: string | undefined): Promise<string> {
  const file = path.join(folder, 'connections.yml');
  if (text !== undefined) await writeFile(file, text);
  try {
    await readConnectionsFile(file);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('connections.yml at package time', () => {
  test('becomes the JSON that the handlers read, with secrets still by reference', async () => {
    const file = path.join(folder, 'connections.yml');
    await writeFile(
      file,
      "# mine\nprom: { kind: http, url: 'https://p.test', bearer: 'ssm:/t' }\n",
    );
    await writeConnections(await readConnectionsFile(file), folder);
    expect(JSON.parse(await readFile(path.join(folder, 'connections.json'), 'utf8'))).toEqual({
      prom: { kind: 'http', url: 'https://p.test', bearer: 'ssm:/t' },
    });
  });

  test('may be empty', async () => {
    const file = path.join(folder, 'connections.yml');
    await writeFile(file, '# nothing yet\n');
    await writeConnections(await readConnectionsFile(file), folder);
    expect(await readFile(path.join(folder, 'connections.json'), 'utf8')).toBe('{}\n');
  });

  test.for([
    { name: 'is missing', text: undefined, told: ['does not exist', 'connections=FILE'] },
    { name: 'is not YAML', text: 'a: { kind: http\nb: 1\n', told: ['connections.yml:2:1', 'YAML'] },
    {
      name: 'names an unknown kind',
      text: 'main: { kind: kafak, brokers: [a:1] }\n',
      told: ['main.kind', 'kafka'],
    },
    { name: 'names a key twice', text: 'a: { kind: http }\na: { kind: http }\n', told: [':2:1'] },
  ])('ends the packaging with one clear line when it $name', async ({ text, told }) => {
    const message = await refusal(text);
    expect(message.split('\n')).toHaveLength(1);
    for (const part of told) expect(message).toContain(part);
  });

  test('names all its problems at once', async () => {
    const message = await refusal('a: { kind: nope }\nb: { kind: http }\n');
    expect(message).toContain('a.kind');
    expect(message).toContain('b.url');
  });

  test.for([
    {
      name: 'in place of a reference',
      text: "p: { kind: http, url: 'https://p', bearer: CANARY }",
    },
    { name: 'in broken YAML', text: 'p: { bearer: CANARY\nq: [' },
    { name: 'in a URL', text: "p: { kind: http, url: 'https://user:CANARY@p' }" },
  ])('never repeats a secret that stands $name', async ({ text }) => {
    expect(await refusal(text)).not.toContain('CANARY');
  });
});
