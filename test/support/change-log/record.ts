/** The recorder of the change log without the program around it, and what takes the backups that it follows. */

import { takeBackup } from "../../../src/backup/take-backup.ts";
import { followBackup } from "../../../src/change-log/recording/follow-backup.ts";
import { ChangeRecorder, type ChangeRecorderOptions } from "../../../src/change-log/recording/recorder.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { NEVER } from "../samples/sample-archive.ts";

/** What is recorded, and how it differs from what the program does. */
export interface RecordOptions
  extends Partial<
    Pick<ChangeRecorderOptions, "flushEvery" | "maxPendingBytes" | "prove" | "confirm" | "now">
  > {
  client: ApiClient;
  store: Store;
  /** Whether a backup is taken where the recorder needs one, as the loop does. */
  backsUp?: boolean;
}

/** A recorder at work. */
export interface Recording {
  readonly recorder: ChangeRecorder;
  /** The lines of the log, JSON. */
  text(): string;
  /** Takes a backup, which the recorder follows. */
  back(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** Starts a recorder that flushes every second; it records after the first backup. */
export async function startRecording({
  client,
  store,
  backsUp = false,
  ...more
}: RecordOptions): Promise<Recording> {
  const lines: string[] = [];
  const now = more.now ?? (() => new Date());
  const stream = { write: (line: string) => void lines.push(line) };
  const log = await createLog({ stream, readable: false, colors: false, debug: false, now });
  const stopped = new AbortController();
  let backing: Promise<unknown> = Promise.resolve();
  const program = { version: "0.0.0", commit: "0000000" };
  const back = async () => {
    const taken = backing.then(() =>
      follow((observer) => takeBackup({ client, store, program, observer, now, log }, NEVER), NEVER),
    );
    backing = taken.catch(() => {});
    await taken;
  };
  // A backup that fails is tried again, as the loop does.
  const backAgain = async () => {
    while (!stopped.signal.aborted && (await back().catch(() => "failed")) === "failed")
      await new Promise((resolve) => setTimeout(resolve, 500));
  };
  const recorder = new ChangeRecorder({
    ...{ client, segments: store.segments, clusterName: undefined, random: Math.random, log },
    ...{ flushEvery: 1_000, maxPendingBytes: 64e6, onNeedsBackup: () => void (backsUp && backAgain()) },
    ...more,
    now,
  });
  const follow = followBackup(recorder, now);
  const running = recorder.run(stopped.signal).catch(() => {});
  return {
    recorder,
    text: () => lines.join(""),
    back,
    stop: async () => {
      stopped.abort();
      await running;
      await backing;
      await recorder.finish(AbortSignal.timeout(3_000));
    },
  };
}
