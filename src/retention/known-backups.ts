import type { StoredBackup } from "../store/contract/store.ts";
import type { Judgment } from "./judgment.ts";

interface Known {
  etag: string;
  judgment: Judgment;
  /** Whether every byte was checked. */
  checked: boolean;
  /** Whether people were told of it. */
  told?: boolean;
}

/**
 * What a process has found out about backups. It holds for the bytes of one etag: a backup is looked at once, and read
 * whole at most once, however often the process prunes.
 */
export class KnownBackups {
  /** By name. */
  readonly #known = new Map<string, Known>();

  /** What is known of exactly these bytes. */
  get({ name, etag }: StoredBackup): Pick<Known, "judgment" | "checked"> | undefined {
    const known = this.#known.get(name);
    return known !== undefined && known.etag === etag ? known : undefined;
  }

  set(
    { name, etag }: Pick<StoredBackup, "name" | "etag">,
    judgment: Judgment,
    { checked }: { checked: boolean },
  ): void {
    if (etag !== undefined) this.#known.set(name, { etag, judgment, checked });
  }

  /** Whether people are to be told of a backup: true the first time. */
  tellOnce({ name }: StoredBackup): boolean {
    const known = this.#known.get(name);
    if (known === undefined || known.told === true) return false;
    known.told = true;
    return true;
  }

  /** Forgets all backups but those that the store still lists. */
  retain(listed: readonly StoredBackup[]): void {
    const names = new Set(listed.map(({ name }) => name));
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
  }
}
