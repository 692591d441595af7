import type { MiddlewareObj } from '@middy/core';

import { ScalerError } from '../../lib/model/errors.ts';
import type { TroubleEntry } from '../../lib/record/journal.ts';
import type { LazyJournal } from '../../lib/record/lazy-journal.ts';

/**
 * The outermost middleware: an error becomes one line, whatever stage it came from, and is thrown
 * on, so that Lambda counts it; and no call ends before its lines are written, for a container is
 * frozen after it. What a call that worked amounts to, the flow itself records.
 */
export function reportOutcome<Event, Result>(journal: LazyJournal): MiddlewareObj<Event, Result> {
  return {
    after: () => journal.flush(),
    onError: async ({ error }) => {
      journal.failure(trouble(error));
      await journal.flush();
    },
  };
}

// The text of a fault that is not ours may quote anything; Lambda prints it beside its stack.
function trouble(error: unknown): TroubleEntry {
  if (error instanceof ScalerError) return { code: error.code, message: error.message };
  const name = error instanceof Error ? error.name : typeof error;
  const message =
    `The call ended with a fault that has no code (${name}). ` +
    'The next line of this request has its stack: report it as a bug.';
  return { code: 'UNEXPECTED', message };
}
