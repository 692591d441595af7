import { describe, expect, test } from 'vitest';

import { rolloutInProgress } from '../../../../lib/act/kubernetes/rollout.ts';
import { epochMillis } from '../../../../lib/model/units.ts';

const NOW = epochMillis(Date.parse('2026-11-20T20:00:00Z'));

const progressing = (status: string, reason: string) => [
  { type: 'Available', status: 'True' },
  { type: 'Progressing', status, reason },
];
const COMPLETE = progressing('True', 'NewReplicaSetAvailable');

interface Shape {
  readonly generation?: number;
  readonly revision?: string;
  readonly statusAt?: string;
  readonly metadata?: object;
}
const object = (spec: object, status: object, shape: Shape = {}) => ({
  metadata: {
    name: 'orders',
    generation: shape.generation ?? 7,
    annotations: { 'deployment.kubernetes.io/revision': shape.revision ?? '3' },
    managedFields: [
      { manager: 'kubectl', time: '2026-11-01T00:00:00Z' },
      ...(shape.statusAt === undefined
        ? []
        : [{ manager: 'kube-controller-manager', subresource: 'status', time: shape.statusAt }]),
    ],
    ...shape.metadata,
  },
  spec,
  status: { observedGeneration: 7, ...status },
});

describe('a Deployment is left alone', () => {
  test.for([
    {
      name: 'while old pods remain',
      shown: object(
        { replicas: 5, progressDeadlineSeconds: 300 },
        { replicas: 6, updatedReplicas: 2, conditions: progressing('True', 'ReplicaSetUpdated') },
      ),
      because:
        'a rollout is in progress (2 of 6 pods are of the new revision); held until it ends, or for at most 300 s without progress',
    },
    {
      name: 'while old pods remain though the condition is not yet written',
      shown: object({ replicas: 5 }, { replicas: 5, updatedReplicas: 0, conditions: COMPLETE }),
      because: /0 of 5 pods .*at most 600 s/,
    },
    {
      name: 'between the end of the old pods and the start of the new (Recreate)',
      shown: object(
        { replicas: 5, strategy: { type: 'Recreate' } },
        { conditions: progressing('True', 'NewReplicaSetCreated') },
      ),
      because: /0 of 0 pods/,
    },
    {
      name: 'while its new pods are not ready yet',
      shown: object(
        { replicas: 2 },
        { replicas: 2, updatedReplicas: 2, conditions: progressing('True', 'ReplicaSetUpdated') },
      ),
      because: /2 of 2 pods/,
    },
    {
      name: 'when its spec was changed and its controller has not looked yet',
      shown: object(
        { replicas: 2 },
        { replicas: 2, updatedReplicas: 2, conditions: COMPLETE },
        { generation: 8 },
      ),
      because: /controller has not looked at it yet/,
    },
    {
      name: 'while it is being deleted',
      shown: object(
        { replicas: 2 },
        {},
        { metadata: { deletionTimestamp: '2026-11-20T20:00:00Z' } },
      ),
      because: 'it is being deleted',
    },
    {
      name: 'without a deadline of its own, while its status still moves',
      shown: object(
        { replicas: 5, progressDeadlineSeconds: 2_147_483_647 },
        { replicas: 6, updatedReplicas: 2 },
        { statusAt: '2026-11-20T19:50:01Z' },
      ),
      because: /at most 600 s without progress/,
    },
  ])('$name', ({ shown, because }) => {
    expect(rolloutInProgress('Deployment', shown, NOW)).toMatch(because);
  });
});

describe('a Deployment may be scaled', () => {
  test.for([
    {
      name: 'at rest',
      shown: object({ replicas: 2 }, { replicas: 2, updatedReplicas: 2, conditions: COMPLETE }),
    },
    {
      name: 'right after it was scaled up, before its controller has looked',
      shown: object(
        { replicas: 5 },
        { replicas: 2, updatedReplicas: 2, conditions: COMPLETE },
        { generation: 8 },
      ),
    },
    {
      name: 'while it is being scaled up',
      shown: object({ replicas: 50 }, { replicas: 20, updatedReplicas: 20, conditions: COMPLETE }),
    },
    {
      name: 'while it is being scaled down to zero',
      shown: object({ replicas: 0 }, { replicas: 3, updatedReplicas: 3, conditions: COMPLETE }),
    },
    {
      name: 'when it was never looked at',
      shown: object({ replicas: 0 }, { observedGeneration: 0 }),
    },
    {
      name: 'while its first pods start, for there is nothing to replace',
      shown: object(
        { replicas: 3 },
        { replicas: 3, updatedReplicas: 3, conditions: progressing('True', 'ReplicaSetUpdated') },
        { revision: '1' },
      ),
    },
    {
      name: 'when its rollout is stuck beyond its deadline',
      shown: object(
        { replicas: 5 },
        {
          replicas: 6,
          updatedReplicas: 2,
          conditions: progressing('False', 'ProgressDeadlineExceeded'),
        },
      ),
    },
    {
      name: 'when its rollout was paused by a person',
      shown: object(
        { replicas: 5, paused: true },
        { replicas: 6, updatedReplicas: 2, conditions: progressing('Unknown', 'DeploymentPaused') },
      ),
    },
    {
      name: 'when it has no deadline and its status has not moved for ten minutes',
      shown: object(
        { replicas: 5 },
        { replicas: 6, updatedReplicas: 2 },
        { statusAt: '2026-11-20T19:50:00Z' },
      ),
    },
  ])('$name', ({ shown }) => {
    expect(rolloutInProgress('Deployment', shown, NOW)).toBeUndefined();
  });
});

describe('a StatefulSet', () => {
  const changing = { currentRevision: 'a', updateRevision: 'b' };
  const rolling = (partition: number) => ({
    replicas: 5,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
  });
  test.for([
    {
      name: 'is left alone while it replaces its pods',
      shown: object(rolling(0), { ...changing, replicas: 5, updatedReplicas: 2 }),
      because: expect.stringMatching(/2 of 5 pods .*at most 600 s without progress/),
    },
    {
      name: 'is left alone while the last of its new pods is not ready',
      shown: object(rolling(0), { ...changing, replicas: 5, updatedReplicas: 5 }),
      because: expect.stringContaining('5 of 5 pods'),
    },
    {
      name: 'is left alone while it replaces the pods above a partition',
      shown: object(rolling(3), { ...changing, replicas: 5, updatedReplicas: 1 }),
      because: expect.stringContaining('1 of 5 pods'),
    },
    {
      name: 'may be scaled once all above the partition are replaced, which leaves two revisions for ever',
      shown: object(rolling(3), { ...changing, replicas: 5, updatedReplicas: 2 }),
      because: undefined,
    },
    {
      name: 'may be scaled when it replaces nothing by itself (OnDelete)',
      shown: object(
        { replicas: 5, updateStrategy: { type: 'OnDelete' } },
        { ...changing, replicas: 5, updatedReplicas: 0 },
      ),
      because: undefined,
    },
    {
      name: 'may be scaled when its rollout has not moved for ten minutes',
      shown: object(
        rolling(0),
        { ...changing, replicas: 5, updatedReplicas: 2 },
        { statusAt: '2026-11-20T19:49:00Z' },
      ),
      because: undefined,
    },
    {
      name: 'may be scaled while it is being scaled',
      shown: object(rolling(0), {
        currentRevision: 'b',
        updateRevision: 'b',
        replicas: 2,
        updatedReplicas: 2,
      }),
      because: undefined,
    },
    {
      name: 'may be scaled when it was never looked at',
      shown: object(rolling(0), { observedGeneration: 0 }),
      because: undefined,
    },
  ])('$name', ({ shown, because }) => {
    expect(rolloutInProgress('StatefulSet', shown, NOW)).toEqual(because);
  });
});
