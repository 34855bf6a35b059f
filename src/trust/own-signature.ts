import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { judgeSigner } from "../signatures/judge-signer.ts";
import type { SigningKey } from "../signatures/signing-key.ts";

/** The keys of a process that takes backups, and for whom it signs. */
export interface OwnKeys {
  signingKey: SigningKey | undefined;
  allowedSigners: readonly AllowedSigner[] | undefined;
  /** The name of the cluster, or its uid. */
  principal: string;
}

/**
 * Why nobody who goes by ALLOWED_SIGNERS would use the backups that a process takes: a clause after "These backups will not
 * be used: ". Undefined where they are used.
 */
export function whyUnused({ signingKey, allowedSigners, principal }: OwnKeys, now: Date): string | undefined {
  if (allowedSigners === undefined) return undefined;
  if (signingKey === undefined)
    return "ALLOWED_SIGNERS is set, and SIGNING_KEY is not, so that they are not signed";
  const judgment = judgeSigner({ key: signingKey.publicKey, principal, time: now }, allowedSigners);
  return judgment.believed ? undefined : `SIGNING_KEY signs ${judgment.reason}`;
}
