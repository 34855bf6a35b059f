import { openNewestBackup } from "../../catalog/open-backup.ts";
import { LATEST } from "../../command-line/backup-word.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { resourcesByName } from "../../selection/resources-by-name.ts";
import { readSettings } from "../../settings/settings.ts";
import type { Store } from "../../store/contract/store.ts";
import { formatAge } from "../../terminal/duration.ts";
import { createLog, type Log } from "../../terminal/log/log.ts";
import type { Candidate } from "./candidate.ts";

/** The maximum number of backups: about one screen. */
const MAX_BACKUPS = 20;
const DAY = 86_400_000;
/**
 * Periods in days to list, in turn, until enough backups are found. A store lists backups from a point in time
 * onward.
 */
const LISTING_DAYS = [1, 14, 400];

/** Options of {@link backupCandidates} and {@link manifestCandidates}. */
export interface StoreCandidatesOptions {
  environment: Record<string, string | undefined>;
  /** The values of the flags, by flag name. */
  flags: Readonly<Record<string, string>>;
  now: () => Date;
}

/** Names of the newest backups, newest first, and `latest`. */
export async function backupCandidates(
  options: StoreCandidatesOptions,
  signal: AbortSignal,
): Promise<Candidate[]> {
  return await withStore(options, async (store) => {
    const newest = await store.newest({}, signal);
    if (newest === undefined) return [];
    let found = [newest];
    for (const days of LISTING_DAYS) {
      const from = new Date(newest.time.getTime() - days * DAY);
      found = await Array.fromAsync(store.list({ from }, signal));
      if (found.length >= MAX_BACKUPS) break;
    }
    const now = options.now().getTime();
    return [
      { value: LATEST, describe: newest.name },
      ...found
        .toReversed()
        .slice(0, MAX_BACKUPS)
        .map(({ name, time }) => ({ value: name, describe: formatAge(now - time.getTime()) })),
    ];
  });
}

/** Kinds or namespaces of the newest backup, from its manifest. */
export async function manifestCandidates(
  what: "kinds" | "namespaces",
  options: StoreCandidatesOptions,
  signal: AbortSignal,
): Promise<Candidate[]> {
  return await withStore(options, async (store, log) => {
    const { archive, close } = await openNewestBackup({ store, log, check: "manifest" }, signal);
    try {
      const { resources, files } = archive.manifest;
      if (what === "namespaces") {
        const namespaces = files.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace]));
        return [...new Set(namespaces)].sort().map((value) => ({ value }));
      }
      const titles = kindTitles(resources);
      return resources.map((resource) => ({
        // A name that two API groups have means the first.
        value:
          resourcesByName(resources, resource.resource)[0] === resource
            ? resource.resource
            : resourceName(resource),
        describe: titles.get(resourceName(resource)) ?? resource.kind,
      }));
    } finally {
      await close();
    }
  });
}

async function withStore<T>(
  { environment, flags, now }: StoreCandidatesOptions,
  work: (store: Store, log: Log) => Promise<T>,
): Promise<T> {
  const settings = readSettings({ environment, flags, needs: ["s3target"] });
  const silent = { stream: { write: () => {} }, readable: false, colors: false, debug: false, now };
  const log = await createLog(silent);
  const store = await openConfiguredStore({ settings, log, now, seesAll: true });
  try {
    return await work(store, log);
  } finally {
    await store.close();
  }
}
