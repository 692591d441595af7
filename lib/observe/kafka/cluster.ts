import type { Surroundings } from '../../model/surroundings.ts';
import { type EpochMillis, minutes } from '../../model/units.ts';
import type { KafkaConnection } from '../../rule/connection-kinds.ts';
import type { Connection } from '../../rule/vocabulary.ts';
import { saslOf, tlsOf } from './authentication.ts';
import { bootstrapBrokers } from './bootstrap.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { createLinks, type Limits, type Links } from './links.ts';
import { createWire } from './protocol.ts';

/** How long brokers that AWS named are taken to be the same, and secrets too. */
const LONGEST_SETTLED = minutes(5);

/** One cluster and the conversation with it, settled when it is first needed and kept between ticks. */
export interface Cluster {
  /**
   * Does `work` with the conversation. Works of one cluster follow each other, so that what is
   * known of it changes in one place at a time. Rejects with a ScalerError when there is no way to
   * begin: the connection is invalid, a secret is missing, AWS does not name the brokers.
   */
  talk<T>(limits: Limits, work: (conversation: Conversation) => Promise<T>): Promise<T>;
  close(): void;
}

interface Settled {
  readonly links: Links;
  readonly conversation: Conversation;
  readonly at: EpochMillis;
}

/** `onRequest` is told the name of every request that a broker answered. */
export function createCluster(
  connection: Connection,
  surroundings: Surroundings,
  onRequest?: (name: string) => void,
): Cluster {
  const settings = connection.settings as KafkaConnection;
  let settled: Settled | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const settle = async ({ now, signal }: Limits): Promise<Settled> => {
    const timeoutMs = Math.ceil(settings.timeout); // timers take whole milliseconds only
    const bootstrap = await bootstrapBrokers(settings, signal);
    const wire = createWire({
      sasl: await saslOf(settings, surroundings, signal),
      tls: await tlsOf(connection.name, settings),
      timeoutMs,
      ...(onRequest === undefined ? {} : { onRequest }),
    });
    const links = createLinks(wire, bootstrap, timeoutMs);
    return { links, conversation: createConversation(links), at: now };
  };

  const close = () => {
    settled?.links.close();
    settled = undefined;
  };

  const settledNow = async (limits: Limits): Promise<Settled> => {
    const { brokers } = settings;
    const isLasting = brokers !== undefined && settings.sasl === undefined;
    if (settled !== undefined && !isLasting && limits.now - settled.at > LONGEST_SETTLED) close();
    settled ??= await settle(limits);
    return settled;
  };

  return {
    close,
    talk(limits, work) {
      const mine = turn.then(async () => work((await settledNow(limits)).conversation));
      turn = mine.catch(() => undefined); // its own caller hears of it
      return mine;
    },
  };
}
