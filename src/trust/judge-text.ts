import { Buffer } from "node:buffer";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { judgeSigner, type SignerJudgment } from "../signatures/judge-signer.ts";
import { verifyMessage } from "../signatures/sshsig.ts";

/** A text, and what is said of who wrote it. */
export interface SignedText {
  text: string;
  /** The armored SSHSIG of the text; undefined where it is not signed. */
  signature: string | undefined;
  /** Who is said to have signed: the name of a cluster, or its uid where it has none. */
  principal: string;
  /** When that is said to have been. */
  time: Date;
}

/** Whether one of the allowed signers has signed a text. The reason is a clause that follows "it". */
export function judgeText(
  { text, signature, principal, time }: SignedText,
  signers: readonly AllowedSigner[],
): SignerJudgment {
  if (signature === undefined) return { believed: false, reason: "is not signed" };
  const verified = verifyMessage(Buffer.from(text), signature);
  if ("problem" in verified) return { believed: false, reason: `has a signature that ${verified.problem}` };
  const judgment = judgeSigner({ key: verified.value, principal, time }, signers);
  return judgment.believed ? judgment : { believed: false, reason: `is signed ${judgment.reason}` };
}
