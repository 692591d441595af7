const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * The slot of a scalable, 0 or more and below `slots`: the unit of fan-out. FNV-1a with 32 bits
 * over the key's UTF-8 bytes, modulo, as kreconciler's hasher spreads its ids. Another number of
 * slots moves nearly every key. Throws a RangeError where `slots` is not a whole number above 0.
 */
export function slotOf(key: string, slots: number): number {
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new RangeError(`expected a whole number of slots above 0, found ${slots}`);
  }
  return fnv1a32(key) % slots;
}

/** FNV-1a, 32 bits, unsigned. */
export function fnv1a32(text: string): number {
  let hash = BASIS;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, PRIME);
  }
  return hash >>> 0;
}
