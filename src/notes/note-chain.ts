import { createHash } from "node:crypto";
import type { Store } from "../store/contract/store.ts";
import { readNote } from "./read-note.ts";

/** How many of the newest backups are looked at for the last of a cluster: others may write into the same place. */
const LOOKED_AT = 10;

/** The last note of a cluster. */
interface Link {
  backup: string;
  counter: number;
  sha256: string;
}

/**
 * The chain of a cluster's notes: each names the one before, and has a greater number. A process that has written one knows
 * it, whatever the store shows.
 */
export class NoteChain {
  #last: Link | undefined;

  /**
   * The counter and the note before, for the next note.
   *
   * @param store where the last one is looked for.
   */
  async next(
    store: Pick<Store, "newest" | "beside">,
    { cluster, until }: { cluster: string; until: Date },
    signal: AbortSignal,
  ): Promise<{ counter: number; previous: string | undefined }> {
    const last = this.#last ?? (await lastOf(store, { cluster, until }, signal));
    return { counter: (last?.counter ?? 0) + 1, previous: last?.sha256 };
  }

  /** The backup that this process has stored last; undefined before the first. */
  get last(): string | undefined {
    return this.#last?.backup;
  }

  /** A note was stored with its backup. */
  add(backup: string, counter: number, bytes: Uint8Array): void {
    this.#last = { backup, counter, sha256: createHash("sha256").update(bytes).digest("hex") };
  }
}

async function lastOf(
  store: Pick<Store, "newest" | "beside">,
  { cluster, until }: { cluster: string; until: Date },
  signal: AbortSignal,
): Promise<Link | undefined> {
  let before = until;
  for (let looked = 0; looked < LOOKED_AT; looked += 1) {
    const backup = await store.newest({ until: before }, signal);
    if (backup === undefined) return undefined;
    const reading = await readNote(store, backup.name, signal);
    if (reading.state === "read" && reading.note.cluster.id === cluster) {
      return { backup: backup.name, counter: reading.note.counter, sha256: reading.sha256 };
    }
    before = new Date(backup.time.getTime() - 1000);
  }
  return undefined;
}
