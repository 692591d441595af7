import { StoreError } from '../../lib/store/errors.ts';

/** What a store answers to whoever asks after their time is over. */
export function refuseAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new StoreError('STORE_UNREACHABLE', 'the store gave no answer (aborted)', 'Try again.');
}
