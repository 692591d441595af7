import { type EpochMillis, epochMillis } from './units.ts';

/** A moment as people and machines read it: ISO 8601 in UTC, to the millisecond. */
export const formatIso = (at: EpochMillis): string => new Date(at).toISOString();

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * The moment an ISO 8601 text names, or undefined where it names none: a zone must be given (`Z`
 * or an offset), and a day that does not exist is refused, not rolled over to the next month.
 */
export function parseIso(text: string): EpochMillis | undefined {
  if (!MOMENT.test(text)) return undefined;
  const at = Date.parse(text);
  const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  if (!Number.isFinite(at) || !Number.isFinite(day)) return undefined;
  const exists = new Date(day).toISOString().startsWith(text.slice(0, 10));
  return exists ? epochMillis(at) : undefined;
}
