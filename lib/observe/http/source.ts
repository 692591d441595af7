import { ScalerError } from '../../model/errors.ts';
import type { Measurement, Sample } from '../../model/sample.ts';
import type { SecretReference } from '../../model/secrets.ts';
import type { Surroundings } from '../../model/surroundings.ts';
import type { EpochMillis } from '../../model/units.ts';
import type { HttpConnection } from '../../rule/connection-kinds.ts';
import type { MetricRequest, MetricSource, Reading } from '../metric-source.ts';
import { addressOf, shownAddress } from './address.ts';
import { HttpSourceError } from './errors.ts';
import { type Answer, get, type Getting, redact } from './get.ts';

/** Requests under way at once over one connection: polite to the endpoint, quick enough for a tick. */
const CONCURRENCY = 8;

/** What a metric kind makes of an answer. */
export interface Reader {
  /** The Accept header. */
  readonly accept: string;
  /** The path below the connection's URL that the options name; empty = the URL itself. */
  path(options: object): string;
  /**
   * The number an answer holds for these options, and when it was measured, if the answer says
   * so. Throws an HttpSourceError when it holds none. `answer` is the same object for all metrics
   * that are read from it, so that what is parsed of it can be kept with it.
   */
  measure(answer: Answer, options: object): { value: number; at: number | undefined };
}

/**
 * Reads numbers over HTTP. Metrics that share an address share one request; at most eight
 * requests run at once; each has the connection's timeout. Nothing is kept between ticks but
 * fetch's own idle sockets.
 */
export function createHttpSource(
  settings: HttpConnection,
  surroundings: Surroundings,
  reader: Reader,
): MetricSource {
  return {
    read: async (requests, reading) => {
      const getting = await prepare(settings, surroundings, reading).catch(expected);
      if (getting instanceof ScalerError) return requests.map(() => missing(getting));
      const addresses = requests.map((request) => addressFor(settings, reader, request));
      const answers = await getAll(addresses, reader.accept, getting);
      return requests.map((request, at) => {
        const address = addresses[at];
        if (address === undefined || address instanceof ScalerError) return missing(address);
        const answer = answers.get(address.href);
        if (answer === undefined || answer instanceof ScalerError) return missing(answer);
        return sampleOf(reader, answer, {
          request,
          address,
          now: reading.now,
          secrets: getting.secrets,
        });
      });
    },
    close: async () => {},
  };
}

/** Faults that can be told apart are answers here; anything else is a bug and goes on up. */
function expected(error: unknown): ScalerError {
  if (error instanceof ScalerError) return error;
  throw error;
}

async function prepare(
  settings: HttpConnection,
  { secrets }: Surroundings,
  { signal }: Reading,
): Promise<Getting> {
  const resolve = (reference: SecretReference) => secrets.resolve(reference, signal);
  const common = {
    timeoutMs: settings.timeout,
    followRedirects: settings.followRedirects,
    signal,
  };
  if (settings.bearer !== undefined) {
    const token = await resolve(settings.bearer);
    return { ...common, authorization: `Bearer ${token}`, secrets: [token] };
  }
  if (settings.basic !== undefined) {
    const password = await resolve(settings.basic.password);
    const pair = Buffer.from(`${settings.basic.username}:${password}`).toString('base64');
    return { ...common, authorization: `Basic ${pair}`, secrets: [pair, password] };
  }
  return { ...common, authorization: undefined, secrets: [] };
}

function addressFor(
  settings: HttpConnection,
  reader: Reader,
  { spec, target }: MetricRequest,
): URL | ScalerError {
  try {
    return addressOf(settings.url, reader.path(spec.options), target);
  } catch (error) {
    return expected(error);
  }
}

/** Each address once, by its text. */
async function getAll(
  addresses: readonly (URL | ScalerError)[],
  accept: string,
  getting: Getting,
): Promise<ReadonlyMap<string, Answer | ScalerError>> {
  const wanted = new Map<string, URL>();
  for (const address of addresses) {
    if (address instanceof URL) wanted.set(address.href, address);
  }
  const answers = new Map<string, Answer | ScalerError>();
  const queue = wanted.entries();
  const worker = async () => {
    for (const [key, address] of queue) {
      answers.set(key, await get(address, accept, getting).catch(expected));
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, wanted.size) }, worker));
  return answers;
}

interface Asked {
  readonly request: MetricRequest;
  readonly address: URL;
  readonly now: EpochMillis;
  readonly secrets: readonly string[];
}

function sampleOf(reader: Reader, answer: Answer, asked: Asked): Sample {
  const { request, address, now } = asked;
  try {
    const { value, at } = reader.measure(answer, request.spec.options);
    const measurement: Measurement = { kind: 'number', value };
    // A time in the future is a clock that differs, not a sample that keeps fresh for longer.
    const measuredAt = Math.min(at ?? now, now) as EpochMillis;
    return { trust: 'fresh', at: measuredAt, measurement };
  } catch (error) {
    const fault = expected(error);
    const because = redact(`${shownAddress(address)}: ${fault.message}`, asked.secrets);
    const trust = fault.code === 'NOTHING_THERE' ? 'missing' : 'invalid';
    return { trust, because, code: fault.code };
  }
}

function missing(error: ScalerError | undefined): Sample {
  const fault = error ?? new HttpSourceError('UNREACHABLE', 'it was not asked', 'Try again.');
  return { trust: 'missing', because: fault.message, code: fault.code };
}
