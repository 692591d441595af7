import type { RuleItem, RuleStatus, RuleStore } from '../../lib/store/rule-store.ts';
import { refuseAborted } from './refuse-aborted.ts';

export interface FakeRuleStore extends RuleStore {
  /** Changes the attributes and leaves the status, as somebody in a console does. */
  edit(id: string, attributes: RuleItem['attributes']): void;
}

/** Rules in memory. Left out: DynamoDB's limits on items, and reads that are a little old. */
export function createFakeRuleStore(): FakeRuleStore {
  const items = new Map<string, RuleItem>();
  const isSame = (a: RuleStatus, b: RuleStatus): boolean =>
    JSON.stringify({ ...a, since: 0 }) === JSON.stringify({ ...b, since: 0 });
  return {
    async list(signal) {
      refuseAborted(signal);
      return [...items.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    async get(id, signal) {
      refuseAborted(signal);
      return items.get(id);
    },
    async put({ id, attributes }, signal) {
      refuseAborted(signal);
      items.set(id, { id, attributes: structuredClone(attributes), status: undefined });
    },
    async remove(id, signal) {
      refuseAborted(signal);
      items.delete(id);
    },
    async report(seen, status, signal) {
      refuseAborted(signal);
      const item = items.get(seen.id);
      if (!item || item.status?.of !== seen.status?.of) return;
      if (seen.status && isSame(seen.status, status)) return;
      items.set(seen.id, { ...item, status });
    },
    edit(id, attributes) {
      const item = items.get(id);
      items.set(id, { id, status: item?.status, attributes: structuredClone(attributes) });
    },
  };
}
