import type { RandomAccess } from "../store/contract/store.ts";
import { headerLength, isAgeFile, MAX_HEADER_BYTES } from "./header.ts";
import { NONCE_BYTES, plainSize } from "./payload.ts";

/**
 * Whether stored bytes have the form of an age file: a header that ends, and chunks that fill the rest. Without the key
 * nothing more can be said.
 */
export async function isShapedAsAge(source: RandomAccess, signal: AbortSignal): Promise<boolean> {
  const beginning = await source.read(0, Math.min(source.size, MAX_HEADER_BYTES), signal);
  const length = isAgeFile(beginning) ? headerLength(beginning) : undefined;
  return length !== undefined && plainSize(source.size - length - NONCE_BYTES) !== undefined;
}
