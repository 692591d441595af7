/** Puts chunks of a stream together into frames that begin with their size in four bytes. */
export function onFrames(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const size = rest.readInt32BE(0);
      take(rest.subarray(4, 4 + size));
      rest = rest.subarray(4 + size);
    }
  };
}
