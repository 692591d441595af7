import { describe, expect, test } from 'vitest';

import type { Journal } from '../../../lib/record/journal.ts';
import { createLazyJournal } from '../../../lib/record/lazy-journal.ts';

const trouble = (code: string) => ({ code, message: 'it happened' });

describe('a journal that is loaded by its first line', () => {
  test('is never loaded while there is nothing to say', async () => {
    const journal = createLazyJournal(() => Promise.reject(new Error('loaded')));
    await expect(journal.flush()).resolves.toBe(undefined);
  });

  test('is loaded once, and its lines keep their order', async () => {
    const lines: string[] = [];
    let loads = 0;
    const real: Journal = {
      change: ({ rule }) => void lines.push(`change ${rule}`),
      problem: ({ code }) => void lines.push(`problem ${code}`),
      failure: ({ code }) => void lines.push(`failure ${code}`),
    };
    const journal = createLazyJournal(async () => {
      loads += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return real;
    });
    journal.problem(trouble('ONE'));
    journal.failure(trouble('TWO'));
    expect(lines).toEqual([]);
    await journal.flush();
    journal.problem(trouble('THREE'));
    await journal.flush();
    expect(lines).toEqual(['problem ONE', 'failure TWO', 'problem THREE']);
    expect(loads).toBe(1);
  });

  test('one that cannot be loaded says so to whoever waits for its lines', async () => {
    const journal = createLazyJournal(() => Promise.reject(new Error('no such chunk')));
    journal.problem(trouble('ONE'));
    await expect(journal.flush()).rejects.toThrow('no such chunk');
  });
});
