import type { Buffer } from "node:buffer";
import { OwnedBytes } from "../../../src/memory/owned-bytes.ts";

/** Bytes that stay with the test, whoever disposes of them. */
export function kept(bytes: Buffer): OwnedBytes {
  return new OwnedBytes(bytes, () => {});
}
