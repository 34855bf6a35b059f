import { Buffer } from "node:buffer";
import { OwnedBytes } from "../../memory/owned-bytes.ts";

/** The bytes of one request. */
export class Part extends OwnedBytes {
  /** Whether the content ends with this part. */
  readonly last: boolean;

  constructor(bytes: Buffer, { last }: { last: boolean }) {
    super(bytes);
    this.last = last;
  }
}

/** Cuts a stream into parts of one size, the last one shorter; none where the stream is empty. The reader owns the parts. */
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
        yield new Part(bytes, { last: false });
        bytes = Buffer.allocUnsafeSlow(partBytes);
        filled = 0;
      }
      const piece = chunk.subarray(taken, taken + partBytes - filled);
      bytes.set(piece, filled);
      filled += piece.length;
      taken += piece.length;
    }
  }
  if (filled > 0) yield new Part(bytes.subarray(0, filled), { last: true });
}
