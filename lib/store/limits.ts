import { StoreError } from './errors.ts';
import type { MemoryWrite } from './memory-store.ts';

/**
 * The memory of one scalable, in UTF-8 bytes. Far below DynamoDB's 400 KB an item, because a slot
 * is read whole at each tick and is paid by the byte.
 */
export const MAX_MEMORY_BYTES = 8 * 1024;

/**
 * One audit entry, in UTF-8 bytes, open in an intent or written in the log. It is there for a short
 * time or once, so it may be longer than a memory; what fits the intent always fits the log.
 */
export const MAX_ENTRY_BYTES = 64 * 1024;

/** Throws ITEM_TOO_LARGE, naming the scalable, before anything is sent. */
export function refuseOversize({ key, memory, intent }: MemoryWrite): void {
  refuseText(`the memory of ${key}`, memory, MAX_MEMORY_BYTES);
  if (intent) refuseText(`the audit entry of ${key}`, intent.entry, MAX_ENTRY_BYTES);
}

/** Throws ITEM_TOO_LARGE where `text` has more than `maxBytes` UTF-8 bytes; `what` begins the message. */
export function refuseText(what: string, text: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return;
  throw new StoreError(
    'ITEM_TOO_LARGE',
    `${what} has ${bytes} bytes, and at most ${maxBytes} are kept`,
    'Nothing was written: keep fewer or shorter figures for it (metrics, policies, partitions).',
  );
}
