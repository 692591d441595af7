import type { TargetState } from '../../model/target.ts';
import type { EpochMillis } from '../../model/units.ts';
import { quote } from '../../rule/schema.ts';
import { PlatformError } from '../errors.ts';
import { type Fence, writeFence } from './fence.ts';
import { at, countAt, textAt } from './json.ts';
import { rolloutInProgress } from './rollout.ts';

/** The fence of a workload object or of its scale subresource, which has no generation. */
export function fenceOf(object: unknown): Fence {
  const generation = at(object, 'metadata', 'generation');
  return {
    uid: textAt(object, 'metadata', 'uid'),
    generation: typeof generation === 'number' ? String(generation) : '',
    replicas: wantedReplicas(object),
    resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
  };
}

/** A Deployment or StatefulSet, as a list (whose items do not say their kind) or a GET shows it. */
export function workloadState(kind: string, object: unknown, now: EpochMillis): TargetState {
  return {
    wanted: { replicas: wantedReplicas(object) },
    ready: { replicas: countAt(object, 0, 'status', 'readyReplicas') },
    busy: rolloutInProgress(kind, object, now),
    fence: writeFence(fenceOf(object)),
  };
}

/**
 * A scale subresource (`autoscaling/v1` Scale). It does not tell how many are ready, so `ready` is
 * what exists (`status.replicas`), nor whether a rollout is in progress.
 */
export function scaleState(scale: unknown): TargetState {
  return {
    wanted: { replicas: wantedReplicas(scale) },
    ready: { replicas: countAt(scale, 0, 'status', 'replicas') },
    busy: undefined,
    fence: writeFence(fenceOf(scale)),
  };
}

/** `spec.replicas`; a workload without it runs 1, but in the JSON of a Scale a 0 is left out. */
function wantedReplicas(object: unknown): number {
  const found = at(object, 'spec', 'replicas');
  if (found === undefined || found === null) return textAt(object, 'kind') === 'Scale' ? 0 : 1;
  if (typeof found === 'number' && Number.isSafeInteger(found) && found >= 0) return found;
  throw new PlatformError(
    'PLATFORM_FAILED',
    `${textAt(object, 'metadata', 'name')} has ${quote(found)} as spec.replicas`,
    'Expected a whole number, 0 or more: look at the object with kubectl get -o yaml.',
  );
}
