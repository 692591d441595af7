/** Where brokers keep commits; who leads a group's partition of it coordinates the group. */
export const OFFSETS_TOPIC = '__consumer_offsets';

/** Java's `String.hashCode`, over UTF-16 units and in 32 bits. */
function javaHash(text: string): number {
  let hash = 0;
  // oxlint-disable-next-line unicorn/prefer-code-point -- Java hashes UTF-16 units
  for (let at = 0; at < text.length; at += 1)
    hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

/** The partition of the topic of commits that a group belongs to, as brokers compute it. */
export const offsetsPartition = (group: string, partitions: number): number =>
  (javaHash(group) & 0x7fffffff) % partitions;
