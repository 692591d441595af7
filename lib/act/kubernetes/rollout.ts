import { elapsed, type EpochMillis, epochMillis, minutes } from '../../model/units.ts';
import { at, countAt, listAt, textAt } from './json.ts';

/**
 * A rollout without a deadline of its own that wrote no status for so long is stuck. The same
 * length as `progressDeadlineSeconds` has by default (600 s in apps/v1).
 */
const STALLED_AFTER = minutes(10);

/** The only reason a Deployment's Progressing condition has once its rollout is complete. */
const COMPLETE = 'NewReplicaSetAvailable';

/**
 * Why a Deployment or StatefulSet must be left alone: its pods are being replaced. undefined where
 * they are not. Scaling must not look like it, so nothing here compares with `spec.replicas`
 * alone; and a rollout that is stuck or paused must not hold for ever, so that a broken image
 * does not also end scaling.
 */
export function rolloutInProgress(
  kind: string,
  object: unknown,
  now: EpochMillis,
): string | undefined {
  if (textAt(object, 'metadata', 'deletionTimestamp') !== '') return 'it is being deleted';
  if (hasUnseenChange(object)) {
    return 'its spec was changed and the controller has not looked at it yet';
  }
  return kind === 'StatefulSet' ? statefulSetRollout(object, now) : deploymentRollout(object, now);
}

/**
 * The controller lags behind the spec though the count is as wanted: not the count but something
 * else was changed. After scaling the count differs until the controller has seen it. A workload
 * that was never looked at is new, and has nothing to replace.
 */
function hasUnseenChange(object: unknown): boolean {
  const observed = countAt(object, 0, 'status', 'observedGeneration');
  const behind = observed > 0 && observed < countAt(object, 0, 'metadata', 'generation');
  const wanted = countAt(object, 1, 'spec', 'replicas');
  return behind && countAt(object, 0, 'status', 'replicas') === wanted;
}

function deploymentRollout(object: unknown, now: EpochMillis): string | undefined {
  const total = countAt(object, 0, 'status', 'replicas');
  const updated = countAt(object, 0, 'status', 'updatedReplicas');
  const progressing = listAt(object, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'Progressing',
  );
  const because = `a rollout is in progress (${updated} of ${total} pods are of the new revision)`;
  if (progressing === undefined) {
    // A Deployment without a deadline has no such condition.
    return updated < total && !isStalled(object, now) ? `${because}; ${untilStalled()}` : undefined;
  }
  // False = its deadline passed, Unknown = paused: neither ends by waiting.
  if (textAt(progressing, 'status') !== 'True') return undefined;
  const incomplete = textAt(progressing, 'reason') !== COMPLETE && !isFirstRevision(object);
  if (updated >= total && !incomplete) return undefined;
  const deadline = countAt(object, 600, 'spec', 'progressDeadlineSeconds');
  return `${because}; held until it ends, or for at most ${deadline} s without progress`;
}

/** The first revision replaces nothing: a workload that is still starting may be scaled. */
function isFirstRevision(object: unknown): boolean {
  const revision = textAt(
    at(object, 'metadata', 'annotations'),
    'deployment.kubernetes.io/revision',
  );
  return revision === '' || revision === '1';
}

function statefulSetRollout(object: unknown, now: EpochMillis): string | undefined {
  const current = textAt(object, 'status', 'currentRevision');
  const next = textAt(object, 'status', 'updateRevision');
  if (next === '' || current === next) return undefined;
  // OnDelete replaces nothing by itself; somebody has to delete the pods.
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return undefined;
  const total = countAt(object, 0, 'status', 'replicas');
  const updated = countAt(object, 0, 'status', 'updatedReplicas');
  const partition = countAt(object, 0, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  // A partition leaves the lower ordinals as they are: the two revisions then differ for ever.
  if (partition > 0 && updated >= total - partition) return undefined;
  if (isStalled(object, now)) return undefined;
  return `a rollout is in progress (${updated} of ${total} pods are of the new revision); ${untilStalled()}`;
}

const untilStalled = (): string =>
  `held until it ends, or for at most ${STALLED_AFTER / 1000} s without progress`;

/** Whether the controller last changed the status long ago; false where the object does not tell. */
function isStalled(object: unknown, now: EpochMillis): boolean {
  const times = listAt(object, 'metadata', 'managedFields')
    .filter((entry) => textAt(entry, 'subresource') === 'status')
    .map((entry) => Date.parse(textAt(entry, 'time')))
    .filter((time) => Number.isFinite(time));
  if (times.length === 0) return false;
  return elapsed(epochMillis(Math.max(...times)), now) >= STALLED_AFTER;
}
