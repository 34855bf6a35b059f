import { OperatorError } from "../errors.ts";
import { readNote } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import type { Store } from "../store/contract/store.ts";

/**
 * Refuses to remove backups by what notes and archives say, where they are signed and nobody says whose signature counts:
 * whoever can write to the store could have the good ones removed.
 *
 * @throws {OperatorError} where the newest backup is signed, and there are no allowed signers.
 */
export async function rejectUncheckedRemoval(
  {
    store,
    allowedSigners,
    unsigned,
  }: {
    store: Pick<Store, "newest" | "beside" | "url">;
    allowedSigners?: readonly AllowedSigner[] | undefined;
    unsigned: boolean;
  },
  signal: AbortSignal,
): Promise<void> {
  if (allowedSigners !== undefined || unsigned) return;
  const newest = await store.newest({}, signal);
  if (newest === undefined) return;
  const reading = await readNote(store, newest.name, signal);
  if (reading.state !== "read" || reading.signature === undefined) return;
  throw new OperatorError(
    `Cannot remove backups from ${store.url}: ${newest.name} is signed, and ALLOWED_SIGNERS does not say whose signatures count`,
    {
      advice: "Set ALLOWED_SIGNERS or ALLOWED_SIGNERS_FILE; --unsigned removes without looking at signatures",
    },
  );
}
