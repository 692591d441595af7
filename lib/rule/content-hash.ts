/**
 * A text that tells two contents apart: 64 bits of FNV-1a over their JSON with sorted keys. It
 * answers "was this edited?", not "was this forged?".
 */
export function contentHash(content: unknown): string {
  const text = canonical(content);
  const half = (basis: number): string => fnv(text, basis).toString(16).padStart(8, '0');
  return half(0x811c9dc5) + half(0x9dc5811c);
}

/** FNV-1a over UTF-16 code units, two steps each, from a basis of one's choosing. */
function fnv(text: string, basis: number): number {
  let hash = basis;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}

function canonical(value: unknown): string {
  if (value instanceof Set) return `set${canonical([...(value as Set<unknown>)])}`;
  if (Array.isArray(value)) return `[${value.map((entry) => canonical(entry)).join(',')}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
}
