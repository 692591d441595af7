/** What of a target is counted. Everything has `replicas` but Fly apps, which have the other two. */
export type Dimension = 'replicas' | 'created' | 'started';

export type TargetKind = 'kubernetes' | 'process';

/**
 * One thing that is scaled, fully named. `connection` is a name in connections.yml; `namespace`
 * is empty where the kind has none; `resource` is the kind's own word for what it is
 * (`apps/v1/Deployment`), empty where there is but one.
 */
export interface Target {
  readonly kind: TargetKind;
  readonly connection: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** How many of each dimension; whole numbers, 0 or more. */
export type Capacity = Readonly<Partial<Record<Dimension, number>>>;

/** A target as the platform shows it now. */
export interface TargetState {
  /** What the platform was last told to run (`spec.replicas`), which is what a decision starts from. */
  readonly wanted: Capacity;
  /** What is ready to work; for people and for wake-ups, never a starting point. */
  readonly ready: Capacity;
  /** Why the target must be left alone now (a rollout in progress), if it must. */
  readonly busy: string | undefined;
  /** The platform's own token for a compare-and-set (a resourceVersion). */
  readonly fence: string;
}

/** What became of one attempt to change a target. */
export type ActOutcome =
  | { readonly kind: 'done'; readonly note?: string }
  /** The target was changed by somebody else since it was read, so nothing was written. */
  | { readonly kind: 'superseded'; readonly because: string };

/** One way to write a target, for keys, logs and error texts: `kubernetes:prod/shop/orders`. */
export function targetName(target: Target): string {
  const place = target.namespace === '' ? '' : `${target.namespace}/`;
  return `${target.kind}:${target.connection}/${place}${target.name}`;
}
