import { Buffer } from "node:buffer";
import type { Segment, SegmentHeader } from "../change-log/format/segment.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { judgeSigner } from "../signatures/judge-signer.ts";
import { verifyMessage } from "../signatures/sshsig.ts";

/** A segment, or an index of several: both are signed alike. */
interface SignedPart extends Pick<Segment, "signature" | "signed"> {
  header: Pick<SegmentHeader, "cluster" | "clusterName" | "to">;
}

/** Why a segment or an index may not be believed, to follow its name; undefined where it may. */
export function objectionTo(
  { header, signature, signed }: SignedPart,
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
