import { type EpochMillis, epochMillis } from '../model/units.ts';
import { decodeRecording } from './decode.ts';
import type { DecisionRecord } from './record.ts';
import { keyMoment, type Recordings } from './recordings.ts';

/** What recordings say of a rule at a moment. */
export type Found =
  /** One record for each target of the rule, all of one tick. */
  | { readonly found: true; readonly records: readonly DecisionRecord[] }
  /** The tick closest to the moment that decided about the rule, if one was found, and how many were looked at. */
  | { readonly found: false; readonly nearest: EpochMillis | undefined; readonly read: number };

const HOUR_MS = 3_600_000;
/** A rule's interval is at most a day, so it has a decision within one, or none. */
const LOOK_BACK_HOURS = 24;
/** Recordings are read one by one; past this many the rule is not in them. */
const MOST_READ = 1500;

/**
 * The decisions about a rule in the last tick at or before a moment. Looks back a day hour by
 * hour, and, where there is none, ahead for the nearest one, at most 1,500 recordings in all.
 */
export async function findRecords(
  recordings: Recordings,
  rule: string,
  at: EpochMillis,
  signal: AbortSignal,
): Promise<Found> {
  let read = 0;
  const take = async (key: string): Promise<readonly DecisionRecord[]> => {
    read += 1;
    const records: DecisionRecord[] = [];
    for await (const record of decodeRecording(recordings.read(key, signal), key)) {
      if (record.rule.id === rule) records.push(record);
    }
    return records;
  };
  const hour = (hours: number): EpochMillis => epochMillis(at + 1 + hours * HOUR_MS);
  const search = async (hours: number, way: 'back' | 'ahead') => {
    const keys: string[] = [];
    for await (const key of recordings.list(hour(hours), hour(hours + 1), signal)) keys.push(key);
    if (way === 'back') keys.reverse();
    for (const key of keys) {
      const records = read < MOST_READ ? await take(key) : [];
      if (records.length > 0) return { records, moment: keyMoment(key) };
    }
    return undefined;
  };
  for (let back = 1; back <= LOOK_BACK_HOURS; back += 1) {
    const found = await search(-back, 'back');
    if (found) return { found: true, records: found.records };
  }
  for (let ahead = 0; ahead < LOOK_BACK_HOURS; ahead += 1) {
    const found = await search(ahead, 'ahead');
    if (found) return { found: false, nearest: found.moment, read };
  }
  return { found: false, nearest: undefined, read };
}
