import type { LastGoodStore } from '../../lib/store/last-good.ts';
import type { RuleItem } from '../../lib/store/rule-store.ts';
import { refuseAborted } from './refuse-aborted.ts';

/** Last good versions in memory; nothing is left out. */
export function createFakeLastGoodStore(): LastGoodStore {
  const kept = new Map<string, RuleItem['attributes']>();
  return {
    async get(id, signal) {
      refuseAborted(signal);
      return kept.get(id);
    },
    async put(id, attributes, signal) {
      refuseAborted(signal);
      kept.set(id, structuredClone(attributes));
    },
    async remove(id, signal) {
      refuseAborted(signal);
      kept.delete(id);
    },
  };
}
