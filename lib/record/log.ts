import { Logger } from '@aws-lambda-powertools/logger';

import type { ChangeEntry, Journal, TroubleEntry } from './journal.ts';

/** A text is a sentence or two; a longer one quotes somebody's whole answer, and lines are paid for. */
const LONGEST_TEXT = 2000;

/**
 * The logger of a Lambda: JSON lines on stdout. Its level and service name come from
 * POWERTOOLS_LOG_LEVEL and POWERTOOLS_SERVICE_NAME.
 */
export const createLogger = (): Logger => new Logger();

/**
 * The journal as JSON lines. `{"level":"INFO","message":"change","timestamp":…,"service":…}` and
 * with it the fields of a ChangeEntry under their own names; or `"message":"problem"` (WARN) or
 * `"failure"` (ERROR) and the fields of a TroubleEntry, whose message is `note`.
 */
export function createLogJournal(logger: Logger): Journal {
  return {
    change(entry) {
      if (entry.outcome === 'failed') logger.error('change', changeFields(entry));
      else logger.info('change', changeFields(entry));
    },
    problem: (entry) => logger.warn('problem', troubleFields(entry)),
    failure: (entry) => logger.error('failure', troubleFields(entry)),
  };
}

// Field by field, never spread: an entry that happens to carry more must not be written whole.
function changeFields(entry: ChangeEntry): Record<string, unknown> {
  const { tick, decision, rule, target, binding, outcome, dryRun, code, note } = entry;
  const capacity = Object.fromEntries(
    Object.entries(entry.capacity).map(([dimension, { from, to }]) => [dimension, { from, to }]),
  );
  return {
    tick,
    decision,
    rule,
    target,
    capacity,
    binding,
    outcome,
    dryRun,
    code,
    note: note && shorten(note),
  };
}

function troubleFields(entry: TroubleEntry): Record<string, unknown> {
  const { tick, rule, target, code, message } = entry;
  return { tick, rule, target, code, note: shorten(message) };
}

const shorten = (text: string): string =>
  text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
