import type { DeployerKind } from './deployer.ts';
import { kubernetes } from './kubernetes/kind.ts';
import { processes } from './process/kind.ts';

/** Every target kind by its name in a rule. A new one is one folder and one line here. */
export const targetKinds: Readonly<Record<string, DeployerKind>> = {
  kubernetes,
  process: processes,
};
