#!/usr/bin/env node
// The door for `npx rubato`. Plain JavaScript that also an old Node reads, because the Node on the
// PATH decides what runs this file, and the rest needs the one that this project brings.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OLDEST = 24;
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const ours = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= OLDEST) {
  await import('./main.ts');
} else if (existsSync(ours)) {
  const child = spawn(ours, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both of us, and passing it on would make two of it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 1;
  });
} else {
  process.stderr.write(
    `rubato needs Node ${OLDEST} or later and this is ${process.versions.node}: run npm ci first, which brings one.\n`,
  );
  process.exitCode = 2;
}
