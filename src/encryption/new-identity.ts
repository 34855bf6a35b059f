import type { KeyType } from "./recipients.ts";

/** A new pair of keys. */
export interface NewIdentity {
  /** The file of the private key, as age-keygen writes it. */
  file: string;
  /** The public key, `age1…`. */
  recipient: string;
}

/** Makes a pair of keys, which the stock age takes too. */
export async function newIdentity(type: KeyType, now: Date): Promise<NewIdentity> {
  const { generateHybridIdentity, generateX25519Identity, identityToRecipient } = await import(
    "age-encryption"
  );
  const identity = await (type === "post-quantum" ? generateHybridIdentity() : generateX25519Identity());
  const recipient = await identityToRecipient(identity);
  const created = now.toISOString().replace(/\.\d+Z$/, "Z");
  return { file: `# created: ${created}\n# public key: ${recipient}\n${identity}\n`, recipient };
}
