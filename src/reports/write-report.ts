/** Reports in a store: what was done with a backup, each a small object beside it, which stays when the backup is gone. */

import { Buffer } from "node:buffer";
import { type SidePlace, sideKey } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";

/** What reports are of. */
export type ReportKind = "restore" | "rehearsal";

/** How long a report may take, in milliseconds: what was interrupted is to end soon. */
export const REPORT_PATIENCE = 10_000;

/** Signs a text: an armored SSHSIG. */
export type Sign = (text: Uint8Array) => string;

/**
 * The bytes of a report: one line of JSON. The signature is of all members but itself, as `jq -cj 'del(.signature)'` prints them.
 *
 * @param sign nothing is signed without it.
 */
export function formatReport(document: object, sign: Sign | undefined): Buffer {
  const signature = sign?.(Buffer.from(JSON.stringify(document)));
  return Buffer.from(`${JSON.stringify(signature === undefined ? document : { ...document, signature })}\n`);
}

/** The place of a report, by the moment when what it is of ended: RFC 3339, UTC, whole seconds. */
export function reportPlace(
  kind: ReportKind,
  { backup, time }: { readonly backup: string; readonly time: string },
): SidePlace {
  return { folder: "reports", backup, suffix: `${kind}-${stampOf(time)}` };
}

/** `2026-01-31T12:00:00Z` as names have it, `20260131T120000Z`. */
export function stampOf(time: string): string {
  return time.replaceAll(/[-:]/g, "");
}

/**
 * Writes a report, which is written once.
 *
 * @returns where it is, `s3://…/reports/…`.
 * @throws {OperatorError} where the store does not take it.
 */
export async function writeReport(
  store: Pick<Store, "beside" | "url">,
  { place, bytes }: { place: SidePlace; bytes: Buffer },
  signal: AbortSignal,
): Promise<string> {
  await store.beside.create(place, bytes, signal);
  return `${store.url.replace(/\/$/, "")}/${sideKey(place)}`;
}
