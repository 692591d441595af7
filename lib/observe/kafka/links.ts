import { type EpochMillis, minutes } from '../../model/units.ts';
import { KafkaError } from './errors.ts';
import type { BrokerLink, Versions, Wire } from './protocol.ts';
import { type BrokerAddress, type ClusterMetadata, metadataRequest } from './requests.ts';

/** A connection that has rested longer may have been dropped on the way (load balancers: 350 s). */
const LONGEST_REST = minutes(5);

/** Bootstrap brokers that share the time for connecting, so that one dead broker is not all of it. */
const MOST_SHARES = 3;

/** What bounds one exchange: the moment of the tick it belongs to, and its end. */
export interface Limits {
  readonly now: EpochMillis;
  readonly signal: AbortSignal;
}

/** Open connections to the brokers of one cluster, one each, kept between ticks. */
interface LinkPool {
  /** The link to one broker, opened when there is none; at the same time for all who ask. */
  to(address: BrokerAddress, versions: Versions, limits: Limits): Promise<BrokerLink>;
  drop(address: BrokerAddress): void;
  addresses(): readonly BrokerAddress[];
}

interface PooledLink {
  readonly address: BrokerAddress;
  readonly versions: Versions;
  readonly link: Promise<BrokerLink>;
  usedAt: EpochMillis;
}

const key = ({ host, port }: BrokerAddress): string => `${host}:${port}`;

function createLinkPool(wire: Wire): LinkPool {
  const open = new Map<string, PooledLink>();

  const drop = (address: BrokerAddress) => {
    const pooled = open.get(key(address));
    open.delete(key(address));
    pooled?.link.then(
      (link) => link.close(),
      () => undefined, // it never opened
    );
  };

  return {
    drop,
    addresses: () => [...open.values()].map(({ address }) => address),
    async to(address, versions, { now, signal }) {
      const pooled = open.get(key(address));
      const isRecent = pooled !== undefined && now - pooled.usedAt <= LONGEST_REST;
      if (isRecent && pooled.versions === versions) {
        const link = await pooled.link.catch(() => undefined);
        pooled.usedAt = now;
        if (link?.isOpen() === true) return link;
      }
      if (open.get(key(address)) === pooled) drop(address);
      const opening = open.get(key(address)) ?? {
        address,
        versions,
        link: wire.open(address, versions, signal),
        usedAt: now,
      };
      open.set(key(address), opening);
      return opening.link;
    },
  };
}

/** The way to the brokers of one cluster. */
export interface Links {
  /** Brokers and leaders, from whichever known or bootstrap broker answers first. */
  metadata(topics: readonly string[], limits: Limits): Promise<ClusterMetadata>;
  /** The link to one broker, opened when there is none. */
  to(address: BrokerAddress, limits: Limits): Promise<BrokerLink>;
  close(): void;
}

export function createLinks(
  wire: Wire,
  bootstrap: readonly BrokerAddress[],
  timeoutMs: number,
): Links {
  const pool = createLinkPool(wire);
  let versions: Versions = 'assume';

  /** A broker that hangs up on what was assumed may be too old for it: it is asked from then on. */
  const doubt = (error: unknown): void => {
    if (error instanceof KafkaError && error.code === 'DISCONNECTED') versions = 'ask';
  };

  const doubting = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      doubt(error);
      throw error;
    }
  };

  const to = async (address: BrokerAddress, limits: Limits): Promise<BrokerLink> => {
    const link = await doubting(pool.to(address, versions, limits));
    return { ...link, send: (request, signal) => doubting(link.send(request, signal)) };
  };

  const ask: Ask = async (address, topics, limits) =>
    (await to(address, limits)).send(metadataRequest(topics), limits.signal);

  const askOrNegotiate: Ask = async (address, topics, limits) => {
    const assumed = versions;
    try {
      return await ask(address, topics, limits);
    } catch (error) {
      if (versions === assumed) throw error;
      return ask(address, topics, limits);
    }
  };

  return {
    to,
    metadata(topics, limits) {
      const candidates = new Map([...pool.addresses(), ...bootstrap].map((a) => [key(a), a]));
      const each = Math.ceil(timeoutMs / Math.min(candidates.size, MOST_SHARES));
      const all = AbortSignal.any([limits.signal, AbortSignal.timeout(timeoutMs)]);
      return firstAnswer([...candidates.values()], all, async (address) => {
        const signal = AbortSignal.any([all, AbortSignal.timeout(each)]);
        try {
          return await askOrNegotiate(address, topics, { now: limits.now, signal });
        } catch (error) {
          pool.drop(address);
          throw error;
        }
      });
    },
    close() {
      for (const address of pool.addresses()) pool.drop(address);
    },
  };
}

type Ask = (
  address: BrokerAddress,
  topics: readonly string[],
  limits: Limits,
) => Promise<ClusterMetadata>;

/** Asks one broker after the other; what the last one said is thrown where none answers. */
async function firstAnswer<T>(
  addresses: readonly BrokerAddress[],
  signal: AbortSignal,
  ask: (address: BrokerAddress) => Promise<T>,
): Promise<T> {
  let failure: unknown;
  for (const address of addresses) {
    try {
      return await ask(address);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      failure = error;
      if (error.code === 'NOT_AUTHENTICATED' || signal.aborted) break;
    }
  }
  throw failure;
}
