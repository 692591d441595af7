import { createDynamoClient } from '../../lib/store/dynamodb/client.ts';
import { createTables } from '../tables.ts';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedStore,
  startEmbeddedStore,
} from './dynalite.ts';
import { LocalStackError } from './errors.ts';

/** What the environment would say if the embedded store were a real one. */
export const embeddedEnvironment = (endpoint: string) => ({
  RULES_TABLE: 'rubato-rules',
  STATE_TABLE: 'rubato-state',
  AWS_REGION: EMBEDDED_REGION,
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
});

/** Ports to try after the one that was asked for. */
const PORTS_TRIED = 20;

/** Starts the embedded store of a folder and makes its tables. `port` 0 = any free one. */
export async function openEmbedded(folder: string, port: number): Promise<EmbeddedStore> {
  const store = await onFreePort(port, (free) => startEmbeddedStore({ folder, port: free })).catch(
    // What it says is meant for people already: who has the folder or the port.
    (error: Error) => {
      throw new LocalStackError(error.message.replace(/\.$/, ''), 'Then try again.', {
        cause: error,
      });
    },
  );
  const { RULES_TABLE: rules, STATE_TABLE: state } = embeddedEnvironment(store.endpoint);
  const client = createDynamoClient({
    region: EMBEDDED_REGION,
    endpoint: store.endpoint,
    credentials: EMBEDDED_CREDENTIALS,
  });
  try {
    await createTables(client, { rules, state });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  } finally {
    client.destroy();
  }
}

/** Starts something on `port`, or on the first free one after it. */
export async function onFreePort<Started>(
  port: number,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  const last = port === 0 ? 0 : port + PORTS_TRIED;
  for (let tried = port; ; tried += 1) {
    try {
      return await start(tried);
    } catch (error) {
      if (tried >= last || !isTaken(error)) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return reason instanceof Error && (reason as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
