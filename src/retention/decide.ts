/** Decides which backups of a store to remove, without I/O: each lineage's apart, by the rules and by a minimum age. */

import { findLineages } from "../catalog/lineages.ts";
import type { StoredBackup } from "../store/contract/store.ts";
import { formatDuration } from "../terminal/duration.ts";
import type { CalendarLength } from "../time/calendar-length.ts";
import type { ValidBackup } from "./guard.ts";
import type { Judgment } from "./judgment.ts";
import { type Decision, decideKeeping } from "./keep.ts";
import { isTagReason, tagReasons } from "./keep-tags.ts";
import {
  FROM_FUTURE,
  NEWEST_COMPLETE,
  NEWEST_VALID,
  OTHER_CLUSTER,
  STORED_WITHIN,
  UNDER_RESTORE,
} from "./reasons.ts";
import type { KeepRules } from "./rules.ts";
import { isWhole } from "./whole.ts";

/** A backup and what is known of it. */
export interface JudgedBackup {
  backup: StoredBackup;
  judgment: Judgment;
  /** Its tags, as far as its judgment does not have them: those that were set later. */
  tags?: readonly string[] | undefined;
}

/** What is to be kept. */
export interface RetentionPolicy {
  rules: KeepRules;
  /** Tags whose backups stay besides, as those with the tag `keep` always do; none by default. */
  keepTags?: readonly string[] | undefined;
  /**
   * For how long, in milliseconds, what was the newest backup may be under restore and stays, and what has come into the
   * store takes no other's place. 0 for neither.
   */
  minAge: number;
  /** KEEP_LOG: how far back any moment of the change log can be read; as far as backups go by default. */
  keepLog?: CalendarLength | undefined;
  /** Whether a person wants damaged backups to be removed. */
  removeDamaged?: boolean | undefined;
  /** Only backups that this cluster made, by name or uid, are removed; and of these the newest too. */
  cluster?: string | undefined;
  /** Name of a backup: somebody has acknowledged that from it on backups hold fewer objects than before. */
  acceptSmaller?: string | undefined;
}

/** A valid backup and what it says of itself. */
interface Valid {
  backup: StoredBackup;
  judgment: Judgment & { state: "valid" };
  /** Why it stays by its tags. */
  byTags: readonly string[];
}

/** The backups of one lineage of clusters of which some are to be removed. */
interface LineageRemoval {
  removed: StoredBackup[];
  /** The newest valid backup, and the one that holds the most objects of those that nobody has acknowledged. */
  newest: ValidBackup | undefined;
  largest: ValidBackup | undefined;
  /** The backups without which others would stay, newest first. */
  justifying: StoredBackup[];
}

/** The decisions, and what they rest upon. */
export interface Decided {
  /** One decision per backup, oldest first. */
  decisions: Decision<StoredBackup>[];
  /** Only of lineages of which some are removed. */
  removals: LineageRemoval[];
}

/**
 * Decides for each backup whether it stays.
 *
 * Backups that are damaged, of a newer format or from the future stay and count for no rule. To take a backup out of what
 * counts never has another one removed that would have stayed with it, and neither does dividing the backups by lineage:
 * a plan that takes all for valid and of one cluster removes everything that any other plan would.
 */
export function decidePruning(backups: readonly JudgedBackup[], policy: RetentionPolicy, now: Date): Decided {
  const valid: Valid[] = [];
  const decisions: Decision<StoredBackup>[] = [];
  for (const { backup, judgment, tags = [] } of backups) {
    const given = judgment.state === "valid" ? (judgment.tags ?? []) : [];
    const byTags = tagReasons([...given, ...tags], policy.keepTags);
    if (backup.time > now) decisions.push(keep(backup, FROM_FUTURE, ...byTags));
    else if (judgment.state !== "valid")
      decisions.push(decideUnreadable(backup, judgment.state, { policy, byTags, now }));
    else valid.push({ backup, judgment, byTags });
  }
  const removals: LineageRemoval[] = [];
  for (const lineage of byLineage(valid)) {
    const newestFirst = lineage.toSorted((a, b) => b.backup.time.getTime() - a.backup.time.getTime());
    const byTags = new Map(newestFirst.map((each) => [each.backup.name, each.byTags]));
    const decided = decideLineage(newestFirst, policy, now).map((decision) =>
      keptByTags(decision, byTags.get(decision.backup.name) ?? []),
    );
    decisions.push(...decided);
    const removed = decided.filter((each) => !each.keep).map(({ backup }) => backup);
    if (removed.length === 0) continue;
    const { newest, largest } = comparedOf(newestFirst, policy);
    removals.push({
      removed,
      newest,
      largest,
      justifying: justifying(decided, { removed, compared: [newest?.name, largest?.name] }),
    });
  }
  decisions.sort((a, b) => a.backup.time.getTime() - b.backup.time.getTime());
  return { decisions, removals };
}

/** What a tag keeps stays whatever the rules say. It counts for them as without the tag, and takes no other's place. */
function keptByTags(decision: Decision<StoredBackup>, byTags: readonly string[]): Decision<StoredBackup> {
  if (byTags.length === 0) return decision;
  return { ...decision, keep: true, reasons: [...(decision.keep ? decision.reasons : []), ...byTags] };
}

function byLineage(valid: readonly Valid[]): Valid[][] {
  const lineages = findLineages(
    valid.map(({ backup: { time }, judgment: { cluster, parent } }) => ({ cluster, time, parent })),
  );
  return [...Map.groupBy(valid, ({ judgment }) => lineages.of(judgment.cluster)).values()];
}

/** What the guard compares. Of a cluster that somebody names, no loss is looked for. */
function comparedOf(
  newestFirst: readonly Valid[],
  { cluster, acceptSmaller }: RetentionPolicy,
): { newest: ValidBackup | undefined; largest: ValidBackup | undefined } {
  if (cluster !== undefined) return { newest: undefined, largest: undefined };
  const [newest, ...older] = newestFirst.map(
    ({ backup: { name }, judgment: { objects } }): ValidBackup => ({ name, objects }),
  );
  // Names sort by time.
  const compared = older.filter(({ name }) => acceptSmaller === undefined || name >= acceptSmaller);
  const largest = compared.reduce<ValidBackup | undefined>(
    (most, each) => (most === undefined || each.objects > most.objects ? each : most),
    undefined,
  );
  return { newest, largest };
}

/** @param newestFirst the valid backups of one lineage. */
function decideLineage(
  newestFirst: readonly Valid[],
  policy: RetentionPolicy,
  now: Date,
): Decision<StoredBackup>[] {
  const { cluster } = policy;
  if (cluster === undefined) return decideByRules(newestFirst, policy, now);
  const isMeant = ({ judgment }: Valid) => judgment.cluster === cluster || judgment.name === cluster;
  const counted = decideKeeping(
    newestFirst.filter(isMeant).map(({ backup }) => backup),
    policy.rules,
    { now, newestValid: undefined },
  );
  const decisions = new Map(counted.map((decision) => [decision.backup.name, decision]));
  return newestFirst.map(({ backup }) => {
    const decision = decisions.get(backup.name);
    if (decision === undefined) return keep(backup, OTHER_CLUSTER);
    return decision.keep || isSettled(backup, policy.minAge, now)
      ? decision
      : keep(backup, `${STORED_WITHIN}${formatDuration(policy.minAge)}`);
  });
}

function decideByRules(
  valid: readonly Valid[],
  { rules, minAge }: RetentionPolicy,
  now: Date,
): Decision<StoredBackup>[] {
  const newestFirst = valid.map(({ backup }) => backup);
  const newestValid = newestFirst[0]?.name;
  const judgments = valid.map(({ judgment }) => judgment);
  const newestComplete = valid.find(({ judgment }) => isWhole(judgment, judgments))?.backup.name;
  const settled = newestFirst.filter((backup) => isSettled(backup, minAge, now));
  // The newest of those that had come before the minimum age began was the newest at its beginning, and what has come
  // since may have been the newest later.
  const newestThen = minAge > 0 ? settled[0] : undefined;
  const counted = decideKeeping(settled, rules, { now, newestValid });
  const decisions = new Map(counted.map((decision) => [decision.backup.name, decision]));
  if (newestThen !== undefined) addReason(decisions, newestThen.name, UNDER_RESTORE);
  if (newestComplete !== undefined && newestComplete !== newestValid)
    addReason(decisions, newestComplete, NEWEST_COMPLETE);
  return newestFirst.map((backup) => {
    const decision = decisions.get(backup.name);
    if (decision !== undefined) return decision;
    const late = newestThen !== undefined && backup.time < newestThen.time;
    const reason = late ? `${STORED_WITHIN}${formatDuration(minAge)}` : UNDER_RESTORE;
    return keep(backup, ...(backup.name === newestValid ? [reason, NEWEST_VALID] : [reason]));
  });
}

function addReason(decisions: Map<string, Decision<StoredBackup>>, name: string, reason: string): void {
  const decision = decisions.get(name);
  if (decision === undefined) return;
  const reasons = decision.keep ? [...decision.reasons, reason] : [reason];
  decisions.set(name, { ...decision, keep: true, reasons });
}

/** Whether a backup has been in the store for the minimum age. The time in its name says nothing of that. */
function isSettled({ lastModified, time }: StoredBackup, minAge: number, now: Date): boolean {
  return minAge === 0 || (lastModified ?? time).getTime() <= now.getTime() - minAge;
}

function decideUnreadable(
  backup: StoredBackup,
  state: "damaged" | "newer format" | "changed" | "encrypted",
  { policy, byTags, now }: { policy: RetentionPolicy; byTags: readonly string[]; now: Date },
): Decision<StoredBackup> {
  const { minAge, removeDamaged } = policy;
  // Of two forms of one name nothing is removed: one of them may be somebody else's.
  const isMeant = state === "damaged" && removeDamaged === true && backup.form !== "both";
  const removed = isMeant && isSettled(backup, minAge, now);
  return removed && byTags.length === 0
    ? { backup, keep: false, reasons: [state] }
    : keep(backup, state, ...byTags);
}

/**
 * The rules go from the newest backup to the oldest: whether one stays depends on those that are kept and newer, and on
 * whether it is the oldest. What only waits for its minimum age takes no other's place. The newest that counts, which was
 * the newest when the minimum age began, is kept by every rule.
 *
 * @param decisions newest first.
 */
function justifying(
  decisions: readonly Decision<StoredBackup>[],
  { removed, compared }: { removed: readonly StoredBackup[]; compared: readonly (string | undefined)[] },
): StoredBackup[] {
  const oldestRemoved = Math.min(...removed.map(({ time }) => time.getTime()));
  const byRule = ({ reasons }: Decision<StoredBackup>) =>
    reasons.some(
      (reason) =>
        reason !== UNDER_RESTORE &&
        reason !== OTHER_CLUSTER &&
        !reason.startsWith(STORED_WITHIN) &&
        !isTagReason(reason),
    );
  const oldest = decisions.findLast(byRule);
  return decisions
    .filter(
      (decision) =>
        decision.keep &&
        (compared.includes(decision.backup.name) ||
          decision === oldest ||
          (decision.backup.time.getTime() > oldestRemoved && byRule(decision))),
    )
    .map(({ backup }) => backup);
}

function keep(backup: StoredBackup, ...reasons: string[]): Decision<StoredBackup> {
  return { backup, keep: true, reasons };
}
