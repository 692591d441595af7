/** Places in a text are counted in bytes of UTF-8, as in the original. */
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Whether every character takes one byte, so that UTF-16 units will do as places. */
const isAscii = (text: string): boolean => !/[\u0080-\u{10ffff}]/u.test(text);

/** The part of a text between two places, negative ones counted from the end. */
export function sliceText(text: string, start = 0, end?: number): string {
  if (isAscii(text)) {
    const [from, to] = clamp(text.length, start, end ?? text.length);
    return text.slice(from, to);
  }
  const bytes = encoder.encode(text);
  const [from, to] = clamp(bytes.length, start, end ?? bytes.length);
  return decoder.decode(bytes.subarray(from, to));
}

/** Where in bytes a place in UTF-16 units lies; -1 (not found) stays. */
export function byteOffset(text: string, index: number): number {
  return index <= 0 ? index : encoder.encode(text.slice(0, index)).length;
}

export function clamp(length: number, start: number, end: number): [number, number] {
  const to = Math.min(Math.max(end < 0 ? length + end : end, 0), length);
  const from = Math.max(start < 0 ? length + start : start, 0);
  return [Math.min(from, to), to];
}
