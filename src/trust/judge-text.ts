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

/** What reasons call a text, and its signature. */
interface Words {
  /** "it is", "its note is". */
  subject: string;
  /** "its signature". */
  signature: string;
}

const IT: Words = { subject: "it is", signature: "its signature" };

/** Whether one of the allowed signers has signed a text. The reason is a sentence without its full stop. */
export function judgeText(
  { text, signature, principal, time }: SignedText,
  signers: readonly AllowedSigner[],
  words: Words = IT,
): SignerJudgment {
  if (signature === undefined) return { believed: false, reason: `${words.subject} not signed` };
  const verified = verifyMessage(Buffer.from(text), signature);
  if ("problem" in verified) return { believed: false, reason: `${words.signature} ${verified.problem}` };
  const judgment = judgeSigner({ key: verified.value, principal, time }, signers);
  return judgment.believed
    ? judgment
    : { believed: false, reason: `${words.subject} signed ${judgment.reason}` };
}
