import { createHash } from "node:crypto";

/** The stored bytes of an archive. */
export interface ContentFacts {
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/**
 * The same content, with an action behind its last byte: an upload that waits for the end of its content is completed only
 * after the action, and not at all where the action fails.
 */
export async function* beforeEnd(
  content: AsyncIterable<Uint8Array>,
  action: (facts: ContentFacts) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  await action({ bytes, sha256: hash.digest("hex") });
}
