import { type EpochMillis, epochMillis, later } from '../../lib/model/units.ts';
import type { Lease, LeaseStore } from '../../lib/store/lease-store.ts';
import { refuseAborted } from './refuse-aborted.ts';

interface Kept {
  readonly lease: Lease;
  readonly acquired: EpochMillis;
}

/** Leases in memory, of one process; nothing is left out. */
export function createFakeLeaseStore(): LeaseStore {
  const leases = new Map<string, Kept>();
  return {
    async acquire({ name, owner, duration, now }, signal) {
      refuseAborted(signal);
      const kept = leases.get(name);
      const isFree = !kept || kept.lease.expiresAt <= now;
      if (!isFree && kept.lease.owner !== owner) {
        return { held: false, owner: kept.lease.owner, expiresAt: kept.lease.expiresAt };
      }
      const end = later(now, duration);
      const isRepeat = !isFree && kept.acquired === now && kept.lease.expiresAt >= end;
      const before = isRepeat ? kept.lease.before : kept?.acquired;
      const lease = isFree
        ? { name, owner, token: (kept?.lease.token ?? 0) + 1, expiresAt: end, before }
        : { ...kept.lease, expiresAt: epochMillis(Math.max(kept.lease.expiresAt, end)), before };
      leases.set(name, { lease, acquired: now });
      return { held: true, lease };
    },
    async release({ name, owner, token }, now, signal) {
      refuseAborted(signal);
      const kept = leases.get(name);
      if (!kept || kept.lease.owner !== owner || kept.lease.token !== token) return;
      if (kept.lease.expiresAt <= now) return;
      leases.set(name, { ...kept, lease: { ...kept.lease, expiresAt: now } });
    },
  };
}
