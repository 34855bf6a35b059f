import { OperatorError } from "../errors.ts";
import { amount } from "../words/amount.ts";

/** A backup is encrypted, and no key that is given opens it. Nothing is known about what the backup holds. */
export class MissingKeyError extends OperatorError {
  override name = "MissingKeyError";
  /** The name of the backup. */
  readonly backup: string;
  /** What is wrong, without the name of the backup. */
  readonly reason: string;

  /**
   * @param stanzas the types of the recipients as the header names them.
   * @param keys how many keys were tried.
   */
  constructor(backup: string, { stanzas, keys }: { stanzas: readonly string[]; keys: number }) {
    const types = [...new Set(stanzas)].map((type) => TYPES[type] ?? "of another type");
    const whom = `${amount(stanzas.length, "recipient")} (${types.join(", ")})`;
    const why =
      keys === 0
        ? "no key is given"
        : keys === 1
          ? "the key that is given does not open it"
          : `none of the ${keys} keys that are given opens it`;
    const reason = `it is encrypted to ${whom}, and ${why}`;
    super(`Cannot read ${backup}: ${reason}`, {
      advice: "Give the private key of one of its recipients: -i FILE, AGE_KEY_FILE or AGE_KEY",
    });
    this.backup = backup;
    this.reason = reason;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  X25519: "X25519, age1…",
  mlkem768x25519: "post-quantum, age1pq1…",
  scrypt: "a passphrase",
};
