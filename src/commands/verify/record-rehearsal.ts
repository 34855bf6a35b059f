import { Buffer } from "node:buffer";
import type { ClusterHere } from "../../command-line/cluster-here.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { signMessage } from "../../signatures/sshsig.ts";
import type { Store } from "../../store/contract/store.ts";
import { rfc3339 } from "../../time/rfc3339.ts";

/** The version of the document; raised when a member goes or comes to mean something else. */
const SCHEMA_VERSION = 1;

/** How long it may take, in milliseconds. */
const PATIENCE = 10_000;

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
 */
export async function recordRehearsal(
  { settings: { signingKey }, log, now }: Pick<CommandContext, "settings" | "log" | "now">,
  { store, record }: { store: Store; record: RehearsalRecord },
): Promise<void> {
  const time = rfc3339(now());
  const document = { schemaVersion: SCHEMA_VERSION, time, ...record };
  const signature = signingKey && signMessage(Buffer.from(JSON.stringify(document)), signingKey);
  const whole = { ...document, ...(signature === undefined ? {} : { signature }) };
  const suffix = `rehearsal-${time.replaceAll(/[-:]/g, "")}`;
  const place = { folder: "reports", backup: record.backup, suffix } as const;
  try {
    await store.beside.create(
      place,
      Buffer.from(`${JSON.stringify(whole)}\n`),
      AbortSignal.timeout(PATIENCE),
    );
  } catch (error) {
    log.debug({ backup: record.backup, err: error }, "That this backup was rehearsed is not recorded");
  }
}
