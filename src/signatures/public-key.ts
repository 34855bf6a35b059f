import { Buffer } from "node:buffer";
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { fromBase64, sshString, WireReader } from "./wire.ts";

/** The value, or the problem: a clause that follows the name of what was read. */
export type Parsed<Value> = { value: Value } | { problem: string };

/** The only type of keys that this program signs with and believes. */
export const KEY_TYPE = "ssh-ed25519";

/** The length of a public key of this type, in bytes. */
export const PUBLIC_KEY_BYTES = 32;

/** A public key of SSH. */
export interface PublicKey {
  /** As SSH encodes it: the type and the key. Equal for equal keys. */
  blob: Buffer;
  /** As node:crypto has it. */
  key: KeyObject;
}

/** What stands before a key of the type Ed25519 in DER. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** The public key of its 32 bytes. */
export function publicKeyOf(bytes: Uint8Array): PublicKey {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: "der", type: "spki" });
  return { blob: Buffer.concat([sshString(KEY_TYPE), sshString(bytes)]), key };
}

/**
 * Reads a public key as SSH encodes it.
 *
 * @returns the problem where it is a key of another type, or none.
 */
export function decodePublicKey(blob: Uint8Array): Parsed<PublicKey> {
  try {
    const reader = new WireReader(blob);
    const type = reader.text();
    if (type !== KEY_TYPE) return { problem: otherType(type) };
    const bytes = reader.string();
    if (bytes.length === PUBLIC_KEY_BYTES && reader.ended) return { value: publicKeyOf(bytes) };
  } catch {
    // Falls through: what is cut short has a slip in it too.
  }
  return { problem: "is a public key with a slip in it" };
}

/** Reads the type and the Base64 of a public key, `ssh-ed25519 AAAA…`. */
export function parsePublicKey(type: string, base64: string): Parsed<PublicKey> {
  if (type !== KEY_TYPE) return { problem: otherType(type) };
  const blob = fromBase64(base64);
  return blob === undefined ? { problem: "is a public key with a slip in it" } : decodePublicKey(blob);
}

/** A public key as a line of allowed_signers or authorized_keys has it. */
export function publicKeyText({ blob }: Pick<PublicKey, "blob">): string {
  return `${KEY_TYPE} ${blob.toString("base64")}`;
}

/** The fingerprint of a key as `ssh-keygen -l` prints it: `SHA256:…`. */
export function keyFingerprint({ blob }: Pick<PublicKey, "blob">): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** The beginnings of the types that SSH has besides: https://www.iana.org/assignments/ssh-parameters */
const OTHER_TYPES =
  /^(?:ssh-(?:rsa|dss)|ecdsa-sha2-nistp\d+|sk-(?:ssh|ecdsa)-[a-z0-9-]+@openssh\.com|[a-z0-9-]+-cert-v01@openssh\.com)$/;

function otherType(type: string): string {
  const which = OTHER_TYPES.test(type) ? `is a key of the type ${type}` : "is a key of an unknown type";
  return `${which}, and only ${KEY_TYPE} is supported: ssh-keygen -t ed25519 makes one`;
}
