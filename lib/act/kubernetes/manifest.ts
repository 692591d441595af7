import type { V1Container, V1Deployment } from '@kubernetes/client-node';

import type { Target } from '../../model/target.ts';
import type { Container, Workload } from '../../rule/rule.ts';
import { PlatformError } from '../errors.ts';
import { textAt } from './json.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Which managed workload a pod belongs to; the same name cannot be there twice in a namespace. */
const WORKLOAD = 'rubato/workload';

/** The longest value of a label, which a managed workload's name has to fit. */
const MAX_NAME = 63;

/** The labels that say whose it is: on the Deployment, its selector and its pods. */
const marks = (target: Target): Record<string, string> => ({
  [MANAGED_BY]: 'rubato',
  [WORKLOAD]: target.name,
});

/** Whether Rubato deployed it. */
export const isOurs = (object: unknown): boolean =>
  textAt(object, 'metadata', 'labels', MANAGED_BY) === 'rubato' &&
  textAt(object, 'metadata', 'labels', WORKLOAD) !== '';

/** What is said of a Deployment once, beside what the rule says of it always. */
export interface Once {
  /** At creation only: afterwards they are changed by scaling. */
  readonly replicas?: number;
  /** Of the object that is meant; the server refuses to change another one of the same name. */
  readonly uid?: string;
}

/**
 * The Deployment for a workload. apps/v1 takes no labels from the pod template to the Deployment
 * or its selector, so all three are given; the selector holds only the marks, because it can never
 * be changed.
 */
export function manifest(
  target: Target,
  workload: Workload,
  { replicas, uid }: Once,
): V1Deployment {
  const labels = { ...workload.labels, ...marks(target) };
  const annotations = { ...workload.annotations };
  const { name, namespace } = target;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels, annotations, ...(uid === undefined ? {} : { uid }) },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: marks(target) },
      template: {
        metadata: { labels, annotations },
        spec: { containers: workload.containers.map(container) },
      },
    },
  };
}

function container(from: Container): V1Container {
  const env = Object.entries(from.env)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => ({ name, value }));
  const { name, image, requests, limits } = from;
  return {
    name,
    image,
    ...(from.command.length > 0 ? { command: [...from.command] } : {}),
    ...(from.args.length > 0 ? { args: [...from.args] } : {}),
    ...(env.length > 0 ? { env } : {}),
    resources: { requests: { ...requests }, limits: { ...limits } },
  };
}

/** Refuses what cannot be deployed as a managed workload, before anything is called. */
export function checkDeployable(target: Target): void {
  if (target.resource !== 'apps/v1/Deployment') {
    throw new PlatformError(
      'REFUSED',
      `A workload can only be deployed as a Deployment, not as ${target.resource}`,
      'Leave out resource in the rule’s target, or the workload.',
    );
  }
  if (target.name.includes('*') || target.name.length > MAX_NAME) {
    throw new PlatformError(
      'REFUSED',
      `${target.name} cannot be the name of a workload that Rubato deploys`,
      `Give the target one name of at most ${MAX_NAME} characters, without *.`,
    );
  }
}
