import { type ActOutcome, type Target, targetName } from '../../model/target.ts';
import { millis } from '../../model/units.ts';
import type { Change } from '../deployer.ts';
import { PlatformError } from '../errors.ts';
import { type Fence, moved, readFence } from './fence.ts';
import { textAt } from './json.ts';
import { notFound, type Reader } from './read.ts';
import { isListed } from './resource.ts';
import { fenceOf } from './state.ts';

/** Writes at most; more means that somebody writes this object several times a second. */
const MAX_ATTEMPTS = 4;

/** Before the second write; doubled before each further one. Controllers settle within this. */
const FIRST_BACKOFF_MS = 50;

/** Who changed it, as `kubectl get --show-managed-fields` tells. */
export const FIELD_MANAGER = 'rubato';

/**
 * One PUT of the scale subresource (`autoscaling/v1` Scale) with the resourceVersion as read, so
 * that the server refuses it (409) if anything about the object moved. Then the object is read
 * again: if only its status moved, the write is tried with the new version; if what is wanted was
 * changed by somebody else, nothing is written. A change that is there already is done.
 *
 * A Scale carries no annotations of the workload, so the decision's id is not left on it.
 */
export async function scaleTarget(
  reader: Reader,
  change: Change,
  signal: AbortSignal,
): Promise<ActOutcome> {
  const { replicas } = change.to;
  if (replicas === undefined) throw new Error(`No replicas to set on ${targetName(change.target)}`);
  const then = readFence(change.fence);
  let version = then.resourceVersion;
  for (let attempt = 1; ; attempt += 1) {
    const refusal = await put(reader, change.target, { replicas, version, signal });
    if (refusal === undefined) return attempt === 1 ? { kind: 'done' } : retried(attempt);
    const now = await readAgain(reader, change.target, signal);
    const another = then.uid !== '' && now.uid !== '' && then.uid !== now.uid;
    if (now.replicas === replicas && !another) {
      return { kind: 'done', note: `spec.replicas was ${replicas} already` };
    }
    const because = moved(then, now);
    if (because !== undefined) return { kind: 'superseded', because };
    if (attempt >= MAX_ATTEMPTS) throw refusal;
    version = now.resourceVersion;
    await pause(reader, FIRST_BACKOFF_MS * 2 ** (attempt - 1), signal);
  }
}

const retried = (attempts: number): ActOutcome => ({
  kind: 'done',
  note: `written at attempt ${attempts}: its status moved in between`,
});

interface Write {
  readonly replicas: number;
  readonly version: string;
  readonly signal: AbortSignal;
}

/** undefined = written; a CONFLICT is answered, every other error thrown. */
async function put(
  reader: Reader,
  target: Target,
  { replicas, version, signal }: Write,
): Promise<PlatformError | undefined> {
  const plural = await reader.paths.plural(target.resource, signal);
  try {
    await reader.client.call({
      method: 'PUT',
      path: `${await reader.paths.object(target, signal)}/scale`,
      query: { fieldManager: FIELD_MANAGER },
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: target.name, namespace: target.namespace, resourceVersion: version },
        spec: { replicas },
      },
      doing: `scaling ${targetName(target)} to ${replicas}`,
      needs: `update ${plural}/scale in namespace ${target.namespace}`,
      signal,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    if (error.code === 'CONFLICT') return error;
    throw error.code === 'TARGET_NOT_FOUND' ? notFound(target, []) : error;
  }
}

/** The object where it has a generation to tell, else its scale. */
async function readAgain(reader: Reader, target: Target, signal: AbortSignal): Promise<Fence> {
  const plural = await reader.paths.plural(target.resource, signal);
  const path = await reader.paths.object(target, signal);
  const what = isListed(target.resource) ? plural : `${plural}/scale`;
  try {
    const object = await reader.client.call({
      method: 'GET',
      path: isListed(target.resource) ? path : `${path}/scale`,
      doing: `reading ${targetName(target)} again after a conflict`,
      needs: `get ${what} in namespace ${target.namespace}`,
      signal,
    });
    if (textAt(object, 'metadata', 'deletionTimestamp') !== '') throw notFound(target, []);
    return fenceOf(object);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'TARGET_NOT_FOUND') throw error;
    throw notFound(target, []);
  }
}

/** Waits; when the tick ends meanwhile, that is a time-out like any other. */
async function pause(reader: Reader, duration: number, signal: AbortSignal): Promise<void> {
  try {
    await reader.clock.sleep(millis(duration), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new PlatformError(
      'TIMED_OUT',
      'The time of the tick was up while waiting to write again after a conflict',
      'The next tick reads the target again.',
    );
  }
}
