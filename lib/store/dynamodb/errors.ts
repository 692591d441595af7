import type { DynamoTable } from './client.ts';

interface Sending {
  readonly abortSignal: AbortSignal;
}

/** Sends one request and answers it, or throws what went wrong as a StoreError that names the table. */
export async function ask<T>(
  table: DynamoTable,
  signal: AbortSignal,
  send: (options: Sending) => Promise<T>,
): Promise<T> {
  try {
    return await send({ abortSignal: signal });
  } catch (error) {
    // Most starts end without an error, and need not load what explains one.
    const { toStoreError } = await import('./store-error.ts');
    throw (await toStoreError(error, table)) ?? error;
  }
}

/** As `ask`, for a conditional write: `undefined` = the condition was refused and nothing changed. */
export async function askIf<T>(
  table: DynamoTable,
  signal: AbortSignal,
  send: (options: Sending) => Promise<T>,
): Promise<T | undefined> {
  return ask(table, signal, async (options) => {
    try {
      return await send(options);
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') {
        return undefined;
      }
      throw error;
    }
  });
}
