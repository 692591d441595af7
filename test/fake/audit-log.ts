import type { Clock } from '../../lib/model/clock.ts';
import type { AuditEntry, AuditLog } from '../../lib/store/audit-log.ts';
import { MAX_ENTRY_BYTES, refuseText } from '../../lib/store/limits.ts';
import { refuseAborted } from './refuse-aborted.ts';

const RETENTION_MS = 90 * 86_400_000;

/** An audit log in memory; expired entries are hidden and never deleted. */
export function createFakeAuditLog(clock: Pick<Clock, 'now'>): AuditLog {
  const entries = new Map<string, AuditEntry>();
  return {
    async append(entry, signal) {
      refuseAborted(signal);
      refuseText(`the audit entry of ${entry.scalable}`, entry.body, MAX_ENTRY_BYTES);
      const key = JSON.stringify([entry.scalable, entry.decision]);
      if (!entries.has(key)) entries.set(key, entry);
    },
    async list(scalable, limit, signal) {
      refuseAborted(signal);
      return [...entries.values()]
        .filter((entry) => entry.scalable === scalable)
        .filter(({ at }) => at + RETENTION_MS > clock.now())
        .toSorted((a, b) => (a.decision < b.decision ? 1 : -1))
        .slice(0, Math.max(0, limit));
    },
  };
}
