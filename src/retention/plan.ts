import type { Store, StoredBackup } from "../store/contract/store.ts";
import { type ArchiveJudgeOptions, archiveJudge } from "./archive-judge.ts";
import { type Decided, decidePruning, type JudgedBackup, type RetentionPolicy } from "./decide.ts";
import { findObstacle, type Obstacle } from "./guard.ts";
import type { Judge } from "./judgment.ts";
import type { Decision } from "./keep.ts";
import { lookAtAll } from "./look-at-all.ts";

/** A reason not to remove some backups. */
export interface HeldBack extends Obstacle {
  /** The names of the backups. */
  names: string[];
}

/** Which backups of a store to remove. */
export interface PruningPlan {
  /** One decision per backup, oldest first. */
  decisions: Decision<StoredBackup>[];
  /** Which of the removals a guard speaks against. */
  heldBack: HeldBack[];
}

/** Options of {@link planPruning}. */
export interface PlanOptions {
  policy: RetentionPolicy;
  now: Date;
  /** The backups, in any order. */
  backups: readonly StoredBackup[];
  judge: Judge;
}

/** Plans the pruning of a store. Removes nothing. */
export async function planPruningOf(
  { policy, now, ...options }: Pick<PlanOptions, "policy" | "now"> & ArchiveJudgeOptions,
  signal: AbortSignal,
): Promise<PruningPlan> {
  const { store, known }: { store: Store; known: ArchiveJudgeOptions["known"] } = options;
  const backups = await Array.fromAsync(store.list({}, signal));
  known.retain(backups);
  return await planPruning({ policy, now, backups, judge: archiveJudge(options) }, signal);
}

/**
 * Plans the pruning of the given backups. Where something is to be removed, every byte of what justifies that is checked
 * first; a backup that fails the check counts no more, and the plan is made anew. Where nothing is, nothing is read.
 */
export async function planPruning(
  { policy, now, backups, judge }: PlanOptions,
  signal: AbortSignal,
): Promise<PruningPlan> {
  const most = decidePruning(
    backups.map((backup) => ({ backup, judgment: { state: "valid", cluster: "", objects: 0 } })),
    policy,
    now,
  );
  const named = policy.cluster !== undefined || policy.removeDamaged === true;
  if (most.removals.length === 0 && !named) {
    return { decisions: most.decisions, heldBack: [] };
  }
  const judged = await lookAtAll(backups, { judge, now }, signal);
  const checked = new Set<string>();
  for (;;) {
    const decided = decidePruning([...judged.values()], policy, now);
    const next = decided.removals
      .flatMap(({ justifying }) => justifying)
      .find(({ name }) => !checked.has(name));
    if (next === undefined) {
      return { decisions: decided.decisions, heldBack: heldBack(decided, { judged, most }) };
    }
    const judgment = await judge.check(next, signal);
    checked.add(next.name);
    if (judgment === undefined) judged.delete(next.name);
    else judged.set(next.name, { backup: next, judgment });
  }
}

/** Finds the removals that a guard speaks against: the judged backups of one cluster, or all where none can be read. */
function heldBack(
  { decisions, removals }: Decided,
  { judged, most }: { judged: ReadonlyMap<string, JudgedBackup>; most: Decided },
): HeldBack[] {
  const found: HeldBack[] = [];
  if (![...judged.values()].some(({ judgment }) => judgment.state === "valid")) {
    const obstacle = findObstacle(undefined, undefined);
    const names = decisions.filter(({ keep }) => !keep).map(({ backup }) => backup.name);
    if (obstacle !== undefined && (names.length > 0 || most.removals.length > 0))
      found.push({ ...obstacle, names });
  }
  for (const { newest, largest, removed } of removals) {
    const obstacle = newest === undefined ? undefined : findObstacle(newest, largest);
    if (obstacle !== undefined) found.push({ ...obstacle, names: removed.map(({ name }) => name) });
  }
  return found;
}
