/** Signatures of SSH: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig */

import { Buffer } from "node:buffer";
import { createHash, verify } from "node:crypto";
import { decodePublicKey, KEY_TYPE, type Parsed, type PublicKey } from "./public-key.ts";
import { inLines, type SigningKey } from "./signing-key.ts";
import { fromBase64, sshString, uint32, WireReader } from "./wire.ts";

/** What all signatures of this program are for: none of another purpose passes for one, nor the other way round. */
export const NAMESPACE = "kube-backup";

const MAGIC = "SSHSIG";
const VERSION = 1;

/** ssh-keygen signs with SHA-512, and SSH allows SHA-256 too. */
const HASH = "sha512";
const HASHES: readonly string[] = ["sha256", HASH];

/** The first line of a signature. */
const SIGNATURE_BEGIN = "-----BEGIN SSH SIGNATURE-----";
const SIGNATURE_END = "-----END SSH SIGNATURE-----";

/** The characters of a line of Base64 in ssh-keygen's signatures. */
const LINE_CHARACTERS = 70;

/** The longest signature that is read, in characters. One of this type takes 330. */
const MAX_CHARACTERS = 16_384;

/** Signs a message for {@link NAMESPACE}; the signature is what `ssh-keygen -Y sign` writes, and ends with a line break. */
export function signMessage(message: Uint8Array, key: SigningKey): string {
  const signature = key.sign(signedBytes(message, HASH));
  const blob = Buffer.concat([
    Buffer.from(MAGIC),
    uint32(VERSION),
    sshString(key.publicKey.blob),
    sshString(NAMESPACE),
    sshString(""),
    sshString(HASH),
    sshString(Buffer.concat([sshString(KEY_TYPE), sshString(signature)])),
  ]);
  return `${SIGNATURE_BEGIN}\n${inLines(blob.toString("base64"), LINE_CHARACTERS)}\n${SIGNATURE_END}\n`;
}

/**
 * Verifies the signature of a message: that it is of exactly this message, and for {@link NAMESPACE}. Whether its key is
 * one to believe is for `judge-signer.ts` to say.
 *
 * @param armored what `ssh-keygen -Y sign` writes.
 * @returns the key that signed, or the problem: a clause that follows "the signature".
 */
export function verifyMessage(message: Uint8Array, armored: string): Parsed<PublicKey> {
  const text = armored.trim();
  const blob =
    text.startsWith(SIGNATURE_BEGIN) && text.endsWith(SIGNATURE_END) && text.length <= MAX_CHARACTERS
      ? fromBase64(text.slice(SIGNATURE_BEGIN.length, -SIGNATURE_END.length))
      : undefined;
  try {
    if (blob !== undefined) return verifyBlob(message, new WireReader(blob));
  } catch {
    // Falls through: the bytes end too early, or are no signature.
  }
  return { problem: "is none of SSH, or was changed" };
}

function verifyBlob(message: Uint8Array, reader: WireReader): Parsed<PublicKey> {
  if (reader.bytes(MAGIC.length).toString("latin1") !== MAGIC) throw new Error("it is no signature");
  if (reader.uint32() !== VERSION) return { problem: "is of a later version of SSH" };
  const key = decodePublicKey(reader.string());
  if ("problem" in key) return { problem: `is by what ${key.problem}` };
  const namespace = reader.text();
  reader.string();
  const hash = reader.text();
  const signature = new WireReader(reader.string());
  if (!reader.ended) throw new Error("something follows it");
  if (namespace !== NAMESPACE) return { problem: `is not for the namespace ${NAMESPACE}` };
  if (!HASHES.includes(hash)) return { problem: "is of an unknown hash" };
  if (signature.text() !== KEY_TYPE) throw new Error("its types do not agree");
  const bytes = signature.string();
  if (!signature.ended) throw new Error("something follows it");
  if (verify(null, signedBytes(message, hash), key.value.key, bytes)) return key;
  return { problem: "is of another text" };
}

/** What is signed in place of a message. */
function signedBytes(message: Uint8Array, hash: string): Buffer {
  return Buffer.concat([
    Buffer.from(MAGIC),
    sshString(NAMESPACE),
    sshString(""),
    sshString(hash),
    sshString(createHash(hash).update(message).digest()),
  ]);
}
