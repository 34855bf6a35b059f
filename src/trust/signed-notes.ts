import { OperatorError } from "../errors.ts";
import { readNote } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import type { Store } from "../store/contract/store.ts";

/**
 * Refuses to remove backups by what notes and archives say, where they are signed and nobody says whose signature counts:
 * whoever can write to the store could have the good ones removed.
 *
 * @throws {OperatorError} where the newest backup is signed, or one that is to go, and there are no allowed signers.
 */
export async function rejectUncheckedRemoval(
  {
    store,
    allowedSigners,
    unsigned,
    removing = [],
  }: {
    store: Pick<Store, "newest" | "beside" | "url">;
    allowedSigners?: readonly AllowedSigner[] | undefined;
    unsigned: boolean;
    /** What is to be removed. The newest alone says little: whoever can write may put an unsigned one there. */
    removing?: readonly { name: string }[] | undefined;
  },
  signal: AbortSignal,
): Promise<void> {
  if (allowedSigners !== undefined || unsigned) return;
  const newest = removing.length > 0 ? undefined : await store.newest({}, signal);
  for (const { name } of newest === undefined ? removing : [newest]) {
    const reading = await readNote(store, name, signal);
    if (reading.state !== "read" || reading.signature === undefined) continue;
    throw new OperatorError(
      `Cannot remove backups from ${store.url}: ${name} is signed, and ALLOWED_SIGNERS does not say whose signatures count`,
      {
        advice:
          "Set ALLOWED_SIGNERS or ALLOWED_SIGNERS_FILE; --unsigned removes without looking at signatures",
      },
    );
  }
}
