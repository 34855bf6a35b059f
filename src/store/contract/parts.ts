import { Buffer } from "node:buffer";

/** The body of one request. */
export interface Part {
  bytes: Buffer;
  /** Whether this part ends the content. */
  last: boolean;
}

/** Splits a stream into parts of `partBytes`; the last part may be shorter. An empty stream has no parts. */
export async function* partsOf(
  content: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Part, void, undefined> {
  let bytes = Buffer.allocUnsafeSlow(partBytes);
  let filled = 0;
  for await (const chunk of content) {
    for (let taken = 0; taken < chunk.length; ) {
      // A full part waits for the next byte, because the part may be the last part.
      if (filled === partBytes) {
        yield { bytes, last: false };
        bytes = Buffer.allocUnsafeSlow(partBytes);
        filled = 0;
      }
      const piece = chunk.subarray(taken, taken + partBytes - filled);
      bytes.set(piece, filled);
      filled += piece.length;
      taken += piece.length;
    }
  }
  if (filled > 0) yield { bytes: bytes.subarray(0, filled), last: true };
}
