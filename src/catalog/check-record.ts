import { Buffer } from "node:buffer";
import * as z from "zod";
import type { SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { rfc3339 } from "../time/rfc3339.ts";

/** That every byte of a backup was checked, and found valid. */
export interface Check {
  backup: string;
  /** Of the bytes that were checked; undefined where the store tells none. */
  etag: string | undefined;
  time: Date;
}

const RECORD = z.strictObject({
  backup: z.string(),
  etag: z.string(),
  checked: z.iso.datetime(),
});

const FOLDER = "reports";
/** The end of the name of such a record. */
export const CHECK_SUFFIX = "checked";

function placeOf(backup: string): SidePlace {
  return { folder: FOLDER, backup, suffix: CHECK_SUFFIX };
}

/**
 * Records in the store that a backup was found valid, for `status` and `list`. Who may not write there has checked it all
 * the same: a record that cannot be written is told at DEBUG.
 */
export async function recordCheck(
  { store, log, check }: { store: Pick<Store, "beside">; log: Log; check: Check },
  signal: AbortSignal,
): Promise<void> {
  const { backup, etag, time } = check;
  if (etag === undefined) return;
  const record: z.infer<typeof RECORD> = { backup, etag, checked: rfc3339(time) };
  try {
    await store.beside.replace(placeOf(backup), Buffer.from(`${JSON.stringify(record)}\n`), signal);
  } catch (error) {
    signal.throwIfAborted();
    log.debug({ backup, err: error }, "That this backup is valid is not recorded");
  }
}

/** What a record says; undefined for what is none. */
export function parseCheck(bytes: Uint8Array): Check | undefined {
  try {
    const { backup, etag, checked } = RECORD.parse(JSON.parse(Buffer.from(bytes).toString()));
    return { backup, etag, time: new Date(checked) };
  } catch {
    return undefined;
  }
}

/** The backups of which a check may be recorded; none where these credentials may not list the records. */
export async function recordedChecks(
  { beside }: Pick<Store, "beside">,
  signal: AbortSignal,
): Promise<Set<string>> {
  try {
    return new Set(await Array.fromAsync(beside.list(FOLDER, signal)));
  } catch {
    signal.throwIfAborted();
    return new Set();
  }
}

/**
 * When every byte of exactly these bytes was last found valid; undefined where nothing says so, and where the record may not
 * be read. The record is as good as the store that keeps it: nothing is restored on its word.
 */
export async function readCheck(
  { beside }: Pick<Store, "beside">,
  { name, etag }: { name: string; etag?: string | undefined },
  signal: AbortSignal,
): Promise<Date | undefined> {
  if (etag === undefined) return undefined;
  try {
    const bytes = await beside.read(placeOf(name), signal);
    if (bytes === undefined) return undefined;
    const record = parseCheck(bytes);
    return record?.backup === name && record.etag === etag ? record.time : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
