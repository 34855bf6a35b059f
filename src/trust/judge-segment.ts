import type { Segment, SegmentHeader } from "../change-log/format/segment.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { judgeText } from "./judge-text.ts";

/** A segment, or an index of several: both are signed alike. */
interface SignedPart extends Pick<Segment, "signature" | "signed"> {
  header: Pick<SegmentHeader, "cluster" | "clusterName" | "to">;
}

/** Why a segment or an index may not be believed, to follow its name; undefined where it may. */
export function objectionTo(
  { header, signature, signed }: SignedPart,
  signers: readonly AllowedSigner[],
): string | undefined {
  const principal = header.clusterName ?? header.cluster;
  const time = new Date(header.to.time);
  const judgment = judgeText({ text: signed, signature, principal, time }, signers);
  return judgment.believed ? undefined : judgment.reason;
}
