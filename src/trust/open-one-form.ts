import type { BackupForm } from "../store/contract/backup-name.ts";
import type { OpenOptions, RandomAccess } from "../store/contract/store.ts";
import { TwoFormsError } from "../store/contract/two-forms-error.ts";

/**
 * Opens a backup; where the store holds it in two forms, the one that is chosen.
 *
 * @param choose asked only where there are two; undefined where nobody can say which is meant.
 * @throws {TwoFormsError} where none is chosen.
 */
export async function openOneForm(
  open: (options?: OpenOptions) => Promise<RandomAccess>,
  options: OpenOptions | undefined,
  choose: () => Promise<BackupForm | undefined>,
): Promise<RandomAccess> {
  try {
    return await open(options);
  } catch (error) {
    const form = error instanceof TwoFormsError ? await choose() : undefined;
    if (form === undefined) throw error;
    return await open({ form });
  }
}
