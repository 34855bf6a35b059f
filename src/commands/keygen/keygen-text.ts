import path from "node:path";
import type { Line } from "../../terminal/styled.ts";
import { shellCommand } from "../../words/shell-command.ts";
import { KEY_FILES } from "./write-keys.ts";

/** The Secret of a cluster's keys, beside the one of its settings, in kube-backup.yml. */
const KEYS_SECRET = "kube-backup-keys";

/** What `keygen` has made, without anything private. */
export interface NewKeys {
  /** The folder as it was named. */
  folder: string;
  /** The namespace of the program. */
  programNamespace: string;
  /** The public key that backups are encrypted to. */
  recipient: string;
  /** The line of ALLOWED_SIGNERS. */
  allowedSigner: string;
  /** The fingerprint of the key that signs. */
  signer: string;
}

/** The keys for scripts. */
export function keysJson({ folder, recipient, allowedSigner, signer }: NewKeys): object {
  const files = Object.values(KEY_FILES).map((file) => path.join(folder, file));
  return { recipient, allowedSigner, signer, files };
}

/** The keys for people, and what is to be done with each of them. */
export function keysText({ folder, programNamespace, recipient, allowedSigner }: NewKeys): Line[] {
  const { identity, recipients, signingKey, allowedSigners } = KEY_FILES;
  const [of, signers, key] = [recipients, allowedSigners, signingKey].map((file) => path.join(folder, file));
  return [
    `Wrote into ${folder}, readable to you alone:`,
    `  ${identity}         private: opens every backup that is encrypted to it`,
    `  ${recipients}  public:  AGE_RECIPIENTS`,
    `  ${signingKey}         private: SIGNING_KEY`,
    `  ${allowedSigners}     public:  ALLOWED_SIGNERS`,
    "",
    "AGE_RECIPIENTS:",
    recipient,
    "",
    "ALLOWED_SIGNERS:",
    allowedSigner,
    "",
    "The cluster gets all but the key that opens backups:",
    shellCommand`kubectl --namespace=${programNamespace} create secret generic ${KEYS_SECRET} --from-file=AGE_RECIPIENTS=${of ?? ""} --from-file=ALLOWED_SIGNERS=${signers ?? ""} --from-file=SIGNING_KEY=${key ?? ""}`,
    shellCommand`kubectl --namespace=${programNamespace} rollout restart deployment kube-backup`,
    "",
    "Keep offline:",
    `${identity}, in two places, and neither in the cluster nor in the bucket: without it no backup can be read, and with it each one.`,
    `${signingKey} is for the cluster alone: remove it here once the Secret is there. One that is lost is replaced by another, whose line is added to ALLOWED_SIGNERS.`,
  ];
}
