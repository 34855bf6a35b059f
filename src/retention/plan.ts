import { type Inspection, inspectBackup } from "../catalog/inspect-backup.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { findObstacle, type Obstacle, type ValidBackup } from "./guard.ts";
import { type Decision, decideKeeping } from "./keep.ts";
import type { KeepRules } from "./rules.ts";

/** What is to become of the backups in a store. */
export interface PruningPlan {
  /** One for each backup, the oldest first. */
  decisions: Decision<StoredBackup>[];
  /** What speaks against removing any; only where some would be removed. */
  obstacle: Obstacle | undefined;
}

/** Options of {@link planPruning}. */
export interface PlanOptions {
  rules: KeepRules;
  now: Date;
  /** The backups, in any order. */
  backups: readonly StoredBackup[];
  /** Looks into a backup; undefined where it is gone meanwhile. */
  inspect: (name: string) => Promise<Inspection | undefined>;
}

/** Plans the pruning of a store. Removes nothing. */
export async function planPruningOf(
  store: Store,
  { rules, now }: Pick<PlanOptions, "rules" | "now">,
  signal: AbortSignal,
): Promise<PruningPlan> {
  const backups = await Array.fromAsync(store.list({}, signal));
  return await planPruning({ rules, now, backups, inspect: (name) => inspectBackup(store, name, signal) });
}

/** Plans the pruning of these backups; looks into as few as it takes to find two that can be read. */
export async function planPruning({ rules, now, backups, inspect }: PlanOptions): Promise<PruningPlan> {
  const past = backups.filter(({ time }) => time <= now);
  const [newest, before] = await newestValid(past, inspect);
  const decisions = decideKeeping(backups, rules, { now, newestValid: newest?.name });
  const removesSome = decisions.some(({ keep }) => !keep);
  return { decisions, obstacle: removesSome ? findObstacle(newest, before) : undefined };
}

/** The two newest that can be read, the newest first. */
async function newestValid(
  backups: readonly StoredBackup[],
  inspect: PlanOptions["inspect"],
): Promise<ValidBackup[]> {
  const valid: ValidBackup[] = [];
  for (const { name } of backups.toSorted((a, b) => b.time.getTime() - a.time.getTime())) {
    const inspection = await inspect(name);
    if (inspection?.state !== "valid") continue;
    const objects = Object.values(inspection.manifest.counts).reduce((sum, count) => sum + count, 0);
    if (valid.push({ name, objects }) === 2) break;
  }
  return valid;
}
