import type { Store, StoredBackup } from "../store/contract/store.ts";
import { type ArchiveJudgeOptions, archiveJudge } from "./archive-judge.ts";
import { type Decided, decidePruning, type JudgedBackup, type RetentionPolicy } from "./decide.ts";
import { findObstacle, type Obstacle } from "./guard.ts";
import type { Judge, Judgment } from "./judgment.ts";
import type { Decision } from "./keep.ts";
import { type TagSource, tagReasons } from "./keep-tags.ts";
import { planLog } from "./log/plan-log.ts";
import { lookAtAll } from "./look-at-all.ts";
import { byOwnClock } from "./own-clock.ts";
import { LOG } from "./reasons.ts";

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
  tags: TagSource;
  /** The names of the backups that the range of KEEP_LOG begins with; asked for only where something is to be removed. */
  neededByLog?: ((signal: AbortSignal) => Promise<ReadonlySet<string>>) | undefined;
}

/** Plans the pruning of a store. Removes nothing. */
export async function planPruningOf(
  { policy, now, tags, ...options }: Pick<PlanOptions, "policy" | "now" | "tags"> & ArchiveJudgeOptions,
  signal: AbortSignal,
): Promise<PruningPlan> {
  const { store, known }: { store: Store; known: ArchiveJudgeOptions["known"] } = options;
  const listed = await Array.fromAsync(store.list({}, signal));
  const backups = byOwnClock(listed, store.clockSkew());
  known.retain(backups);
  const { keepLog: keep, minAge, cluster } = policy;
  const neededByLog =
    keep === undefined || cluster !== undefined
      ? undefined
      : async (signal: AbortSignal) => (await planLog({ store, keep, minAge, backups, now }, signal)).needed;
  const judge = archiveJudge(options);
  return await planPruning({ policy, now, backups, tags, judge, neededByLog }, signal);
}

/**
 * Plans the pruning of the given backups. Where something is to be removed, every byte of what justifies that is checked
 * first; a backup that fails the check counts no more, and the plan is made anew. Where nothing is, nothing is read, and
 * where only tags stand against the removals, no archive.
 */
export async function planPruning(options: PlanOptions, signal: AbortSignal): Promise<PruningPlan> {
  const plan = await planByRules(options, signal);
  if (options.neededByLog === undefined || plan.decisions.every(({ keep }) => keep)) return plan;
  return keptByLog(plan, await options.neededByLog(signal));
}

/** What the range of KEEP_LOG begins with stays whatever the rules say. It takes no other's place. */
function keptByLog({ decisions, heldBack }: PruningPlan, needed: ReadonlySet<string>): PruningPlan {
  return {
    decisions: decisions.map((decision) =>
      needed.has(decision.backup.name)
        ? { ...decision, keep: true, reasons: [...(decision.keep ? decision.reasons : []), LOG] }
        : decision,
    ),
    heldBack: heldBack
      .map((each) => ({ ...each, names: each.names.filter((name) => !needed.has(name)) }))
      .filter(({ names }) => names.length > 0),
  };
}

async function planByRules(options: PlanOptions, signal: AbortSignal): Promise<PruningPlan> {
  const { policy, now, backups, judge } = options;
  const unread = backups.map((backup) => ({ backup, judgment: UNREAD }));
  const most = decidePruning(unread, policy, now);
  const named = policy.cluster !== undefined || policy.removeDamaged === true;
  if (most.removals.length === 0 && !named) {
    return { decisions: most.decisions, heldBack: [] };
  }
  const tagged = await options.tags.tagged(signal);
  const later = await options.tags.laterOf(backups, tagged, signal);
  if (!named) {
    const decisions = await keptByTagsAlone(options, { later, most }, signal);
    if (decisions !== undefined) return { decisions, heldBack: [] };
  }
  const tagsOf = async (backup: StoredBackup, { state }: Judgment) => {
    // A damaged archive cannot say which tags it was given.
    const isDoomed = state === "damaged" && policy.removeDamaged === true;
    const given = isDoomed ? await options.tags.givenByNote(backup, signal) : [];
    return [...given, ...(later.get(backup.name) ?? [])];
  };
  const judged = await lookAtAll(backups, { judge, now, tagsOf }, signal);
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
    else judged.set(next.name, { backup: next, judgment, tags: await tagsOf(next, judgment) });
  }
}

/** What stands for a backup that nobody has looked at: nothing more would be removed if all were known. */
const UNREAD: Judgment = { state: "valid", cluster: "", objects: 0 };

/**
 * The decisions where tags keep all that would be removed without them, as notes tell; undefined where something is to go.
 * They are asked from the newest on, since what tags keep is mostly the oldest; the first that no tag keeps ends the
 * search.
 */
async function keptByTagsAlone(
  { policy, now, backups, tags }: PlanOptions,
  { later, most }: { later: ReadonlyMap<string, readonly string[]>; most: Decided },
  signal: AbortSignal,
): Promise<Decision<StoredBackup>[] | undefined> {
  const known = new Map(later);
  for (const backup of most.removals.flatMap(({ removed }) => removed)) {
    const { name } = backup;
    if (tagReasons(known.get(name) ?? [], policy.keepTags).length > 0) continue;
    const given = await tags.givenByNote(backup, signal);
    if (tagReasons(given, policy.keepTags).length === 0) return undefined;
    known.set(name, [...(known.get(name) ?? []), ...given]);
  }
  const unread = backups.map((backup) => ({ backup, judgment: UNREAD, tags: known.get(backup.name) }));
  const { decisions, removals } = decidePruning(unread, policy, now);
  return removals.length === 0 ? decisions : undefined;
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
