import type { Manifest } from "../archive/format/manifest.ts";
import { resourceName } from "../kubernetes/resource.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { someNames } from "../words/some-names.ts";
import { chooseLatest, type LatestCandidate, startOfChoice } from "./choose-latest.ts";
import { intervalOf } from "./freshness.ts";
import { inspectBackups } from "./inspect-backup.ts";
import { findLineages, type Lineages } from "./lineages.ts";
import { selectBackups } from "./select-backups.ts";

/** A backup whose manifest can be read. */
interface Readable {
  backup: Pick<StoredBackup, "name" | "time">;
  manifest: Manifest;
}

/** Options of {@link findMoreComplete}. */
interface MoreCompleteOptions {
  store: Store;
  /** Only backups of this time or later. */
  from?: Date | undefined;
  /** Names of backups that do not count. */
  except: ReadonlySet<string>;
  /** Whether only encrypted backups count. */
  encryptedOnly?: boolean | undefined;
  log: Log;
}

/**
 * The name of the backup that goes before the newest since that lacks what this one holds; undefined where none does.
 * Says so in the log. Asks the store nothing where the newest lacks nothing.
 *
 * @param newest the newest backup that can be read.
 */
export async function findMoreComplete(
  newest: Readable,
  { store, from, except, encryptedOnly = false, log }: MoreCompleteOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { name, time } = newest.backup;
  if (newest.manifest.missing.length === 0) return undefined;
  const until = new Date(time.getTime() - 1000);
  const interval = intervalOf(newest.manifest);
  const previous = interval === undefined ? (await store.newest({ until }, signal))?.time : undefined;
  const start = startOfChoice(time, { interval, previous });
  const since = from !== undefined && from > start ? from : start;
  const found: Readable[] = [newest];
  for await (const { backup, inspection } of inspectBackups(
    store,
    selectBackups(store, { from: since, until }, signal),
    signal,
  )) {
    if (inspection.state !== "valid" || except.has(backup.name)) continue;
    if (encryptedOnly && backup.form !== "zip.age") continue;
    found.push({ backup, manifest: inspection.manifest });
  }
  // A cluster that was restored from another's backup goes on in its place: both are one lineage.
  const lineages = findLineages(
    found.map(({ backup, manifest: { cluster, parent } }) => ({
      cluster: cluster.id,
      time: backup.time,
      parent,
    })),
  );
  const [candidate, ...older] = found.map((each) => candidateOf(each, lineages));
  if (candidate === undefined) return undefined;
  const chosen = chooseLatest(candidate, older);
  if (chosen === candidate) return undefined;
  const { missing } = candidate;
  const lacks = someNames(missing.filter((resource) => !chosen.missing.includes(resource)));
  log.warn(
    { backup: name, missing },
    `${chosen.name} goes before the newer ${name}, in which ${lacks} could not be read`,
  );
  return chosen.name;
}

function candidateOf(
  { backup: { name, time }, manifest: { cluster, missing, resources, scope } }: Readable,
  lineages: Lineages,
): LatestCandidate {
  return {
    name,
    time,
    lineage: lineages.of(cluster.id),
    missing: [...new Set(missing.map(({ resource }) => resource))],
    resources: resources.map(resourceName),
    scope: scope === undefined ? "" : JSON.stringify([scope.includeNamespaces, scope.excludeNamespaces]),
  };
}
