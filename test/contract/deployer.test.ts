import type { Target } from '../../lib/model/target.ts';
import { createFakeDeployer } from '../fake/deployer.ts';
import { deployerContract } from './deployer.contract.ts';

deployerContract('fake', async () => {
  const deployer = createFakeDeployer();
  const place = {
    kind: 'kubernetes',
    connection: 'prod',
    resource: 'apps/v1/Deployment',
    namespace: 'shop',
  } as const;
  const target = (name: string): Target => ({ ...place, name });
  const snapshot = async (of: Target) => {
    const [reading] = await deployer.read([of], { signal: new AbortController().signal });
    return JSON.stringify(reading);
  };
  return {
    deployer,
    target,
    selector: (name, labels) => ({ ...place, name, labels }),
    async create(name, replicas, labels = {}) {
      deployer.put(target(name), replicas, labels);
      return target(name);
    },
    edit: async (of, replicas) => deployer.edit(of, replicas),
    remove: async (of) => deployer.remove(of),
    settled: async () => {},
    version: snapshot,
    close: () => deployer.close(),
  };
});
