import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';

import type { Io } from './io.ts';

/** The real terminal. The first of SIGINT, SIGTERM and SIGHUP fires the signal. */
export function createTerminal(): Io {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      ending.abort(new Error(`ended by ${signal}`));
    });
  }
  // `rubato rules list | head` closes our stdout early, which is no fault of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const { stdin, stdout, stderr } = process;
  return {
    env: process.env,
    cwd: process.cwd(),
    signal: ending.signal,
    out: (line) => stdout.write(line),
    err: (line) => stderr.write(line),
    size: () => (stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : undefined),
    read: () => text(stdin),
    input: () => stdin.setEncoding('utf8'),
    ask: async (question) => {
      if (!stdin.isTTY) return undefined;
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question, { signal: ending.signal });
      } finally {
        lines.close();
      }
    },
    edit: async (file) => {
      const editor = process.env['VISUAL'] ?? process.env['EDITOR'] ?? 'vi';
      // By the shell, because an editor may be given with arguments: `code --wait`.
      const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
      const [code] = (await once(child, 'exit')) as [number | null];
      return code === 0;
    },
  };
}
