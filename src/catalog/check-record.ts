import { Buffer } from "node:buffer";
import { z } from "zod";
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

function placeOf(backup: string): SidePlace {
  return { folder: "reports", backup, suffix: "checked" };
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

/**
 * When every byte of exactly these bytes was last found valid; undefined where nothing says so. The record is as good as
 * the store that keeps it: nothing is restored on its word.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function readCheck(
  { beside }: Pick<Store, "beside">,
  { name, etag }: { name: string; etag?: string | undefined },
  signal: AbortSignal,
): Promise<Date | undefined> {
  const bytes = etag === undefined ? undefined : await beside.read(placeOf(name), signal);
  if (bytes === undefined) return undefined;
  try {
    const record = RECORD.parse(JSON.parse(bytes.toString()));
    return record.backup === name && record.etag === etag ? new Date(record.checked) : undefined;
  } catch {
    return undefined;
  }
}
