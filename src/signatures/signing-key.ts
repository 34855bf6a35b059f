import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import {
  decodePublicKey,
  KEY_TYPE,
  type Parsed,
  PUBLIC_KEY_BYTES,
  type PublicKey,
  publicKeyOf,
} from "./public-key.ts";
import { fromBase64, sshString, uint32, WireReader } from "./wire.ts";

/** A private key. No conversion to text or JSON shows it. */
export class SigningKey {
  readonly publicKey: PublicKey;
  readonly #key: KeyObject;

  /** @param seed the 32 bytes that the key is made of. */
  constructor(seed: Uint8Array) {
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
    const spki = createPublicKey(this.#key).export({ format: "der", type: "spki" });
    this.publicKey = publicKeyOf(spki.subarray(-PUBLIC_KEY_BYTES));
  }

  /** The signature of exactly these bytes, in 64 bytes. */
  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.#key);
  }
}

/** What stands before a private key of the type Ed25519 in DER. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

const BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END = "-----END OPENSSH PRIVATE KEY-----";

/** https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
const MAGIC = "openssh-key-v1\0";

/** The longest file that is read, in characters. A key of this type takes 400. */
const MAX_CHARACTERS = 16_384;

/**
 * Reads the private key of SIGNING_KEY: a file of `ssh-keygen -t ed25519` without a passphrase. The problem never holds
 * any of it.
 */
export function parseSigningKey(text: string): Parsed<SigningKey> {
  const file = text.trim();
  if (/^ssh-|^ecdsa-/.test(file))
    return { problem: "is a public key, which cannot sign: give the private key" };
  if (!file.startsWith(BEGIN) || !file.endsWith(END) || file.length > MAX_CHARACTERS) {
    return { problem: "is no private key of OpenSSH: give the file that ssh-keygen -t ed25519 has written" };
  }
  const bytes = fromBase64(file.slice(BEGIN.length, -END.length));
  try {
    if (bytes !== undefined) return decodeFile(new WireReader(bytes));
  } catch {
    // Falls through: the bytes end too early, or are no key.
  }
  return { problem: "is a private key with a slip in it: it is cut short, or was changed" };
}

function decodeFile(reader: WireReader): Parsed<SigningKey> {
  if (reader.bytes(MAGIC.length).toString("latin1") !== MAGIC) throw new Error("it is no key");
  const cipher = reader.text();
  reader.string();
  reader.string();
  if (cipher !== "none") {
    return {
      problem:
        "is protected by a passphrase, which a program cannot type: remove it from a copy, ssh-keygen -p -N '' -f COPY, or make a key for the program alone, kube-backup keygen",
    };
  }
  if (reader.uint32() !== 1) throw new Error("it is not one key");
  const known = decodePublicKey(reader.string());
  if ("problem" in known) return known;
  const seed = decodeSecrets(new WireReader(reader.string()));
  const key = new SigningKey(seed);
  if (!key.publicKey.blob.equals(known.value.blob)) throw new Error("its halves do not belong together");
  return { value: key };
}

/** The private part, which is encrypted where there is a passphrase. */
function decodeSecrets(reader: WireReader): Buffer {
  const [check, again] = [reader.uint32(), reader.uint32()];
  if (check !== again) throw new Error("it was changed");
  if (reader.text() !== KEY_TYPE) throw new Error("it is of another type");
  reader.string();
  const secret = reader.string();
  if (secret.length !== 2 * PUBLIC_KEY_BYTES) throw new Error("it has another length");
  return secret.subarray(0, PUBLIC_KEY_BYTES);
}

/** Ciphers have blocks of that many bytes, also the one that is none. */
const BLOCK_BYTES = 8;

/** The characters of a line of Base64 in OpenSSH's files of keys. */
const LINE_CHARACTERS = 70;

/**
 * A new private key as ssh-keygen writes one, without a passphrase.
 *
 * @param random 32 random bytes that become the key, and 4 more.
 */
export function formatSigningKey(random: { seed: Uint8Array; check: Uint8Array }, comment: string): string {
  const { publicKey } = new SigningKey(random.seed);
  const publicBytes = publicKey.blob.subarray(-PUBLIC_KEY_BYTES);
  const secrets = Buffer.concat([
    ...[random.check, random.check],
    ...[sshString(KEY_TYPE), sshString(publicBytes)],
    sshString(Buffer.concat([random.seed, publicBytes])),
    sshString(comment),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, -secrets.length & (BLOCK_BYTES - 1));
  const file = Buffer.concat([
    Buffer.from(MAGIC, "latin1"),
    ...[sshString("none"), sshString("none"), sshString("")],
    uint32(1),
    sshString(publicKey.blob),
    sshString(Buffer.concat([secrets, padding])),
  ]);
  return `${BEGIN}\n${inLines(file.toString("base64"), LINE_CHARACTERS)}\n${END}\n`;
}

/** A text in lines of some length. */
export function inLines(text: string, length: number): string {
  return text.replaceAll(new RegExp(`.{${length}}(?!$)`, "g"), "$&\n");
}
