import type { Journal } from './journal.ts';

/** A journal that is loaded by its first line: most ticks write none. */
export interface LazyJournal extends Journal {
  /** Resolves when every line so far is written. Call it before the process may be frozen. */
  flush(): Promise<void>;
}

/** Lines keep their order; those written while the journal loads follow as soon as it has. */
export function createLazyJournal(load: () => Promise<Journal>): LazyJournal {
  let loading: Promise<Journal> | undefined;
  let written: Promise<void> = Promise.resolve();
  const write = (line: (journal: Journal) => void): void => {
    loading ??= load();
    const journal = loading;
    written = written.then(async () => line(await journal));
    // Whoever flushes is told of a failure; until then it must not end the process.
    written.catch(() => undefined);
  };
  return {
    change: (entry) => write((journal) => journal.change(entry)),
    problem: (entry) => write((journal) => journal.problem(entry)),
    failure: (entry) => write((journal) => journal.failure(entry)),
    flush: () => written,
  };
}
