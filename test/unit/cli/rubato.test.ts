import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const ENTRY = join(import.meta.dirname, '../../../lib/cli/rubato.mjs');

/** A Node on this machine that is too old for the rest, if there is one. */
function oldNode(): string | undefined {
  const found = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' }).stdout.split('\n');
  return found.find((node) => {
    if (node === '') return false;
    const major = execFileSync(node, ['-p', 'process.versions.node.split(".")[0]']);
    return Number(major) < 24;
  });
}
const OLD = oldNode();

test('the entry runs the command line and passes its exit code on', () => {
  const { stdout, status } = spawnSync(process.execPath, [ENTRY, '--help'], { encoding: 'utf8' });
  expect(stdout).toContain('Usage: rubato');
  expect(status).toBe(0);
  expect(spawnSync(process.execPath, [ENTRY, 'no-such-command']).status).toBe(2);
});

test.skipIf(OLD === undefined)('an old Node hands over to the one that the project brings', () => {
  const { stdout, status } = spawnSync(OLD ?? '', [ENTRY, '--help'], { encoding: 'utf8' });
  expect(stdout).toContain('Usage: rubato');
  expect(status).toBe(0);
  expect(spawnSync(OLD ?? '', [ENTRY, 'no-such-command']).status).toBe(2);
});

test.skipIf(OLD === undefined)('an old Node without an installed project says what to do', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'rubato-entry-'));
  const entry = join(folder.path, 'lib/cli/rubato.mjs');
  cpSync(ENTRY, entry);
  const { stdout, stderr, status } = spawnSync(OLD ?? '', [entry, 'tick'], { encoding: 'utf8' });
  expect(stderr).toMatch(
    /^rubato needs Node 24 or later and this is [\d.]+: run npm ci first.*\n$/,
  );
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
