import type { TargetReading } from '../act/deployer.ts';
import type { Memory } from '../decide/memory.ts';
import { ScalerError } from '../model/errors.ts';
import { type Target, targetName } from '../model/target.ts';
import { contentHash } from '../rule/content-hash.ts';
import type { Workload } from '../rule/rule.ts';
import { bounded } from './bounded.ts';
import type { Ports } from './ports.ts';
import { readTargets } from './read-targets.ts';
import type { Round } from './round.ts';
import type { Scalable } from './scalables.ts';

export interface Deployed {
  readonly readings: readonly TargetReading[];
  /** Memories by scalable key; those of deployed workloads say what was deployed. */
  readonly memories: ReadonlyMap<string, Memory>;
}

interface Before {
  readonly readings: readonly TargetReading[];
  readonly remembered: ReadonlyMap<string, Memory>;
}

/**
 * Creates or updates the workloads that rules carry, where they are not there or not as last
 * deployed, and reads those targets again. Deploying twice is deploying once, so it needs no
 * intent. In a dry run nothing is deployed, and a workload that is not there yet stays absent.
 */
export async function deployWorkloads(
  scalables: readonly Scalable[],
  before: Before,
  ports: Ports,
  round: Round,
): Promise<Deployed> {
  const memories = new Map(before.remembered);
  const readings = [...before.readings];
  const wanted = scalables.flatMap((scalable, at) => {
    const { workload } = scalable.policy.rule;
    if (workload === undefined || round.dryRun || scalable.policy.rule.dryRun) return [];
    // The target is part of what was deployed: a rule that moves takes its workload along.
    const hash = contentHash([targetName(scalable.target), workload]);
    const isThere = readings[at]?.found === 'yes';
    const old = memories.get(scalable.key)?.managed;
    return isThere && old?.hash === hash ? [] : [{ at, scalable, workload, hash, old }];
  });
  const deployed: number[] = [];
  await bounded(
    wanted,
    ports.settings.concurrency,
    async ({ at, scalable, workload, hash, old }) => {
      const failure = await deploy(scalable, { workload, old: old?.target }, ports, round.signal);
      if (failure) {
        readings[at] = { found: 'unknown', error: failure };
        return;
      }
      deployed.push(at);
      const memory = memories.get(scalable.key) ?? {};
      memories.set(scalable.key, { ...memory, managed: { target: scalable.target, hash } });
    },
  );
  const again = deployed.flatMap((at) => scalables[at] ?? []);
  const fresh = await readTargets(again, ports, round.signal);
  for (const [index, at] of deployed.entries()) {
    const reading = fresh[index];
    if (reading) readings[at] = reading;
  }
  return { readings, memories };
}

/** Deploys a workload, and removes the one that the rule had under another name before. */
async function deploy(
  { target }: Scalable,
  { workload, old }: { readonly workload: Workload; readonly old: Target | undefined },
  ports: Ports,
  signal: AbortSignal,
): Promise<ScalerError | undefined> {
  try {
    const deployer = await ports.deployer(target.kind, target.connection);
    await deployer.deploy?.(target, workload, { signal });
    if (old !== undefined && targetName(old) !== targetName(target)) {
      const before = await ports.deployer(old.kind, old.connection);
      await before.undeploy?.(old, { signal });
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof ScalerError)) throw error;
    return error;
  }
}
