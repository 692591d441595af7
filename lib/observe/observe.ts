import { ScalerError } from '../model/errors.ts';
import type { Sample } from '../model/sample.ts';
import type { MetricRequest, MetricSource, Reading } from './metric-source.ts';

type OpenSource = (kind: string, connection: string) => Promise<MetricSource>;

/**
 * Reads all metrics of a tick: one conversation for each kind and connection, all at the same
 * time. One sample per request, in order; a source that fails or outlasts the tick makes its own
 * samples missing and nobody else's.
 */
export async function observe(
  requests: readonly MetricRequest[],
  open: OpenSource,
  reading: Reading,
): Promise<readonly Sample[]> {
  const groups = Map.groupBy(requests.keys(), (at) => {
    const spec = requests[at]?.spec;
    return JSON.stringify([spec?.kind, spec?.connection]);
  });
  const samples: Sample[] = [];
  const conversations = [...groups.values()].map(async (places) => {
    const asked = places.flatMap((at) => requests[at] ?? []);
    const answered = await converse(asked, open, reading);
    for (const [index, at] of places.entries()) {
      samples[at] = answered[index] ?? missing('NO_SAMPLE', 'the source gave no sample');
    }
  });
  await Promise.all(conversations);
  return samples;
}

const missing = (code: string, because: string): Sample => ({ trust: 'missing', code, because });

async function converse(
  asked: readonly MetricRequest[],
  open: OpenSource,
  reading: Reading,
): Promise<readonly Sample[]> {
  const spec = asked[0]?.spec;
  if (spec === undefined) return [];
  const all = (sample: Sample): readonly Sample[] => asked.map(() => sample);
  const late = missing('TIMED_OUT', `${spec.connection} did not answer before the tick had to end`);
  try {
    const answer = open(spec.kind, spec.connection).then((source) => source.read(asked, reading));
    return await unlessAborted(answer, reading.signal, () => all(late));
  } catch (error) {
    if (!(error instanceof ScalerError)) throw error;
    return all(missing(error.code, error.message));
  }
}

/** `work`, or `instead` as soon as the signal fires, for work that does not heed it. */
async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  instead: () => T,
): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined); // Nobody waits for it any more.
    return instead();
  }
  return await new Promise<T>((resolve, reject) => {
    const stop = (): void => resolve(instead());
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
