import { ArchiveBudget } from "../archive/archive-budget.ts";
import { totalObjects } from "../archive/format/counts.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import type { VerifyProgress } from "../archive/verify.ts";
import { type InspectOptions, inspectBackup } from "../catalog/inspect-backup.ts";
import { type Inspection, knownManifest } from "../catalog/inspection.ts";
import { resourceName } from "../kubernetes/resource.ts";
import { ReplacedError } from "../store/contract/replaced-error.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Judge, Judgment } from "./judgment.ts";
import type { KnownBackups } from "./known-backups.ts";

/** Options of {@link archiveJudge}. */
export interface ArchiveJudgeOptions {
  store: Store;
  known: KnownBackups;
  /** Called while an archive is read whole. */
  onProgress?: ((backup: StoredBackup, progress: VerifyProgress) => void) | undefined;
}

/** Judges backups by their archives: their manifests, or every byte. */
export function archiveJudge({ store, known, onProgress }: ArchiveJudgeOptions): Judge {
  const budget = new ArchiveBudget();
  const inspect = async (
    backup: StoredBackup,
    check: NonNullable<InspectOptions["check"]>,
    signal: AbortSignal,
  ): Promise<Judgment | undefined> => {
    const judgment = await judgmentOf(backup, () =>
      inspectBackup(store, backup.name, signal, {
        budget,
        etag: backup.etag,
        check,
        onProgress: (progress) => onProgress?.(backup, progress),
      }),
    );
    if (judgment !== undefined) known.set(backup, judgment, { checked: check === "every byte" });
    return judgment;
  };
  return {
    look: async (backup, signal) =>
      known.get(backup)?.judgment ?? (await inspect(backup, "manifest", signal)),
    check: async (backup, signal) => {
      const found = known.get(backup);
      return found?.checked === true ? found.judgment : await inspect(backup, "every byte", signal);
    },
  };
}

async function judgmentOf(
  { name }: StoredBackup,
  inspect: () => Promise<Inspection | undefined>,
): Promise<Judgment | undefined> {
  try {
    const inspection = await inspect();
    const manifest = knownManifest(inspection);
    if (manifest !== undefined) return judgmentOfManifest(manifest);
    return inspection?.state === "valid" ? undefined : inspection;
  } catch (error) {
    if (!(error instanceof ReplacedError)) throw error;
    return { state: "changed", reason: `${name} was replaced since it was listed` };
  }
}

/** What a valid backup says of itself. */
export function judgmentOfManifest({
  cluster,
  parent,
  missing,
  scope,
  counts,
  intervalSeconds,
  tags,
  resources,
}: Pick<
  Manifest,
  "cluster" | "parent" | "missing" | "scope" | "counts" | "intervalSeconds" | "tags" | "resources"
>): Judgment {
  return {
    ...{ state: "valid", cluster: cluster.id, name: cluster.name, parent },
    incomplete: missing.length > 0 || scope !== undefined,
    byHand: intervalSeconds === undefined,
    kinds: resources.map(resourceName),
    objects: totalObjects({ counts }),
    tags,
  };
}
