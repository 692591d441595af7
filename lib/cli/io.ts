/** All that a command sees of the terminal and of the process it runs in. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder in which relative paths begin, and in which `.rubato` and connections.yml are. */
  readonly cwd: string;
  /** Fires when the person or the system wants the command to end. */
  readonly signal: AbortSignal;
  /** Writes to stdout: what was asked for, and with --json nothing else. */
  out(text: string): void;
  /** Writes to stderr: everything that is said beside it. */
  err(text: string): void;
  /** Width and height of the terminal, or undefined where stdout is none. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** All of stdin. */
  read(): Promise<string>;
  /** Stdin piece by piece, for what is answered as it comes. */
  input(): AsyncIterable<string>;
  /** Asks on the terminal; undefined where nobody is there to answer. */
  ask(question: string): Promise<string | undefined>;
  /** Opens the person's editor on a file and resolves with whether it ended well. */
  edit(file: string): Promise<boolean>;
}

/** What a command amounts to, as the shell is told. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
