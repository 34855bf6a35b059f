import { type Inspection, inspectBackup } from "../catalog/inspect-backup.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { findObstacle, type Obstacle, type ValidBackup } from "./guard.ts";
import { type Decision, decideKeeping } from "./keep.ts";
import type { KeepRules } from "./rules.ts";

/** Which backups of a store to remove. */
export interface PruningPlan {
  /** One decision per backup, oldest first. */
  decisions: Decision<StoredBackup>[];
  /** The reason not to prune; undefined if the rules remove no backup. */
  obstacle: Obstacle | undefined;
}

/** Options of {@link planPruning}. */
export interface PlanOptions {
  rules: KeepRules;
  now: Date;
  /** The backups, in any order. */
  backups: readonly StoredBackup[];
  /** Inspects a backup; undefined if the backup was removed in the meantime. */
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

/** Plans the pruning of the given backups. Inspects backups only until two valid backups are found. */
export async function planPruning({ rules, now, backups, inspect }: PlanOptions): Promise<PruningPlan> {
  const past = backups.filter(({ time }) => time <= now);
  const [newest, before] = await newestValid(past, inspect);
  const decisions = decideKeeping(backups, rules, { now, newestValid: newest?.name });
  const removesSome = decisions.some(({ keep }) => !keep);
  return { decisions, obstacle: removesSome ? findObstacle(newest, before) : undefined };
}

/** Returns the two newest valid backups, newest first. */
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
