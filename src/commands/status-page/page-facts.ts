import type { Coverage } from "../../change-log/replay/coverage.ts";
import { coveredRanges } from "../../change-log/replay/covered-ranges.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { SettingsWith } from "../../settings/settings.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import { gatherStatus, type Status } from "../status/gather-status.ts";

/** Rounds that the page shows, the latest. */
export const MOST_ROUNDS = 96;

/** What the page is made of: all that `status` shows, and what lies in the store. */
export interface PageFacts {
  status: Status;
  /** The latest backups in the store, the latest last. */
  rounds: readonly Pick<StoredBackup, "time" | "size">[];
  coverage: Coverage;
  /** When the store was read. */
  readAt: Date;
}

/** Options of {@link readPageFacts}. */
export interface PageFactsOptions {
  settings: SettingsWith<"frequencyMinutes" | "maxRestoreAgeMinutes">;
  client: ApiClient;
  store: Store;
  now: () => Date;
}

/**
 * Asks the cluster and the store for all that the page shows, by the requests of `status` and a few listings.
 *
 * @throws {OperatorError} where one of them does not answer.
 */
export async function readPageFacts(options: PageFactsOptions, signal: AbortSignal): Promise<PageFacts> {
  const { settings, store, now } = options;
  const readAt = now();
  const from = new Date(readAt.getTime() - MOST_ROUNDS * settings.frequencyMinutes * 60_000);
  const [status, rounds, coverage] = await Promise.all([
    gatherStatus({ ...options, second: undefined }, signal),
    Array.fromAsync(store.list({ from }, signal)),
    coveredRanges({ store, now: readAt }, signal),
  ]);
  return { status, rounds: rounds.slice(-MOST_ROUNDS), coverage, readAt };
}
