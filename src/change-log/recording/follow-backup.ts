import type { ArchiveObject } from "../../archive/writer.ts";
import type { BackupObserver, EndedCapture, PinnedCapture } from "../../backup/backup-observer.ts";
import { digestEntry, type PinnedBase } from "./base.ts";
import type { ChangeRecorder } from "./recorder.ts";

/** Takes a backup that is followed; the work is handed who follows. */
export type FollowBackup = <T>(
  take: (observer: BackupObserver) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

/** Follows backups for a recorder: tells it of the resource version at once, and of the objects in the end. */
export function followBackup(recorder: ChangeRecorder, now: () => Date): FollowBackup {
  return async (take, signal) => {
    const follower = new Follower(recorder, now, signal);
    try {
      const taken = await take(follower);
      await follower.stored();
      return taken;
    } catch (error) {
      await recorder.failed();
      throw error;
    }
  };
}

class Follower implements BackupObserver {
  readonly #recorder: ChangeRecorder;
  readonly #now: () => Date;
  readonly #signal: AbortSignal;
  #digests = new Map<string, string>();
  #base: PinnedBase | undefined;
  #ended: EndedCapture | undefined;

  constructor(recorder: ChangeRecorder, now: () => Date, signal: AbortSignal) {
    this.#recorder = recorder;
    this.#now = now;
    this.#signal = signal;
  }

  begins(): void {
    this.#digests = new Map();
    this.#base = undefined;
    this.#ended = undefined;
  }

  pinned(backup: string, begun: Date, capture: PinnedCapture): void {
    this.#base = { backup, begun, settled: this.#now(), ...capture };
    this.#recorder.pinned(this.#base, this.#signal);
  }

  added(object: ArchiveObject): void {
    this.#digests.set(...digestEntry(object));
  }

  captured(ended: EndedCapture): void {
    this.#ended = ended;
  }

  async stored(): Promise<void> {
    if (this.#base === undefined || this.#ended === undefined) return;
    await this.#recorder.backedUp({ ...this.#base, ...this.#ended, digests: this.#digests }, this.#signal);
  }
}
