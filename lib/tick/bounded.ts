/**
 * Runs `work` over all items, at most `width` at a time, in their order, and answers in their
 * order. A rejection of `work` rejects the whole once those under way have ended.
 */
export async function bounded<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    // All workers draw from the one queue.
    for (const [at, item] of queue) results[at] = await work(item);
  };
  const workers = Array.from({ length: Math.min(width, items.length) }, worker);
  const ended = await Promise.allSettled(workers);
  const failed = ended.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return results;
}
