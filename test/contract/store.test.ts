import { afterAll, beforeAll } from 'vitest';

import { type EmbeddedStore, startEmbeddedStore } from '../../infra/dev/dynalite.ts';
import { createFakeAuditLog } from '../fake/audit-log.ts';
import { createFakeLastGoodStore } from '../fake/last-good.ts';
import { createFakeLeaseStore } from '../fake/lease-store.ts';
import { createFakeMemoryStore } from '../fake/memory-store.ts';
import { createFakeRuleStore } from '../fake/rule-store.ts';
import { auditLogContract } from './audit-log.contract.ts';
import { dynamoContracts } from './dynamo.ts';
import { lastGoodContract } from './last-good.contract.ts';
import { leaseStoreContract } from './lease-store.contract.ts';
import { memoryStoreContract } from './memory-store.contract.ts';
import {
  ruleStoreContract,
  type RuleStoreSetting,
  writableRuleStoreContract,
} from './rule-store.contract.ts';

const openFakeRules = async (): Promise<RuleStoreSetting> => {
  const store = createFakeRuleStore();
  return {
    store,
    edit: async (id, attributes) => {
      store.edit(id, attributes);
    },
    erase: (id) => store.remove(id, new AbortController().signal),
  };
};
ruleStoreContract('fake', openFakeRules);
writableRuleStoreContract('fake', openFakeRules);
memoryStoreContract('fake', async () => createFakeMemoryStore());
leaseStoreContract('fake', async () => createFakeLeaseStore());
auditLogContract('fake', async (now) => createFakeAuditLog({ now }));
lastGoodContract('fake', async () => createFakeLastGoodStore());

let embedded: EmbeddedStore | undefined;
beforeAll(async () => {
  embedded = await startEmbeddedStore({ port: 0 });
});
afterAll(async () => {
  await embedded?.close();
});
dynamoContracts('embedded dynalite', () => embedded?.endpoint ?? 'not started');
