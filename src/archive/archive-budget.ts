import { ByteBudget } from "../memory/byte-budget.ts";

/** Memory of a zip's directory, for each of its bytes: itself, where it does not pack, and the table of its paths. */
const DIRECTORY_FACTOR = 1.55;
/** Memory of a manifest while it is parsed, for each of its bytes. */
const MANIFEST_FACTOR = 8;

/** Memory for directories, and for manifests, in bytes: as much as the largest that is read takes. */
const DIRECTORIES_BYTES = 50 * 1024 * 1024;
const MANIFESTS_BYTES = 128 * 1024 * 1024;

/** The memory of archives that are opened at once. What an archive takes is for whoever wrote it to say. */
export class ArchiveBudget {
  // Two budgets: whoever has a directory waits for the manifest, and whoever has the manifest for nothing.
  readonly #directories = new ByteBudget(DIRECTORIES_BYTES);
  readonly #manifests = new ByteBudget(MANIFESTS_BYTES);

  /** Takes the memory of a directory of so many bytes. */
  directory(bytes: number, signal: AbortSignal): Promise<Disposable> {
    return this.#directories.take(bytes * DIRECTORY_FACTOR, signal);
  }

  /** Takes the memory of a manifest of so many bytes. */
  manifest(bytes: number, signal: AbortSignal): Promise<Disposable> {
    return this.#manifests.take(bytes * MANIFEST_FACTOR, signal);
  }
}
