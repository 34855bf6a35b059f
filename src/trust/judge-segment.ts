import { Buffer } from "node:buffer";
import type { Segment } from "../change-log/format/segment.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { judgeSigner } from "../signatures/judge-signer.ts";
import { verifyMessage } from "../signatures/sshsig.ts";

/** Why a segment may not be believed, to follow its name; undefined where it may. */
export function objectionTo(
  { header, signature, signed }: Segment,
  signers: readonly AllowedSigner[],
): string | undefined {
  if (signature === undefined) return "it is not signed";
  const verified = verifyMessage(Buffer.from(signed), signature);
  if ("problem" in verified) return `its signature ${verified.problem}`;
  const principal = header.clusterName ?? header.cluster;
  const time = new Date(header.to.time);
  const judgment = judgeSigner({ key: verified.value, principal, time }, signers);
  return judgment.believed ? undefined : `it is signed ${judgment.reason}`;
}
