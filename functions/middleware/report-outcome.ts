import type { MiddlewareObj } from '@middy/core';

import { ScalerError } from '../../lib/model/errors.ts';
import type { Journal, TroubleEntry } from '../../lib/record/journal.ts';
import { createLogger, createLogJournal } from '../../lib/record/log.ts';

/**
 * The outermost middleware: an error becomes one line, whatever stage it came from, and is thrown
 * on, so that Lambda counts it. What a call that worked amounts to, the flow itself records.
 */
export function reportOutcome<Event, Result>(
  journal: Journal = createLogJournal(createLogger()),
): MiddlewareObj<Event, Result> {
  return {
    // A block, because middy takes whatever is returned here for the answer.
    onError({ error }) {
      journal.failure(trouble(error));
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
