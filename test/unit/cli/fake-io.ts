import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Io } from '../../../lib/cli/io.ts';
import { run } from '../../../lib/cli/program.ts';

export interface FakeIo extends Io, Disposable {
  /** Writes a file below the folder the command runs in. */
  write(name: string, text: string): void;
  /** Runs one command line and answers its exit code. */
  rubato(...words: string[]): Promise<number>;
  /** What was written since the last time this was asked. */
  taken(): { readonly out: string; readonly err: string };
}

/** What a person does in this terminal; nobody is there by default. */
export interface Person {
  readonly env?: Readonly<Record<string, string>>;
  readonly answers?: string[];
  readonly edit?: (file: string) => boolean;
  readonly stdin?: string;
  readonly size?: { readonly columns: number; readonly rows: number };
  readonly signal?: AbortSignal;
}

/** A terminal in a folder of its own. */
export function createFakeIo(person: Person = {}): FakeIo {
  const cwd = mkdtempSync(join(tmpdir(), 'rubato-cli-'));
  let out = '';
  let err = '';
  const io: FakeIo = {
    env: person.env ?? {},
    cwd,
    signal: person.signal ?? new AbortController().signal,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    size: () => person.size,
    read: async () => person.stdin ?? '',
    input: async function* pieces() {
      yield person.stdin ?? '';
    },
    ask: async () => person.answers?.shift(),
    edit: async (file) => person.edit?.(file) ?? false,
    write: (name, text) => {
      const file = join(cwd, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    rubato: (...words) => run(words, io),
    taken: () => {
      const taken = { out, err };
      out = '';
      err = '';
      return taken;
    },
    [Symbol.dispose]: () => {
      rmSync(cwd, { recursive: true, force: true });
    },
  };
  return io;
}

export const CONNECTIONS = `
stats: { kind: http, url: 'http://127.0.0.1:9', timeout: 100ms }
workers: { kind: process, command: [sleep, '1000'] }
`;

export const RULE = `
id: mail
target: { kind: process, connection: workers, name: mail }
metrics:
  queue: { kind: http-json, connection: stats, json: $.queued }
replicas: ceil(queue / 8)
max: 6
`;
