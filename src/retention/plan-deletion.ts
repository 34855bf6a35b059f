import { findLineages } from "../catalog/lineages.ts";
import type { StoredBackup } from "../store/contract/store.ts";
import { fullClusterTitle } from "../words/cluster-title.ts";
import { type Decided, decidePruning, type JudgedBackup, type RetentionPolicy } from "./decide.ts";
import { objectionsTo } from "./deletion-guard.ts";
import { findObstacle, type ValidBackup } from "./guard.ts";
import type { Judge, Judgment } from "./judgment.ts";
import { type TagSource, tagReasons } from "./keep-tags.ts";
import { lookAtAll } from "./look-at-all.ts";
import { NEWEST_VALID } from "./reasons.ts";

/** A backup that somebody wants deleted. */
export interface PlannedDeletion {
  backup: StoredBackup;
  judgment: Judgment;
  /** What speaks against it, each a clause; none where it may go. */
  objections: string[];
}

/** A backup that nothing goes by: it was removed, and its versions are still there, or nobody vouches for it. */
export interface ApartBackup extends JudgedBackup {
  /** What speaks against its deletion by itself, each a clause. */
  reasons: readonly string[];
}

/** Options of {@link planDeletion}. */
export interface DeletionOptions {
  names: ReadonlySet<string>;
  /** All backups that count, in any order. */
  backups: readonly StoredBackup[];
  /** Those of the named that are not among them, and count for nothing. */
  apart?: readonly ApartBackup[] | undefined;
  judge: Judge;
  tags: TagSource;
  policy: Pick<RetentionPolicy, "minAge" | "acceptSmaller">;
  now: Date;
}

/**
 * Plans the deletion of named backups. Deletes nothing. What no rule of retention could have removed is objected to; every
 * byte of what would be left as the newest valid backup is checked, and of what is kept for being that.
 *
 * @returns those of the named that are there, oldest first.
 */
export async function planDeletion(
  { names, backups, apart = [], judge, tags, policy: { minAge, acceptSmaller }, now }: DeletionOptions,
  signal: AbortSignal,
): Promise<PlannedDeletion[]> {
  // Without rules, what stays is what always stays.
  const policy = { rules: {}, minAge, acceptSmaller };
  const named = backups.filter(({ name }) => names.has(name));
  const all = [...named, ...apart.map(({ backup }) => backup)];
  const later = await tags.laterOf(all, await tags.tagged(signal), signal);
  const tagsOf = async (backup: StoredBackup, { state }: Judgment) => {
    // What is damaged, or was not looked at, cannot say which tags it was given.
    const isUnread = state !== "valid" && names.has(backup.name);
    const given = isUnread ? await tags.givenByNote(backup, signal) : [];
    return [...given, ...(later.get(backup.name) ?? [])];
  };
  const judged = await lookAtAll(backups, { judge, now, tagsOf }, signal);
  const checked = new Set<string>();
  for (;;) {
    const decided = decidePruning([...judged.values()], policy, now);
    const next = toCheck(decided, { names, judged }).find(({ name }) => !checked.has(name));
    if (next === undefined) {
      const kept = apart.map((each) => {
        const given = each.judgment.state === "valid" ? (each.judgment.tags ?? []) : [];
        const byTags = tagReasons([...given, ...(later.get(each.backup.name) ?? [])]);
        return { ...each, reasons: [...each.reasons, ...byTags] };
      });
      return planned(decided, { names, judged, apart: kept, acceptSmaller });
    }
    const judgment = await judge.check(next, signal);
    checked.add(next.name);
    if (judgment === undefined) judged.delete(next.name);
    else judged.set(next.name, { backup: next, judgment, tags: await tagsOf(next, judgment) });
  }
}

interface Known {
  names: ReadonlySet<string>;
  judged: ReadonlyMap<string, JudgedBackup>;
}

/** The backups on whose bytes the plan depends. */
function toCheck({ decisions, removals }: Decided, { names, judged }: Known): StoredBackup[] {
  const concerned = removals.filter(({ removed }) => removed.some(({ name }) => names.has(name)));
  const kept = decisions.filter(
    ({ keep, backup: { name } }) => keep && names.has(name) && judged.get(name)?.judgment.state === "valid",
  );
  return [
    ...concerned.flatMap(({ justifying }) => justifying),
    // What comes from the future was not looked at, and is not valid here.
    ...kept.map(({ backup }) => backup),
  ];
}

function planned(
  { decisions, removals }: Decided,
  {
    names,
    judged,
    apart,
    acceptSmaller,
  }: Known & { apart: readonly ApartBackup[] } & Pick<RetentionPolicy, "acceptSmaller">,
): PlannedDeletion[] {
  const leavesValid = validLeft([...judged.values()], names);
  const isAnyValid = [...judged.values()].some(({ judgment }) => judgment.state === "valid");
  const obstacle = isAnyValid ? undefined : findObstacle(undefined, undefined);
  const plan = (
    { backup, judgment }: JudgedBackup,
    reasons: readonly string[],
    newest?: ValidBackup,
  ): PlannedDeletion => {
    const isCompared = acceptSmaller === undefined || backup.name >= acceptSmaller;
    const isValid = judgment.state === "valid";
    const itself = isValid ? { name: backup.name, objects: judgment.objects } : undefined;
    const objections = objectionsTo({
      reasons,
      cluster: isValid ? fullClusterTitle({ id: judgment.cluster, name: judgment.name }) : undefined,
      leavesValid: leavesValid(judgment),
      compared: itself && newest && isCompared ? { itself, newest } : undefined,
    });
    return { backup, judgment, objections: obstacle ? [obstacle.reason, ...objections] : objections };
  };
  const found = decisions.flatMap(({ backup, keep, reasons }): PlannedDeletion[] => {
    const each = judged.get(backup.name);
    if (each === undefined || !names.has(backup.name)) return [];
    const newest = removals.find(({ removed }) => removed.includes(backup))?.newest;
    return [plan(each, keep ? reasons : [], newest)];
  });
  // It may be all that is left of a cluster.
  const others = apart.map((each) =>
    plan(each, leavesValid(each.judgment) ? each.reasons : [...each.reasons, NEWEST_VALID]),
  );
  return [...found, ...others].sort((a, b) => a.backup.time.getTime() - b.backup.time.getTime());
}

/** Whether a valid backup of a backup's lineage is left without those that are named. */
function validLeft(
  judged: readonly JudgedBackup[],
  names: ReadonlySet<string>,
): (judgment: Judgment) => boolean {
  const valid = judged.flatMap(({ backup: { name, time }, judgment }) =>
    judgment.state === "valid" ? [{ name, time, cluster: judgment.cluster, parent: judgment.parent }] : [],
  );
  const lineages = findLineages(valid);
  const left = new Set(
    valid.filter(({ name }) => !names.has(name)).map(({ cluster }) => lineages.of(cluster)),
  );
  return (judgment) => judgment.state !== "valid" || left.has(lineages.of(judgment.cluster));
}
