import type { AllowedSigner } from "./allowed-signers.ts";
import { matchesPatterns } from "./patterns.ts";
import { keyFingerprint, type PublicKey } from "./public-key.ts";
import { NAMESPACE } from "./sshsig.ts";

/** What is asked of {@link judgeSigner}. */
export interface SignerQuestion {
  /** The key that signed, whose signature was verified. */
  key: PublicKey;
  /** Who is said to have signed: the name of a cluster. */
  principal: string;
  /** When that is said to have been. */
  time: Date;
}

/** Whether a signer is believed. The reason is a clause that follows "it is signed". */
export type SignerJudgment = { believed: true } | { believed: false; reason: string };

/** Decides as `ssh-keygen -Y verify` does whether a key may sign for a principal, for this program, at a time. */
export function judgeSigner(
  { key, principal, time }: SignerQuestion,
  signers: readonly AllowedSigner[],
): SignerJudgment {
  const who = `by the key ${keyFingerprint(key)}`;
  const ofKey = signers.filter((signer) => signer.key.blob.equals(key.blob));
  if (ofKey.length === 0) return { believed: false, reason: `${who}, which ALLOWED_SIGNERS does not name` };
  let reason = `${who}, which ALLOWED_SIGNERS does not name for ${principal}`;
  for (const signer of ofKey) {
    if (!matchesPatterns(principal, signer.principals)) continue;
    const objection = objectionOf(signer, time);
    if (objection === undefined) return { believed: true };
    reason = `${who}, which by ALLOWED_SIGNERS ${objection}`;
  }
  return { believed: false, reason };
}

function objectionOf({ namespaces, validAfter, validBefore }: AllowedSigner, time: Date): string | undefined {
  if (namespaces !== undefined && !matchesPatterns(NAMESPACE, namespaces)) {
    return `is not for the namespace ${NAMESPACE}`;
  }
  if (validAfter !== undefined && time < validAfter) return `was not valid yet at ${time.toISOString()}`;
  if (validBefore !== undefined && time > validBefore)
    return `was not valid any more at ${time.toISOString()}`;
  return undefined;
}
