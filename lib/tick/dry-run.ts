import type { Deployer } from '../act/deployer.ts';
import { later } from '../model/units.ts';
import type { Ports } from './ports.ts';

/**
 * The same world with every way to write closed: the last gate of a dry run. The flow takes the
 * very same path; what would have been written is answered as if it had been, and is not.
 */
export function withoutWrites(ports: Ports): Ports {
  const nothing = async (): Promise<void> => {};
  return {
    ...ports,
    rules: {
      list: (signal) => ports.rules.list(signal),
      get: (id, signal) => ports.rules.get(id, signal),
      put: nothing,
      remove: nothing,
      report: nothing,
    },
    lastGood: {
      get: (id, signal) => ports.lastGood.get(id, signal),
      put: nothing,
      remove: nothing,
    },
    memories: {
      readSlot: (slot, signal) => ports.memories.readSlot(slot, signal),
      write: async () => true,
      forget: async () => true,
    },
    leases: {
      acquire: async ({ name, owner, duration, now }) => ({
        held: true,
        lease: { name, owner, token: 0, expiresAt: later(now, duration), before: undefined },
      }),
      release: nothing,
    },
    audit: { append: nothing, list: (key, limit, signal) => ports.audit.list(key, limit, signal) },
    metrics: { record: () => undefined },
    recordings: undefined,
    deployer: async (kind, connection) => closed(await ports.deployer(kind, connection)),
  };
}

function closed(deployer: Deployer): Deployer {
  const nothing = async (): Promise<void> => {};
  return {
    read: (targets, acting) => deployer.read(targets, acting),
    expand: (selector, acting) => deployer.expand(selector, acting),
    scale: async () => ({ kind: 'done', note: 'dry run' }),
    deploy: deployer.deploy && nothing,
    undeploy: deployer.undeploy && nothing,
    close: nothing,
  };
}
