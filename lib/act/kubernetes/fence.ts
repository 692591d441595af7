/**
 * What a decision was made on. The resourceVersion alone would be too strict: it changes with
 * every status the controller writes, so that right after a change nearly every write is refused.
 * The other three tell a change of what is wanted from such noise.
 */
export interface Fence {
  readonly uid: string;
  /** Counts changes of the spec; '' where only the scale subresource is known, which has none. */
  readonly generation: string;
  /** `spec.replicas` as it was read. */
  readonly replicas: number;
  readonly resourceVersion: string;
}

/** One text for a fence, `uid generation replicas resourceVersion`, with - for what is not known. */
export const writeFence = (fence: Fence): string =>
  [fence.uid, fence.generation, String(fence.replicas), fence.resourceVersion]
    .map((part) => (part === '' ? '-' : part))
    .join(' ');

/** Reads what `writeFence` wrote; anything else is a bug of the caller. */
export function readFence(text: string): Fence {
  const parts = text.split(' ').map((part) => (part === '-' ? '' : part));
  const [uid = '', generation = '', replicas = '', resourceVersion = ''] = parts;
  if (parts.length !== 4 || !/^\d+$/.test(replicas)) {
    throw new Error(`Not a fence of the Kubernetes deployer: ${JSON.stringify(text)}`);
  }
  return { uid, generation, replicas: Number(replicas), resourceVersion };
}

/** How the target differs from what the decision was made on; undefined = only its status moved. */
export function moved(then: Fence, now: Fence): string | undefined {
  if (then.uid !== '' && now.uid !== '' && then.uid !== now.uid) {
    return 'it was deleted and created anew since it was read';
  }
  if (then.replicas !== now.replicas) {
    return `spec.replicas is ${now.replicas} now and was ${then.replicas} when it was read`;
  }
  if (then.generation !== '' && now.generation !== '' && then.generation !== now.generation) {
    return `its spec was changed since it was read (generation ${then.generation}, now ${now.generation})`;
  }
  return undefined;
}
