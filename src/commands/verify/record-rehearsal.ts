import type { ClusterHere } from "../../command-line/cluster-here.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { formatReport, REPORT_PATIENCE, reportPlace, writeReport } from "../../reports/write-report.ts";
import { signMessage } from "../../signatures/sshsig.ts";
import type { Store } from "../../store/contract/store.ts";
import { rfc3339 } from "../../time/rfc3339.ts";

/** The version of the document; raised when a member goes or comes to mean something else. */
const SCHEMA_VERSION = 1;

/** What a rehearsal leaves. It names no object, and quotes nobody. */
export interface RehearsalRecord {
  backup: string;
  /** SHA-256 of the archive's MANIFEST, hexadecimal. */
  manifestSha256: string;
  cluster: ClusterHere;
  summary: { objects: number; accepted: number; refused: number; notAsked: number; afterDefinition: number };
  kinds: object;
}

/**
 * Leaves the report of a rehearsal in the store, as `reports/NAME.rehearsal-…`, for metrics and for whoever asks when it was
 * last done. Who may not write there has rehearsed all the same: what cannot be left is told at DEBUG.
 *
 * @returns whether it is there.
 */
export async function recordRehearsal(
  { settings: { signingKey }, log, now }: Pick<CommandContext, "settings" | "log" | "now">,
  { store, record }: { store: Store; record: RehearsalRecord },
): Promise<boolean> {
  const time = rfc3339(now());
  const sign = signingKey && ((text: Uint8Array) => signMessage(text, signingKey));
  const bytes = formatReport({ schemaVersion: SCHEMA_VERSION, time, ...record }, sign);
  const place = reportPlace("rehearsal", { backup: record.backup, time });
  try {
    await writeReport(store, { place, bytes }, AbortSignal.timeout(REPORT_PATIENCE));
    return true;
  } catch (error) {
    log.debug({ backup: record.backup, err: error }, "That this backup was rehearsed is not recorded");
    return false;
  }
}
